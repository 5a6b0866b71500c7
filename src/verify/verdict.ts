// What verification says: cryptography only. Whether the signer may do this is a judgement (policy/).

import type { Identity } from '../fulcio/identity.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { PublicKey } from '../x509/key.ts'

/** The checks, in the order in which they run (formats: section 3). */
export const CHECKS = ['format', 'digest', 'signature', 'time', 'chain', 'sct', 'log'] as const
export type Check = (typeof CHECKS)[number]

/** Why a signature is not accepted. `certificate` is unvouched for: good for fingerprints, never for a name. */
export interface Rejection {
  readonly check: Check
  /** One line, lower case; may quote the signature, so it is escaped where it is printed. */
  readonly why: string
  readonly certificate?: Certificate
}

/** A moment proven by someone in the trusted root. Milliseconds since 1970. */
export interface ProvenTime {
  readonly source: 'log' | 'timestamp'
  readonly time: number
  /** Base URL or URI of who proved it. */
  readonly authority: string
}

/** The log entry that was checked. */
export interface ProvenEntry {
  readonly log: string
  readonly logId: Uint8Array
  /** The log's global index. */
  readonly logIndex: bigint
  readonly kind: string
  readonly version: string
  /** 32 bytes: what stands for its body in the log's tree. */
  readonly leafHash: Uint8Array
  /** Milliseconds; v1 alone. */
  readonly integratedTime?: number
  /** Where it is not in the signature: it was checked all the same, wherever it is from. */
  readonly foundIn?: FoundIn
}

/** A note of the repository, or the answer of a log. */
export type FoundIn = 'note' | 'log'

/** Who signed: the certificate's word, vouched for by its CA. */
export interface Signer {
  readonly identity: Identity
  readonly certificate: Certificate
  /** The CA certificate that issued it. */
  readonly issuer: Certificate
}

/** The signer can be reached only through an accepted verdict, so nobody prints an unchecked name. */
export type Verdict =
  | {
      readonly ok: true
      readonly signer: Signer
      readonly times: readonly ProvenTime[]
      readonly entry: ProvenEntry
      /** Checks that the caller chose to leave out: `sct` alone can be. */
      readonly skipped: readonly Check[]
    }
  | { readonly ok: false; readonly rejection: Rejection }

export type AcceptedVerdict = Extract<Verdict, { readonly ok: true }>

/** Of a signature by a managed key: whose it is, whoever gave the key knows. */
export type KeyVerdict =
  | {
      readonly ok: true
      readonly key: PublicKey
      readonly times: readonly ProvenTime[]
      readonly entry: ProvenEntry
    }
  | { readonly ok: false; readonly rejection: Rejection }

/** Whether evidence from outside of the signature could change the verdict: its own cryptography is in order. */
export function isEvidenceMissing({ check }: Rejection): boolean {
  return check !== 'format' && check !== 'digest' && check !== 'signature'
}
