// The one table of what a Git signature may be made with (RFC 5754, RFC 5753): key, digest and signature algorithm.
import { malformed } from '../errors.ts'
import type { Hash, KeyAlgorithm } from '../x509/key.ts'
import type { AlgorithmIdentifier } from './read.ts'

export interface Scheme {
  readonly key: KeyAlgorithm
  /** Of the payload, in messageDigest. */
  readonly digest: Hash
  /** Of the signed attributes. */
  readonly signatureHash: Hash
}

interface Row extends Scheme {
  readonly digestOid: string
  readonly signatureOid: string
}

export const SHA256 = '2.16.840.1.101.3.4.2.1'
export const ECDSA_SHA256 = '1.2.840.10045.4.3.2'
const ECDSA_SHA384 = '1.2.840.10045.4.3.3'
const ECDSA_SHA512 = '1.2.840.10045.4.3.4'
const RSA_ENCRYPTION = '1.2.840.113549.1.1.1'
const RSA_SHA256 = '1.2.840.113549.1.1.11'

/**
 * Every accepted triple. The payload's digest is SHA-256 in all. Ed25519 is missing because a hashedrekord cannot hold
 * such a signature.
 */
export const SCHEMES: readonly Row[] = [
  { key: 'P-256', digest: 'sha256', signatureHash: 'sha256', digestOid: SHA256, signatureOid: ECDSA_SHA256 },
  { key: 'P-384', digest: 'sha256', signatureHash: 'sha256', digestOid: SHA256, signatureOid: ECDSA_SHA256 },
  { key: 'P-384', digest: 'sha256', signatureHash: 'sha384', digestOid: SHA256, signatureOid: ECDSA_SHA384 },
  { key: 'P-521', digest: 'sha256', signatureHash: 'sha256', digestOid: SHA256, signatureOid: ECDSA_SHA256 },
  { key: 'P-521', digest: 'sha256', signatureHash: 'sha512', digestOid: SHA256, signatureOid: ECDSA_SHA512 },
  { key: 'RSA', digest: 'sha256', signatureHash: 'sha256', digestOid: SHA256, signatureOid: RSA_ENCRYPTION },
  { key: 'RSA', digest: 'sha256', signatureHash: 'sha256', digestOid: SHA256, signatureOid: RSA_SHA256 },
]

/** Finds the row. Throws `parse` for any other triple: no SHA-1, no hash that the key's owner did not choose. */
export function chooseScheme(key: KeyAlgorithm, digest: AlgorithmIdentifier, signature: AlgorithmIdentifier): Scheme {
  const row = SCHEMES.find(
    (one) => one.key === key && one.digestOid === digest.oid && one.signatureOid === signature.oid,
  )
  if (row === undefined)
    throw malformed('signature', `${key} with ${digest.oid} and ${signature.oid} is not an accepted combination`)
  // Parameters that nobody reads are a place to hide bytes in, or a PSS salt that one verifier honours and another does not.
  if (!isBare(digest, true) || !isBare(signature, key === 'RSA')) throw malformed('signature', 'algorithm parameters')
  return row
}

function isBare({ parameters }: AlgorithmIdentifier, nullAllowed: boolean): boolean {
  if (parameters === undefined) return true
  return nullAllowed && parameters[0] === 0x05 && parameters[1] === 0x00
}
