// Who may push what, by the receiving repository's word: its allow list.
import type { Configured } from './compose.ts'
import { composeTrust } from './compose.ts'
import { composeJudge } from './compose-judge.ts'
import type { Gate } from './hook/gate.ts'

/** The part of a gate that decides. */
export interface Judging
  extends Pick<Gate, 'policyRef' | 'judge' | 'scopeOf' | 'asksWhoPushes' | 'refusePolicyChange'> {
  /** Whether anybody said who may sign. */
  readonly isExpected: boolean
}

/** Throws `config`. */
export async function composeJudging(configured: Configured): Promise<Judging> {
  const { settings } = configured
  const judge = await composeJudge(configured, composeTrust(configured).standard.name)
  return {
    isExpected: settings.allow.length > 0,
    policyRef: undefined,
    async judge({ finding }) {
      if (finding.state !== 'accepted') return undefined
      const { level, rule } = judge({ identity: finding.facts.identity }, finding.facts.instance)
      return { level, rule }
    },
    scopeOf: () => '',
    asksWhoPushes: () => false,
    refusePolicyChange: async () => undefined,
  }
}
