// What is sent to be logged: a hashedrekord of v1 or v2, a rekord, or a DSSE envelope, becomes its canonical body, once its
// signature verifies with its key. Throws `parse`, or a 400, for whatever a Rekor would not take.
import { Buffer } from 'node:buffer'
import { hash as digestOf } from 'node:crypto'
import { envelopeFromJson, preAuthEncoding } from '../bundle/envelope.ts'
import { fromBase64, fromHex, toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { hashedRekordBody, keyDetails, keyHash, rekordBody, type Verifier, verifierPem } from '../rekor/body.ts'
import { MAX_ENTRY } from '../rekor/entry-bundle.ts'
import {
  bytesOf,
  type JsonObject,
  jsonObject,
  listOf,
  objectOf,
  optionalObject,
  parseDocument,
  textOf,
} from '../trust/json.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { type Hash, type PublicKey, parsePublicKey } from '../x509/key.ts'
import { parsePem } from '../x509/pem.ts'
import { verifyDigest } from '../x509/prehashed.ts'
import { Refusal } from './service.ts'

const DIGEST_BYTES: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48, sha512: 64 }

/** `{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{...}}` as sent to Rekor v1. */
export function parseProposal(value: unknown): Uint8Array {
  const proposal = jsonObject(value, 'entry')
  const kind = `${textOf(proposal, 'kind')} ${textOf(proposal, 'apiVersion')}`
  if (kind === 'dsse 0.0.1') return parseEnvelope(objectOf(objectOf(proposal, 'spec'), 'proposedContent'))
  if (kind === 'rekord 0.0.1') return parseRekord(objectOf(proposal, 'spec'))
  if (kind !== 'hashedrekord 0.0.1')
    throw new Refusal(400, 400, 'this log takes hashedrekord 0.0.1, rekord 0.0.1 and dsse 0.0.1')
  const spec = objectOf(proposal, 'spec')
  const { digest } = parseHash(objectOf(objectOf(spec, 'data'), 'hash'))
  const part = objectOf(spec, 'signature')
  const signature = bytesOf(part, 'content')
  const verifier = parsePemVerifier(bytesOf(objectOf(part, 'publicKey'), 'content'))
  checkSignature(verifier.key, digest, signature)
  return bounded(hashedRekordBody({ version: '0.0.1', digest, signature, ...verifier }))
}

/** The artifact itself is sent, and its digest logged. */
function parseRekord(spec: JsonObject): Uint8Array {
  const digest = digestOf('sha256', bytesOf(objectOf(spec, 'data'), 'content'), 'buffer')
  const part = objectOf(spec, 'signature')
  if (textOf(part, 'format') !== 'x509') throw new Refusal(400, 400, 'this log takes signatures of format x509 alone')
  const signature = bytesOf(part, 'content')
  const verifier = parsePemVerifier(bytesOf(objectOf(part, 'publicKey'), 'content'))
  checkSignature(verifier.key, digest, signature)
  return bounded(rekordBody({ digest, signature, ...verifier }))
}

/** The envelope is a string, and its hash is of that string as it was sent. */
function parseEnvelope(proposed: JsonObject): Uint8Array {
  const text = Buffer.from(textOf(proposed, 'envelope'), 'utf8')
  const envelope = envelopeFromJson(parseDocument(text, 'envelope'))
  const [pem, ...more] = listOf(proposed, 'verifiers')
  if (typeof pem !== 'string' || more.length > 0) throw malformed('verifiers', 'not one')
  const verifier = parsePemVerifier(fromBase64(pem, 'verifiers'))
  const hash = keyHash(verifier.key)
  checkSignature(verifier.key, digestOf(hash, preAuthEncoding(envelope), 'buffer'), envelope.signature)
  const sha256 = (bytes: Uint8Array) => ({ algorithm: 'sha256', value: digestOf('sha256', bytes, 'hex') })
  return bounded(
    canonical({
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: {
        envelopeHash: sha256(text),
        payloadHash: sha256(envelope.payload),
        signatures: [
          { signature: toBase64(envelope.signature), verifier: toBase64(Buffer.from(verifierPem(verifier))) },
        ],
      },
    }),
  )
}

/** `{"hashedRekordRequestV002":{...}}` as sent to Rekor v2. */
export function parseRequestV2(value: unknown): Uint8Array {
  const request = optionalObject(jsonObject(value, 'entry'), 'hashedRekordRequestV002')
  if (request === undefined) throw new Refusal(400, 3, 'this log takes hashedRekordRequestV002 alone')
  const digest = bytesOf(request, 'digest')
  const part = objectOf(request, 'signature')
  const signature = bytesOf(part, 'content')
  const verifier = parseVerifier(objectOf(part, 'verifier'))
  const { key } = verifier
  if (digest.length !== DIGEST_BYTES[keyHash(key)]) throw malformed('entry', `the digest is not ${keyHash(key)}`)
  checkSignature(key, digest, signature)
  return bounded(hashedRekordBody({ version: '0.0.2', digest, signature, ...verifier }))
}

function parseHash(hash: JsonObject): { readonly algorithm: Hash; readonly digest: Uint8Array } {
  const algorithm = (['sha256', 'sha384', 'sha512'] as const).find((name) => name === textOf(hash, 'algorithm'))
  if (algorithm === undefined) throw malformed(hash.what, 'algorithm is not sha256, sha384 or sha512')
  const digest = fromHex(textOf(hash, 'value'), hash.what)
  if (digest.length !== DIGEST_BYTES[algorithm])
    throw malformed(hash.what, 'value has another length than the algorithm')
  return { algorithm, digest }
}

function parsePemVerifier(content: Uint8Array): Verifier {
  const pem = new TextDecoder().decode(content)
  const label = pem.includes('-----BEGIN CERTIFICATE-----') ? 'CERTIFICATE' : 'PUBLIC KEY'
  const [der, ...more] = parsePem(pem, label)
  if (more.length > 0) throw malformed('publicKey', 'not one certificate or key')
  return label === 'CERTIFICATE' ? verifierOf(der) : { key: parsePublicKey(der) }
}

function parseVerifier(verifier: JsonObject): Verifier {
  const certificate = optionalObject(verifier, 'x509Certificate')
  const parsed = certificate
    ? verifierOf(bytesOf(certificate, 'rawBytes'))
    : { key: parsePublicKey(bytesOf(objectOf(verifier, 'publicKey'), 'rawBytes')) }
  // The key's details say which hash was signed: a wrong word here would be logged for ever.
  if (textOf(verifier, 'keyDetails') !== keyDetails(parsed.key))
    throw malformed('verifier', 'keyDetails is of another key')
  return parsed
}

function verifierOf(der: Uint8Array): Verifier {
  return { certificate: der, key: parseCertificate(der).key }
}

function checkSignature(key: PublicKey, digest: Uint8Array, signature: Uint8Array): void {
  if (!verifyDigest(key, digest, signature))
    throw new Refusal(400, 3, 'the signature does not verify over the digest with the key that was sent')
}

/** Keys are written in RFC 8785 order by whoever calls; values need no escapes. */
function canonical(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8')
}

function bounded(body: Uint8Array): Uint8Array {
  if (body.length > MAX_ENTRY) throw new Refusal(413, 3, `the entry is larger than ${MAX_ENTRY} bytes`)
  return body
}
