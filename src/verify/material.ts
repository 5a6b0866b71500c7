// What verification looks at, and nothing else: the signature with the evidence that came along, the trust and the clock.
import type { LogEntry } from '../rekor/entry.ts'
import type { TrustedRoot } from '../trust/root.ts'
import type { Certificate } from '../x509/certificate.ts'

export interface VerifyOptions {
  readonly trust: TrustedRoot
  /** The verifier's clock, milliseconds since 1970. */
  readonly now: number
  /** Accept a leaf without a certificate transparency timestamp: Fulcio's of May 2022 have none. */
  readonly ignoreSct?: boolean
}

/** A signature whose own cryptography already verified, with the evidence that came along. */
export interface SignedMaterial {
  readonly certificate: Certificate
  readonly intermediates: readonly Certificate[]
  /** The bytes whose digest the log entry holds. */
  readonly artifact: Uint8Array
  readonly signature: Uint8Array
  readonly entry?: LogEntry
  /** RFC 3161 TimeStampTokens over `signature`. */
  readonly timestampTokens: readonly Uint8Array[]
}
