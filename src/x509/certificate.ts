// placeholder for the formats helper
import type { PublicKey } from './key.ts'

export interface Extension {
  readonly oid: string
  readonly critical: boolean
  /** Content of extnValue's OCTET STRING. */
  readonly value: Uint8Array
}

/** A parsed X.509 v3 certificate (RFC 5280 4.1). Fields are views on `bytes`; times in milliseconds. */
export interface Certificate {
  readonly bytes: Uint8Array
  /** TBSCertificate, header included: what the issuer signed. */
  readonly tbs: Uint8Array
  /** Content octets of the serial number. */
  readonly serial: Uint8Array
  /** Name, header included. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly notBefore: number
  readonly notAfter: number
  /** SubjectPublicKeyInfo, header included. */
  readonly spki: Uint8Array
  /** Parsed on first use; throws `parse` for keys that are not accepted. */
  readonly key: PublicKey
  readonly extensions: readonly Extension[]
  /** OID of the signature algorithm, and the signature's octets. */
  readonly signatureAlgorithm: string
  readonly signature: Uint8Array
}
