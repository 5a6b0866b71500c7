// What the body of an entry says, for those who search a log: its kind, the hashes of what was signed, the signatures and
// who made them. Each kind has its own names for these. The log's word and the signer's: nothing is verified here.
import { decodeUtf8, fromBase64, fromHex, toHex } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { bytesOf, type JsonObject, MAX_ATTESTATION, objectOf, objectsOf, parseDocument, textOf } from '../trust/json.ts'
import { parsePem } from '../x509/pem.ts'

/** A certificate, or a bare public key, in DER. */
export interface BodyVerifier {
  readonly kind: 'certificate' | 'key'
  readonly der: Uint8Array
}

export interface BodyFacts {
  /** `hashedrekord`, and its version `0.0.1`. */
  readonly kind: string
  readonly version: string
  /** `sha256:HEX`, of what was signed, or of envelope and payload; none where the kind is not known here. */
  readonly hashes: readonly string[]
  readonly signatures: readonly Uint8Array[]
  readonly verifiers: readonly BodyVerifier[]
}

const WHAT = 'entry body'
const HASHES: Readonly<Record<string, string>> = { SHA2_256: 'sha256', SHA2_384: 'sha384', SHA2_512: 'sha512' }

/** Reads the kinds that hold Git signatures and attestations; of others the kind alone. Throws `parse`. */
export function readBody(body: Uint8Array): BodyFacts {
  const document = parseDocument(body, WHAT, MAX_ATTESTATION)
  const kind = textOf(document, 'kind')
  const version = textOf(document, 'apiVersion')
  const read = READERS[`${kind} ${version}`]
  const rest = read === undefined ? { hashes: [], signatures: [], verifiers: [] } : read(objectOf(document, 'spec'))
  return { kind, version, ...rest }
}

type Rest = Pick<BodyFacts, 'hashes' | 'signatures' | 'verifiers'>

const READERS: Readonly<Record<string, (spec: JsonObject) => Rest>> = {
  'hashedrekord 0.0.1': readRekord,
  'rekord 0.0.1': readRekord,
  'hashedrekord 0.0.2': (spec) => {
    const record = objectOf(spec, 'hashedRekordV002')
    const signature = objectOf(record, 'signature')
    return {
      hashes: [digestOf(objectOf(record, 'data'))],
      signatures: [bytesOf(signature, 'content')],
      verifiers: [rawVerifier(objectOf(signature, 'verifier'))],
    }
  },
  'dsse 0.0.1': (spec) => ({
    hashes: [hashOf(objectOf(spec, 'envelopeHash')), hashOf(objectOf(spec, 'payloadHash'))],
    signatures: objectsOf(spec, 'signatures').map((one) => bytesOf(one, 'signature')),
    verifiers: objectsOf(spec, 'signatures').map((one) => pemVerifier(bytesOf(one, 'verifier'))),
  }),
  'dsse 0.0.2': (spec) => {
    const dsse = objectOf(spec, 'dsseV002')
    return {
      hashes: [digestOf(objectOf(dsse, 'payloadHash'))],
      signatures: objectsOf(dsse, 'signatures').map((one) => bytesOf(one, 'content')),
      verifiers: objectsOf(dsse, 'signatures').map((one) => rawVerifier(objectOf(one, 'verifier'))),
    }
  },
  'intoto 0.0.2': (spec) => {
    const content = objectOf(spec, 'content')
    const signatures = objectsOf(objectOf(content, 'envelope'), 'signatures')
    return {
      hashes: [hashOf(objectOf(content, 'hash')), hashOf(objectOf(content, 'payloadHash'))],
      signatures: signatures.map((one) => bytesOf(one, 'sig')),
      verifiers: signatures.map((one) => pemVerifier(bytesOf(one, 'publicKey'))),
    }
  },
}

function readRekord(spec: JsonObject): Rest {
  const signature = objectOf(spec, 'signature')
  return {
    hashes: [hashOf(objectOf(objectOf(spec, 'data'), 'hash'))],
    signatures: [bytesOf(signature, 'content')],
    verifiers: [pemVerifier(bytesOf(objectOf(signature, 'publicKey'), 'content'))],
  }
}

function hashOf(hash: JsonObject): string {
  return `${textOf(hash, 'algorithm')}:${toHex(fromHex(textOf(hash, 'value'), WHAT))}`
}

function digestOf(data: JsonObject): string {
  const algorithm = textOf(data, 'algorithm')
  const name = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined
  if (name === undefined) throw malformed(WHAT, 'an unknown hash')
  return `${name}:${toHex(bytesOf(data, 'digest'))}`
}

function pemVerifier(pem: Uint8Array): BodyVerifier {
  const text = decodeUtf8(pem, WHAT)
  const kind = text.includes('-----BEGIN CERTIFICATE-----') ? 'certificate' : 'key'
  const [der] = parsePem(text, kind === 'certificate' ? 'CERTIFICATE' : 'PUBLIC KEY')
  return { kind, der }
}

function rawVerifier(verifier: JsonObject): BodyVerifier {
  const [kind, name] = verifier.fields.has('x509Certificate')
    ? (['certificate', 'x509Certificate'] as const)
    : (['key', 'publicKey'] as const)
  return { kind, der: fromBase64(textOf(objectOf(verifier, name), 'rawBytes'), WHAT) }
}
