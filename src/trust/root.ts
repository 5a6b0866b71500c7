// The trusted root (trusted_root.json, media type application/vnd.dev.sigstore.trustedroot+json): who may vouch, and when.
import type { Certificate } from '../x509/certificate.ts'
import type { PublicKey } from '../x509/key.ts'
import type { Window } from './window.ts'

/** A Rekor or CT log. `key` is parsed once, on first use. */
export interface LogAuthority {
  readonly baseUrl: string
  /** Host of baseUrl, without port or path: the origin of its checkpoints, or the first part of it (v1). */
  readonly host: string
  /** 32 bytes: SHA-256 of the SPKI, or of origin and key (Rekor v2). */
  readonly id: Uint8Array
  readonly key: PublicKey
  readonly validFor: Window
  readonly operator?: string
}

/** A Fulcio CA or a timestamp authority. `chain` has the issuing certificate first and the root last; parsed on first use. */
export interface CertificateAuthority {
  readonly uri: string
  readonly chain: readonly Certificate[]
  readonly validFor: Window
  readonly operator?: string
}

export interface TrustedRoot {
  readonly logs: readonly LogAuthority[]
  readonly ctLogs: readonly LogAuthority[]
  readonly authorities: readonly CertificateAuthority[]
  readonly timestampAuthorities: readonly CertificateAuthority[]
  /** SHA-256 of the file, lower-case hex. */
  readonly digest: string
}
