// One object, and the tags that it carries, assessed and judged by what is in force: flags, the policy, the allowed
// identities; and the status that gives.
import { type Assessor, type Configured, composeAssessor, type SecondOpinion } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import { Fault } from '../errors.ts'
import type { Expectation } from '../policy/expect.ts'
import { type PolicyJudgement, passes } from '../policy/judgement.ts'
import type { Assessment } from '../report/assessment.ts'
import { isEvidenceMissing } from '../verify/verdict.ts'
import { assess, assessFurther } from './assess-further.ts'
import { expectationOf } from './expect-flags.ts'
import { flagValue, type ParsedFlags } from './flags.ts'
import type { SignedObject } from './signed-object.ts'
import { composePolicyJudge } from './verify-policy.ts'

/** One signature place, assessed and judged. */
export interface Assessed {
  readonly signed: SignedObject
  readonly assessment: Assessment
  /** What the policy says, where one is in force. */
  readonly byPolicy: PolicyJudgement | undefined
  /** 0 accepted and allowed; 1 not; 2 where nobody said who is expected. */
  readonly exit: 0 | 1 | 2
}

export interface AssessedObject extends Assessed {
  readonly assessor: Assessor
  /** The tags that a merge carries, each judged as a run over a history judges it. */
  readonly carried: readonly Assessed[]
  /** Of the object with all that it carries, by the same rule as a run's (`exitOf` in history/summarize.ts). */
  readonly whole: 0 | 1 | 2
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
): Promise<AssessedObject> {
  const expected = expectationOf(flags)
  const assessor = await composeAssessor(configured, expected, opinion)
  const asked = { rev, ref: flagValue(flags, 'ref') }
  const judge = expected === undefined ? await composePolicyJudge(configured, asked) : undefined
  const isExpected = expected !== undefined || judge !== undefined || configured.settings.allow.length > 0
  const each = async (place: SignedObject): Promise<Assessed> => {
    const assessed =
      opinion === undefined
        ? await assessFurther(configured, assessor, place, online)
        : await assessInside(configured, assessor, place, { online, expected })
    const byPolicy = await judge?.(place, assessed)
    const assessment = withJudgement(assessed, byPolicy)
    return { signed: place, assessment, byPolicy, exit: exitOf(assessment, isExpected, byPolicy) }
  }
  const own = await each(signed)
  const carried: Assessed[] = []
  for (const tag of signed.carried) carried.push(await each(tag))
  return { ...own, assessor, carried, whole: worst([own, ...carried]) }
}

function worst(places: readonly Assessed[]): 0 | 1 | 2 {
  const exits = places.map(({ exit }) => exit)
  return exits.includes(1) ? 1 : exits.includes(2) ? 2 : 0
}

/**
 * Of a second opinion, which sees what is inside the signature and nothing else. Throws `usage` where evidence from
 * elsewhere would be what decides: one of two would have been asked.
 */
async function assessInside(
  configured: Configured,
  assessor: Assessor,
  signed: SignedObject,
  { online, expected }: { readonly online: LoadOnline | undefined; readonly expected: Expectation | undefined },
): Promise<Assessment> {
  const inside = assess(assessor, signed)
  if (inside.ok || !isEvidenceMissing(inside.rejection)) return inside
  const further = await assessFurther(configured, await composeAssessor(configured, expected), signed, online)
  if (further.ok && further.verdict.entry.foundIn !== undefined)
    throw new Fault('usage', '--paranoid has no say here: the second verifier sees only what is inside the signature', {
      hint: `the log entry is in ${further.verdict.entry.foundIn === 'note' ? 'a note' : 'the log'}: verify without --paranoid`,
    })
  return further.ok || further.hint === undefined ? inside : { ...inside, hint: further.hint }
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
