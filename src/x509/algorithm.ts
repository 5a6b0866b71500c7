// Signature algorithms of certificates (RFC 5758, RFC 4055, RFC 8410): which key and hash each one means.
import type { Element } from '../asn1/read.ts'
import { TAG } from '../asn1/read.ts'
import { parseOid } from '../asn1/value.ts'
import { malformed } from '../errors.ts'
import { type Hash, type KeyAlgorithm, type PublicKey, verifyWithKey } from './key.ts'

interface SignatureScheme {
  readonly keys: readonly KeyAlgorithm[]
  readonly hash: Hash | undefined
}

const CURVES: readonly KeyAlgorithm[] = ['P-256', 'P-384', 'P-521']
const SCHEMES: ReadonlyMap<string, SignatureScheme> = new Map<string, SignatureScheme>([
  ['1.2.840.10045.4.3.2', { keys: CURVES, hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { keys: CURVES, hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { keys: CURVES, hash: 'sha512' }],
  ['1.2.840.113549.1.1.11', { keys: ['RSA'], hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { keys: ['RSA'], hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { keys: ['RSA'], hash: 'sha512' }],
  ['1.3.101.112', { keys: ['Ed25519'], hash: undefined }],
])

/** OID of a certificate's AlgorithmIdentifier. One that is not in the table is read too, and verifies nothing. */
export function parseSignatureAlgorithm(element: Element): string {
  const reader = element.reader()
  const oid = parseOid(reader.read(TAG.oid))
  const parameters = reader.done ? undefined : reader.readAny()
  reader.finish()
  const scheme = SCHEMES.get(oid)
  if (scheme === undefined) return oid
  const wantsNull = scheme.keys[0] === 'RSA'
  if (wantsNull ? parameters?.tag !== TAG.null || parameters.length !== 0 : parameters !== undefined)
    throw malformed('signature algorithm', 'wrong parameters')
  return oid
}

/** Whether `signature` over `data` is by `key` in the way `oid` names. False for algorithms that are not accepted (SHA-1). */
export function verifyByAlgorithm(oid: string, key: PublicKey, data: Uint8Array, signature: Uint8Array): boolean {
  const scheme = SCHEMES.get(oid)
  return scheme?.keys.includes(key.algorithm) === true && verifyWithKey(key, scheme.hash, data, signature)
}
