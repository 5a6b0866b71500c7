// A judgement is made from what was proven, and never raises it: whether this signer may have done this.
import type { Signer } from '../verify/verdict.ts'

/**
 * `unknown` is not trust: nothing is configured, or nothing configured names this signer, or only a ref or path that is
 * not known here would decide. `exempt` is not trust either: the policy asks nothing, or no identity, of this object.
 */
export type Level = 'allowed' | 'unknown' | 'exempt' | 'refused'

export interface Judgement<Who extends Pick<Signer, 'identity'> = Signer> {
  readonly signer: Who
  /** Name of the trust instance whose CA issued the certificate. */
  readonly instance: string
  readonly level: Level
  /** The line or flag that decided, or why none did. One line. */
  readonly rule: string
  /** The policy and the line that decided, where one did. */
  readonly policy?: string
  /** The policy only warns: refused, and to be let pass with a word. */
  readonly warn?: true
}

/** What a policy says of one object. */
export interface PolicyJudgement {
  readonly level: Level
  /** Which rule decided and how, or why none did. One line; may quote the object, so escape it on output. */
  readonly rule: string
  /** `SOURCE:LINE` of what decided. */
  readonly policy?: string
  /** The policy only warns: refused, and to be let pass with a word. */
  readonly warn?: true
}

/** Whether what is judged may go on: by leave, by exemption, or because the policy only warns. */
export function passes({ level, warn }: Pick<PolicyJudgement, 'level' | 'warn'>): boolean {
  return level === 'allowed' || level === 'exempt' || (level === 'refused' && warn === true)
}
