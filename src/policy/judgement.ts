// A judgement is made from an accepted verdict alone: whether this signer may have done this.
import type { Signer } from '../verify/verdict.ts'

/** `unknown` is not trust: nothing is configured, or nothing configured names this signer. */
export type Level = 'allowed' | 'unknown' | 'exempt' | 'refused'

export interface Judgement {
  readonly signer: Signer
  /** Name of the trust instance whose CA issued the certificate. */
  readonly instance: string
  readonly level: Level
  /** The line or flag that decided, or why none did. One line. */
  readonly rule: string
}

/** What a policy, or an allow list, makes of a signature place: also of one that only proves facts, or none. */
export interface PolicyJudgement {
  readonly level: Level
  /** Which rule decided, or why none did. One line; may quote the object, so it is escaped where it is printed. */
  readonly rule: string
  /** The rule's place: the policy's name or path and the line. */
  readonly policy?: string
  /** The policy only warns: a refusal is told and changes no exit status. */
  readonly warn?: true
}
