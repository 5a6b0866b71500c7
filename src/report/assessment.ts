// One signature, assessed: what the cryptography says and, only where that accepts, what the configuration makes of the
// signer. Every form of report is made from this.
import type { Judgement } from '../policy/judgement.ts'
import type { AcceptedVerdict, Rejection } from '../verify/verdict.ts'

export interface Accepted {
  readonly ok: true
  readonly verdict: AcceptedVerdict
  readonly judgement: Judgement
}

export interface Rejected {
  readonly ok: false
  readonly rejection: Rejection
  /** What could change that, for people. */
  readonly hint?: string
}

export type Assessment = Accepted | Rejected
