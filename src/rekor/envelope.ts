// How a DSSE envelope stands in a log: dsse 0.0.1 and 0.0.2, intoto 0.0.2. (hashedrekord over the pre-authentication
// encoding is rekor/body.ts's.) v1's kinds hold a digest of the JSON that was once sent, which nobody can rebuild: their
// body is taken from the entry, and held against the envelope member by member.
import { hash } from 'node:crypto'
import { decodeUtf8, encodeUtf8, equalBytes, toBase64, toHex } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { bytesOf, type JsonObject, MAX_ATTESTATION, objectOf, objectsOf, parseDocument, textOf } from '../trust/json.ts'
import { parsePem } from '../x509/pem.ts'
import { type Verifier, verifierPem, verifierV2 } from './body.ts'
import type { LogEntry } from './entry.ts'

/** A DSSE envelope with one signature, over the pre-authentication encoding (bundle/envelope.ts). */
export interface Envelope {
  readonly payloadType: string
  readonly payload: Uint8Array
  readonly signature: Uint8Array
}

const WHAT = 'log entry'

/** The body that an entry of these kinds must have for this envelope. Throws `parse` where it can have none. */
export function envelopeBodies(envelope: Envelope, verifier: Verifier, entry: LogEntry): readonly Uint8Array[] {
  const kind = `${entry.kind} ${entry.version}`
  if (kind === 'dsse 0.0.2') return [dsseBodyV2(envelope, verifier)]
  const check = kind === 'dsse 0.0.1' ? checkDsse : kind === 'intoto 0.0.2' ? checkIntoto : undefined
  if (check === undefined) throw malformed(WHAT, `${kind} does not log a DSSE envelope`)
  const body = entry.canonicalizedBody
  if (body === undefined) throw malformed(WHAT, `${kind} without its body`)
  const document = parseDocument(body, WHAT, MAX_ATTESTATION)
  if (textOf(document, 'kind') !== entry.kind || textOf(document, 'apiVersion') !== entry.version)
    throw malformed(WHAT, 'its body is of another kind')
  check(objectOf(document, 'spec'), envelope, verifier)
  return [body]
}

export function envelopeToJson({ payloadType, payload, signature }: Envelope): Readonly<Record<string, unknown>> {
  return { payload: toBase64(payload), payloadType, signatures: [{ sig: toBase64(signature), keyid: '' }] }
}

/** The entry proposed to Rekor v1 for an envelope. */
export function encodeDsseProposal(envelope: Envelope, verifier: Verifier): Uint8Array {
  const proposedContent = {
    envelope: JSON.stringify(envelopeToJson(envelope)),
    verifiers: [toBase64(encodeUtf8(verifierPem(verifier)))],
  }
  return encodeUtf8(JSON.stringify({ apiVersion: '0.0.1', kind: 'dsse', spec: { proposedContent } }))
}

/** Canonical, as Rekor v2 writes it: rebuilt, so that the entry is about these bytes. */
function dsseBodyV2({ payload, signature }: Envelope, verifier: Verifier): Uint8Array {
  return encodeUtf8(
    '{"apiVersion":"0.0.2","kind":"dsse","spec":{"dsseV002":{"payloadHash":{"algorithm":"SHA2_256",' +
      `"digest":"${toBase64(sha256(payload))}"},` +
      `"signatures":[{"content":"${toBase64(signature)}","verifier":${verifierV2(verifier)}}]}}}`,
  )
}

function checkDsse(spec: JsonObject, envelope: Envelope, verifier: Verifier): void {
  checkPayload(spec, envelope)
  const one = onlySignature(spec)
  checkSignature(bytesOf(one, 'signature'), envelope)
  checkVerifier(bytesOf(one, 'verifier'), verifier)
}

function checkIntoto(spec: JsonObject, envelope: Envelope, verifier: Verifier): void {
  const content = objectOf(spec, 'content')
  checkPayload(content, envelope)
  const logged = objectOf(content, 'envelope')
  if (textOf(logged, 'payloadType') !== envelope.payloadType) throw malformed(WHAT, 'it is about another payload type')
  const one = onlySignature(logged)
  // Rekor keeps it in base64 twice; some logs once.
  const found = bytesOf(one, 'sig')
  const twice = encodeUtf8(toBase64(envelope.signature))
  checkSignature(equalBytes(found, twice) ? envelope.signature : found, envelope)
  checkVerifier(bytesOf(one, 'publicKey'), verifier)
}

// An entry of the same signer for another statement would lend this one its place in the log.
function checkPayload(holder: JsonObject, { payload }: Envelope): void {
  const digest = objectOf(holder, 'payloadHash')
  if (textOf(digest, 'algorithm') !== 'sha256' || textOf(digest, 'value') !== toHex(sha256(payload)))
    throw malformed(WHAT, 'it is about another payload')
}

function onlySignature(holder: JsonObject): JsonObject {
  const [one, ...more] = objectsOf(holder, 'signatures')
  if (one === undefined || more.length > 0) throw malformed(WHAT, 'it has not one signature')
  return one
}

// The same payload signed again was not logged.
function checkSignature(logged: Uint8Array, { signature }: Envelope): void {
  if (!equalBytes(logged, signature)) throw malformed(WHAT, 'it is about another signature')
}

function checkVerifier(pem: Uint8Array, { certificate, key }: Verifier): void {
  const label = certificate === undefined ? 'PUBLIC KEY' : 'CERTIFICATE'
  const [der, ...more] = parsePem(decodeUtf8(pem, WHAT), label)
  if (more.length > 0 || !equalBytes(der, certificate ?? key.spki)) throw malformed(WHAT, 'it is about another signer')
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}
