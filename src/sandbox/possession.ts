// Proof that whoever asks for a certificate holds its key: a signature over the challenge claim, or a certificate request
// (RFC 2986) that signs itself. Hash by key, as Fulcio (pkg/challenges) and Go's x509 choose it.
import { type Reader, readDer, TAG } from '../asn1/read.ts'
import { parseBitString, parseOid } from '../asn1/value.ts'
import { decodeLatin1, encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { type Hash, type PublicKey, parsePublicKey, verifyWithKey } from '../x509/key.ts'
import { parsePem } from '../x509/pem.ts'
import { Refusal } from './service.ts'

/** A key that Fulcio certifies: ECDSA on P-256, P-384, P-521; RSA of 2048 to 4096 bits; Ed25519. PEM, or DER of an SPKI. */
export function parseRequestedKey(bytes: Uint8Array): PublicKey {
  try {
    const text = decodeLatin1(bytes)
    if (!text.startsWith('-----BEGIN')) return parsePublicKey(bytes)
    const [spki] = parsePem(text.trimEnd().concat('\n'), 'PUBLIC KEY')
    return parsePublicKey(spki)
  } catch (error) {
    const why = error instanceof Fault ? `: ${error.message}` : ''
    throw new Refusal(400, 3, `The public key supplied in the request could not be parsed${why}`)
  }
}

/** Refuses a proof that is not the key's signature over the challenge. */
export function checkProof(key: PublicKey, challenge: string, proof: Uint8Array): void {
  if (!verifyWithKey(key, HASHES[key.algorithm], encodeUtf8(challenge), proof)) throw invalidSignature()
}

/** The key of a certificate request whose own signature verifies. */
export function parseRequest(der: Uint8Array): PublicKey {
  const fields = readDer(der, TAG.sequence).reader()
  const info = fields.read(TAG.sequence)
  const algorithm = parseOid(fields.read(TAG.sequence).reader().read(TAG.oid))
  const signature = parseBitString(fields.read(TAG.bitString))
  fields.finish()
  const key = parseRequestedKey(requestedKey(info.reader()))
  const sort = REQUEST_ALGORITHMS[algorithm]
  if (sort === undefined || sort.rsa !== (key.algorithm === 'RSA')) throw invalidSignature()
  if (!verifyWithKey(key, sort.hash, info.bytes, signature)) throw invalidSignature()
  return key
}

const HASHES: Readonly<Record<PublicKey['algorithm'], Hash | undefined>> = {
  'P-256': 'sha256',
  'P-384': 'sha384',
  'P-521': 'sha512',
  RSA: 'sha256',
  Ed25519: undefined,
}

interface RequestAlgorithm {
  readonly hash: Hash | undefined
  readonly rsa: boolean
}

const REQUEST_ALGORITHMS: Readonly<Record<string, RequestAlgorithm>> = {
  '1.2.840.10045.4.3.2': { hash: 'sha256', rsa: false },
  '1.2.840.10045.4.3.3': { hash: 'sha384', rsa: false },
  '1.2.840.10045.4.3.4': { hash: 'sha512', rsa: false },
  '1.2.840.113549.1.1.11': { hash: 'sha256', rsa: true },
  '1.2.840.113549.1.1.12': { hash: 'sha384', rsa: true },
  '1.2.840.113549.1.1.13': { hash: 'sha512', rsa: true },
  '1.3.101.112': { hash: undefined, rsa: false },
}

function requestedKey(info: Reader): Uint8Array {
  info.read(TAG.integer)
  info.read(TAG.sequence)
  return info.read(TAG.sequence).bytes
}

function invalidSignature(): Refusal {
  return new Refusal(400, 3, 'The signature supplied in the request could not be verified')
}
