// What verification looks at, and nothing else: the signature with the evidence that came along, the trust and the clock.
import type { SignedData } from '../cms/signed-data.ts'
import type { LogEntry } from '../rekor/entry.ts'
import type { TrustedRoot } from '../trust/root.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Hash, PublicKey } from '../x509/key.ts'
import type { Verdict } from './verdict.ts'

export interface VerifyOptions {
  readonly trust: TrustedRoot
  /** The verifier's clock, milliseconds since 1970. */
  readonly now: number
  /** Accept a leaf without a certificate transparency timestamp: Fulcio's of May 2022 have none. */
  readonly ignoreSct?: boolean
  /** Accept an entry of v1 that has the log's promise and no inclusion proof: whoever sets it asks the log for that. */
  readonly promiseSuffices?: boolean
  /** Of a signature without a log entry inside: what was found elsewhere. Without it such a signature has no proven time. */
  readonly online?: OnlineCheck
}

/** What was signed, and the signature as it stands in the object. */
export interface OnlineQuestion {
  readonly payload: Uint8Array
  readonly armored: Uint8Array
}

/** Checks 4 to 7 for a signature whose log entry is not inside; made of what was found by `onlineCheck` (online.ts). */
export type OnlineCheck = (signed: SignedData, question: OnlineQuestion, options: VerifyOptions) => Verdict

/** A signature whose own cryptography already verified, with the evidence that came along. */
export interface SignedMaterial extends Evidence {
  readonly certificate: Certificate
  readonly intermediates: readonly Certificate[]
}

/** The same by a key that someone keeps and the verifier knows: there is no certificate to ask about. */
export interface KeyMaterial extends Evidence {
  readonly key: PublicKey
}

interface Evidence {
  /** The bytes whose digest the log entry holds, or the digests where only those are at hand. */
  readonly artifact: Uint8Array | ((hash: Hash) => Uint8Array | undefined)
  readonly signature: Uint8Array
  readonly entry?: LogEntry
  /** Entries of further logs: each must be as good as the first. */
  readonly furtherEntries?: readonly LogEntry[]
  /** See LoggedSignature: what a bundle's media type or its envelope changes. A Git signature sets none of them. */
  readonly mayLackProof?: boolean
  readonly mayLackPromise?: boolean
  readonly asStamped?: boolean
  readonly otherBodies?: (entry: LogEntry) => readonly Uint8Array[]
  /** RFC 3161 TimeStampTokens over `stamped`. */
  readonly timestampTokens: readonly Uint8Array[]
  /** The logged signature unless given: in online mode another one is logged than Git stores. */
  readonly stamped?: Uint8Array
}
