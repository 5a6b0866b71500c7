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
