// Records with a judgement by an allow list or by what flags expect, which speak of accepted signatures alone.
import type { PolicyJudgement } from '../policy/judgement.ts'
import type { JudgedRecord, ObjectRecord } from './record.ts'

/** Undefined where there is nothing to judge, which is never a pass. */
export type JudgeRecord = (record: ObjectRecord) => PolicyJudgement | undefined

export function judgeGroup(group: readonly ObjectRecord[], judge: JudgeRecord): readonly JudgedRecord[] {
  return group.map((record) => {
    const judgement = record.finding.state === 'fault' ? undefined : judge(record)
    return judgement === undefined ? record : { ...record, judgement }
  })
}
