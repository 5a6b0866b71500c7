// Who may push what, by the receiving repository's word: its policy, else its allow list.

import { NOTES_REF } from '../git/refs.ts'
import type { JudgedRecord, ObjectRecord } from '../history/record.ts'
import type { PolicyJudgement } from '../policy/judgement.ts'
import { type Configured, composeTrust } from './assessor.ts'
import type { Judging } from './hook-judging.ts'
import { composeJudge } from './judge.ts'

/** Throws `config`. */
export async function composeJudging(configured: Configured): Promise<Judging> {
  if (configured.settings.policyRoot === undefined) return await judgeByList(configured)
  const { judgeByPolicy } = await import('./hook-policy.ts')
  return (await judgeByPolicy(configured)) ?? (await judgeByList(configured))
}

async function judgeByList(configured: Configured): Promise<Judging> {
  const judgeSigner = await composeJudge(configured, composeTrust(configured).standard.name)
  const judge = ({ finding }: ObjectRecord): PolicyJudgement | undefined => {
    if (finding.state !== 'accepted') return undefined
    const { level, rule } = judgeSigner({ identity: finding.facts.identity }, finding.facts.instance)
    return { level, rule }
  }
  return {
    isExpected: configured.settings.allow.length > 0,
    policyRef: undefined,
    async *judgeAll(look, range) {
      for await (const record of look(range)) yield withJudgement(record, judge(record))
      return undefined
    },
    judgePusher: async (record) => judge(record),
    scopeOf: () => '',
    asksWhoPushes: () => false,
    isFree: (ref) => ref === NOTES_REF,
    refusePolicyChange: async () => undefined,
  }
}

function withJudgement(record: ObjectRecord, judgement: PolicyJudgement | undefined): JudgedRecord {
  return judgement === undefined ? record : { ...record, judgement }
}
