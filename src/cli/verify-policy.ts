// What the policy in force says of the one object that `verify` was asked about and of the tags that it carries, signed or
// not.

import type { Configured } from '../compose/assessor.ts'
import { isByPolicy } from '../compose/door.ts'
import { Fault } from '../errors.ts'
import { parseCommitHeader } from '../git/commit.ts'
import type { Finding, ObjectRecord } from '../history/record.ts'
import type { PolicyJudgement } from '../policy/judgement.ts'
import type { Assessment } from '../report/assessment.ts'
import { findRef } from '../system/git-walk.ts'
import type { World } from '../system/world.ts'
import { factsOf } from '../verify/facts.ts'
import { certificateId } from '../x509/fingerprint.ts'
import { type SignedObject, splitProblem } from './signed-object.ts'

export interface Asked {
  readonly rev: string
  /** Full name of the ref that the object is meant for, where the flag says it. */
  readonly ref: string | undefined
}

/** What the policy says of a signature place, whatever was found there. */
export type PolicyJudge = (signed: SignedObject, assessment: Assessment) => Promise<PolicyJudgement>

/** Undefined where no policy is configured. Throws `trust` where it cannot be authenticated. */
export async function composePolicyJudge(configured: Configured, asked: Asked): Promise<PolicyJudge | undefined> {
  if (!isByPolicy(configured)) return undefined
  const { composePolicy } = await import('../compose/policy.ts')
  const policy = await composePolicy(configured)
  if (policy === undefined) return undefined
  const ref = await refOf(configured.world, asked)
  return (signed, assessment) => policy.judge(recordOf(signed, assessment), ref === undefined ? {} : { ref })
}

/** The object as a record of a history. */
export function recordOf(signed: SignedObject, assessment: Assessment): ObjectRecord {
  const { object: oid, kind, algorithm, within } = signed.subject
  const parents = kind === 'commit' ? { parents: parseCommitHeader(signed.split.payload, algorithm).parents } : {}
  const place = { oid, kind, algorithm, ...(within === undefined ? {} : { within }) }
  return { ...place, ...parents, finding: findingOf(signed, assessment) }
}

function findingOf(signed: SignedObject, assessment: Assessment): Finding {
  if (assessment.ok) return { state: 'accepted', facts: factsOf(assessment.verdict, assessment.judgement.instance) }
  const { split } = signed
  if (split.signature === undefined && split.problem === undefined) return { state: 'unsigned' }
  if (split.problem === undefined && (split.format === 'openpgp' || split.format === 'ssh'))
    return { state: 'foreign', format: split.format }
  const { check, why, certificate } = assessment.rejection
  const id = certificate === undefined ? {} : { certificateId: certificateId(certificate) }
  return { state: 'rejected', check, why: splitProblem(signed) ?? why, ...id }
}

/** The ref that the flag names, or that the revision is the name of. Throws `usage`. */
export async function refOf(world: World, { rev, ref }: Asked): Promise<string | undefined> {
  return ref === undefined ? await findRef(world, rev) : checkedRef(ref)
}

/** Throws `usage` for what is no full name. */
export function checkedRef(ref: string): string {
  if (/^refs\/\S+$/.test(ref)) return ref
  throw new Fault('usage', `--ref is a full name, and not ${JSON.stringify(ref)}`, {
    hint: 'for example refs/heads/main',
  })
}
