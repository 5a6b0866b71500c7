// Objects of the repository, judged by a policy. What the policy asks of them is found out for many records at once, and
// what it never asks is not looked at.

import { Fault } from '../errors.ts'
import type { JudgedRecord, ObjectRecord } from '../history/record.ts'
import type { PolicyInput } from '../policy/input.ts'
import { judgeRecord } from '../policy/judge.ts'
import { type PolicyJudgement, passes } from '../policy/judgement.ts'
import type { Policy } from '../policy/prepare.ts'
import type { Ancestors } from './ancestors.ts'
import type { Configured } from './assessor.ts'
import { gatherInputs, type JudgeContext } from './inputs.ts'

export interface Inquiry {
  judge(record: ObjectRecord, context?: JudgeContext): Promise<PolicyJudgement>
  /** What the policy is asked about one object. */
  inquire(record: ObjectRecord, context?: JudgeContext): Promise<PolicyInput>
  /** All at once; what could not be looked at stays without a judgement. */
  judgeGroup(group: readonly ObjectRecord[], context?: JudgeContext): Promise<readonly JudgedRecord[]>
  /** In the order of the records. */
  judgeAll(records: AsyncIterable<ObjectRecord>, context?: JudgeContext): AsyncIterable<JudgedRecord>
}

/** Records that are looked at together. */
const CHUNK = 512

export function composeInquiry(configured: Configured, policy: Policy): Inquiry {
  const ancestors: Ancestors = new Map()
  const judgeChunk = async (records: readonly ObjectRecord[], context: JudgeContext) => {
    const inputs = await gatherInputs(configured, policy, records, context, ancestors)
    return records.map((record, index) => judgeInput(policy, record, inputs[index], context))
  }
  return {
    async judge(record, context = {}) {
      const [judgement] = await judgeChunk([record], context)
      return judgement ?? unread
    },
    async inquire(record, context = {}) {
      const [input] = await gatherInputs(configured, policy, [record], context, ancestors)
      if (input === undefined) throw new Fault('git', `cannot look at ${record.oid}`)
      return input
    },
    async judgeGroup(group, context = {}) {
      const judgements = await judgeChunk(group, context)
      return group.map((record, index) =>
        record.finding.state === 'fault' ? record : { ...record, judgement: judgements[index] ?? unread },
      )
    },
    async *judgeAll(records, context = {}) {
      for await (const chunk of chunksOf(records)) {
        const judgements = await judgeChunk(chunk, context)
        yield* chunk.map((record, index) => ({ ...record, judgement: judgements[index] ?? unread }))
      }
    },
  }
}

const unread: PolicyJudgement = { level: 'refused', rule: 'it could not be looked at' }

/** A tag that several refs name must be allowed at each of them. */
function judgeInput(
  policy: Policy,
  record: ObjectRecord,
  input: PolicyInput | undefined,
  { ref }: JudgeContext,
): PolicyJudgement {
  if (input === undefined || record.finding.state === 'fault') return unread
  const refs = ref === undefined && input.kind === 'tag' ? (record.refs ?? []) : []
  if (refs.length === 0) return judgeRecord(policy, input)
  const judgements = refs.map((each) => judgeRecord(policy, { ...input, ref: each }))
  return judgements.find((judgement) => !passes(judgement)) ?? judgements[0] ?? unread
}

async function* chunksOf(records: AsyncIterable<ObjectRecord>): AsyncIterable<readonly ObjectRecord[]> {
  let chunk: ObjectRecord[] = []
  for await (const record of records) {
    chunk.push(record)
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
