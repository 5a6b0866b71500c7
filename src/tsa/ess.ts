// The ESS attribute that names a token's signer (RFC 2634 5.4, RFC 5035 3): without it the signer's certificate could be
// exchanged for another one of the same key.
import { createHash } from 'node:crypto'
import { type Reader, TAG } from '../asn1/read.ts'
import { parseOid } from '../asn1/value.ts'
import { equalBytes } from '../bytes.ts'
import { type Attribute, attributeValue } from '../cms/read.ts'
import { malformed } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import { HASH_OIDS } from './request.ts'

/** Hash of the signer's certificate. Version 1 of the attribute has SHA-1, which serves as a name here and signs nothing. */
export interface CertificateId {
  readonly hash: string
  readonly digest: Uint8Array
}

const WHAT = 'timestamp token'
const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12'
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47'

/** The first id, which is the signer's. Throws `parse` where neither version is there: RFC 3161 asks for one. */
export function parseCertificateId(attributes: readonly Attribute[]): CertificateId {
  const v2 = attributeValue(attributes, SIGNING_CERTIFICATE_V2)
  const value = v2 ?? attributeValue(attributes, SIGNING_CERTIFICATE)
  if (value?.tag !== TAG.sequence) throw malformed(WHAT, 'no ESS signing certificate')
  const id = value.reader().read(TAG.sequence).reader().read(TAG.sequence).reader()
  const hash = v2 === undefined ? 'sha1' : parseHash(id)
  return { hash, digest: id.read(TAG.octetString).content }
}

export function isNamed(certificate: Certificate, { hash, digest }: CertificateId): boolean {
  return equalBytes(createHash(hash).update(certificate.bytes).digest(), digest)
}

/** AlgorithmIdentifier, SHA-256 where it is left out. */
function parseHash(id: Reader): string {
  const algorithm = id.readOptional(TAG.sequence)
  if (algorithm === undefined) return 'sha256'
  const oid = parseOid(algorithm.reader().read(TAG.oid))
  const hash = Object.entries(HASH_OIDS).find(([, known]) => known === oid)?.[0]
  if (hash === undefined) throw malformed(WHAT, `hash ${oid} is not accepted`)
  return hash
}
