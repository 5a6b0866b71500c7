// One object, assessed and judged by what is in force: flags, the policy, the allowed identities; and the status it gives.
import { type Assessor, type Configured, composeAssessor, type SecondOpinion } from '../compose.ts'
import type { LoadOnline } from '../compose-further.ts'
import { type PolicyJudgement, passes } from '../policy/judgement.ts'
import type { Assessment } from '../report/assessment.ts'
import { assessFurther } from './assess-further.ts'
import { expectationOf } from './expect-flags.ts'
import { flagValue, type ParsedFlags } from './flags.ts'
import type { SignedObject } from './signed-object.ts'
import { judgeByPolicy } from './verify-policy.ts'

export interface Assessed {
  readonly assessor: Assessor
  readonly assessment: Assessment
  /** What the policy says, where one is in force. */
  readonly byPolicy: PolicyJudgement | undefined
  /** 0 accepted and allowed; 1 not; 2 where nobody said who is expected. */
  readonly exit: 0 | 1 | 2
}

/** Who else is asked. */
export interface Further {
  readonly opinion?: SecondOpinion | undefined
  /** Loads what asks a log; none is asked without. */
  readonly online?: LoadOnline | undefined
}

/** Throws what composing the trust and the policy throws. */
export async function assessObject(
  configured: Configured,
  flags: ParsedFlags,
  rev: string,
  signed: SignedObject,
  { opinion, online }: Further = {},
): Promise<Assessed> {
  const expected = expectationOf(flags)
  const assessor = await composeAssessor(configured, expected, opinion)
  const assessed = await assessFurther(configured, assessor, signed, online)
  const asked = { rev, ref: flagValue(flags, 'ref') }
  const byPolicy = expected === undefined ? await judgeByPolicy(configured, asked, signed, assessed) : undefined
  const isExpected = expected !== undefined || byPolicy !== undefined || configured.settings.allow.length > 0
  const assessment = withJudgement(assessed, byPolicy)
  return { assessor, assessment, byPolicy, exit: exitOf(assessment, isExpected, byPolicy) }
}

function withJudgement(assessment: Assessment, byPolicy: PolicyJudgement | undefined): Assessment {
  if (!assessment.ok || byPolicy === undefined) return assessment
  const { signer, instance } = assessment.judgement
  return { ...assessment, judgement: { signer, instance, ...byPolicy } }
}

function exitOf(assessment: Assessment, isExpected: boolean, byPolicy: PolicyJudgement | undefined): 0 | 1 | 2 {
  if (!assessment.ok) return byPolicy !== undefined && passes(byPolicy) ? 0 : 1
  if (!isExpected) return 2
  return passes(assessment.judgement) ? 0 : 1
}
