// Who may have signed what a run over a history finds: by what the flags expect, by the policy in force, or by the allowed
// identities.
import { hash } from 'node:crypto'
import { judgeGroup } from '../history/judged.ts'
import type { NamedTip } from '../history/range.ts'
import type { JudgedRecord, ObjectRecord } from '../history/record.ts'
import type { Expectation } from '../policy/expect.ts'
import type { Policy } from '../policy/prepare.ts'
import { findRef, listCommits } from '../system/git-walk.ts'
import type { Configured } from './assessor.ts'
import { isByPolicy } from './door.ts'
import type { JudgeContext } from './inputs.ts'
import { composeJudge, judgeDigest } from './judge.ts'

/** What a run is about, as far as a policy asks. */
export interface JudgedRange {
  readonly expected?: Expectation
  /** Full name of the ref that the objects are meant for. */
  readonly ref?: string
  readonly revisions: readonly string[]
}

export interface GroupJudge {
  /** SHA-256 of what decides. */
  readonly digest: string | undefined
  judge(group: readonly ObjectRecord[]): Promise<readonly JudgedRecord[]>
}

/** Undefined where nobody said who may sign. Throws `config`, or `trust` for a policy that cannot be authenticated. */
export async function composeGroupJudge(
  configured: Configured,
  range: JudgedRange,
  tips: readonly NamedTip[],
  standard: string,
): Promise<GroupJudge | undefined> {
  const { expected } = range
  if (expected === undefined && isByPolicy(configured)) return await judgeByPolicy(configured, range, tips)
  const judge = await composeJudge(configured, standard, expected)
  if (expected === undefined && configured.settings.allow.length === 0) return undefined
  return {
    digest: judgeDigest(configured, expected),
    judge: async (group) =>
      judgeGroup(group, ({ finding }) => {
        if (finding.state !== 'accepted') return undefined
        const { level, rule } = judge({ identity: finding.facts.identity }, finding.facts.instance)
        return { level, rule }
      }),
  }
}

async function judgeByPolicy(
  configured: Configured,
  { ref, revisions }: JudgedRange,
  tips: readonly NamedTip[],
): Promise<GroupJudge | undefined> {
  const { composePolicy } = await import('./policy.ts')
  const inForce = await composePolicy(configured)
  if (inForce === undefined) return undefined
  const meant = ref ?? (await refOfRange(configured, revisions))
  const context = {
    ...(meant === undefined ? {} : { ref: meant }),
    ...(await lineOf(configured, inForce.policy, tips)),
  }
  return {
    digest: hash('sha256', JSON.stringify(inForce.policy.document)),
    judge: (group) => inForce.judgeGroup(group, context),
  }
}

/** The ref that a single revision, or the end of a single range, is the name of. */
async function refOfRange({ world }: Configured, revisions: readonly string[]): Promise<string | undefined> {
  const ends = revisions.filter((revision) => !revision.startsWith('^'))
  const [only, ...more] = ends
  if (only === undefined || more.length > 0) return undefined
  const end = only.slice(only.indexOf('..') < 0 ? 0 : only.indexOf('..') + 2)
  return await findRef(world, end === '' ? 'HEAD' : end)
}

/** The first-parent line of all tips, where a rule is about that alone. */
async function lineOf({ world }: Configured, policy: Policy, tips: readonly NamedTip[]): Promise<JudgeContext> {
  if (!policy.document.rules.some(({ parents }) => parents === 'first')) return {}
  const ids = tips.flatMap(({ peeled, peeledType, excluded }) =>
    peeledType === 'commit' ? [excluded === true ? `^${peeled}` : peeled] : [],
  )
  if (ids.length === 0) return {}
  const line = new Set(await listCommits(world, ['--first-parent', ...ids]))
  return { isOnLine: (oid) => line.has(oid) }
}
