// What the policy last authenticated here says at Git's door, which is told neither a ref nor an object's id. Nothing is
// brought up to date, and Git is asked only where that could help the signer.

import { parseCommitHeader, parseTagHeader } from '../git/commit.ts'
import { type ObjectAlgorithm, objectId } from '../git/id.ts'
import { joinCommit, joinTag } from '../git/object.ts'
import { parsePushCertificate } from '../git/push.ts'
import type { ObjectRecord } from '../history/record.ts'
import type { PolicyInput } from '../policy/input.ts'
import { judgeRecord } from '../policy/judge.ts'
import { type PolicyJudgement, passes } from '../policy/judgement.ts'
import { needsOf } from '../policy/needs.ts'
import { type Policy, preparePolicy } from '../policy/prepare.ts'
import type { Accepted } from '../report/assessment.ts'
import { factsOf } from '../verify/facts.ts'
import type { Configured } from './assessor.ts'
import { readKeptPolicy } from './authenticated.ts'

/** What Git handed over. */
export interface Handed {
  readonly payload: Uint8Array
  readonly armored: Uint8Array
}

/** Whether a policy judges, rather than a list of allowed identities. */
export function isByPolicy({ settings, sources }: Configured): boolean {
  return settings.policy !== undefined || (settings.policyRoot !== undefined && sources.allow.from !== 'flag')
}

/** @param standard name of the repository's default instance. Throws `io` or `git` where the policy cannot be read. */
export async function judgeAtDoor(
  configured: Configured,
  standard: string,
  { verdict, judgement: { signer, instance } }: Accepted,
  handed: Handed,
): Promise<Accepted['judgement']> {
  const kept = await readKeptPolicy(configured)
  const judgement: PolicyJudgement =
    kept === undefined
      ? { level: 'unknown', rule: 'no policy has been authenticated here: run gitsigil policy update' }
      : await judgeHanded(configured, await preparePolicy(kept.document, standard), {
          ...describeHanded(handed),
          facts: factsOf(verdict, instance),
          now: configured.world.now(),
        })
  return { signer, instance, ...judgement }
}

interface Described extends Pick<PolicyInput, 'kind' | 'oid' | 'parents' | 'tagName'> {
  readonly refs: readonly string[]
  readonly algorithm: ObjectAlgorithm
}

type Asked = Described & Required<Pick<PolicyInput, 'facts' | 'now'>>

// Every ref that a push certificate names must be allowed; a tag is held against the name it gives itself.
async function judgeHanded(configured: Configured, policy: Policy, asked: Asked): Promise<PolicyJudgement> {
  const { refs, algorithm, ...input } = asked
  const judgements = (refs.length === 0 ? [undefined] : refs).map((ref) =>
    judgeRecord(policy, ref === undefined ? input : { ...input, ref }),
  )
  const judgement = judgements.find((each) => !passes(each)) ?? judgements[0]
  if (judgement === undefined) return { level: 'refused', rule: 'it is about nothing' }
  const isGood = judgement.level === 'allowed' || judgement.level === 'exempt'
  return isGood ? judgement : ((await judgeMore(configured, policy, asked)) ?? judgement)
}

/** The same with what the repository tells, where the policy asks for more and the object is there. */
async function judgeMore(configured: Configured, policy: Policy, asked: Asked): Promise<PolicyJudgement | undefined> {
  const { paths, starts, endorsements } = needsOf(policy)
  if (asked.kind === 'push' || (!paths && starts.length === 0 && !endorsements)) return undefined
  const { findObjects } = await import('../system/git-objects.ts')
  const [found] = await findObjects(configured.world, [asked.oid])
  if (found === undefined) return undefined
  const { oid, kind, algorithm, parents, refs, facts } = asked
  const more = { ...(parents === undefined ? {} : { parents }), refs, finding: { state: 'accepted', facts } } as const
  const record: ObjectRecord = { oid, kind, algorithm, ...more }
  return await (await import('./inquiry.ts')).composeInquiry(configured, policy).judge(record)
}

// The id is that of the object as Git writes it. One that was made otherwise has another, which no exemption names.
function describeHanded({ payload, armored }: Handed): Described {
  const start = new TextDecoder('latin1').decode(payload.subarray(0, 80))
  const algorithm = /^(?:tree|object) [0-9a-f]{64}\n/.test(start) ? 'sha256' : 'sha1'
  if (start.startsWith('tree ')) {
    const { parents } = parseCommitHeader(payload, algorithm)
    const oid = objectId('commit', joinCommit(payload, armored, algorithm), algorithm)
    return { kind: 'commit', oid, parents, refs: [], algorithm }
  }
  const bytes = joinTag(payload, armored)
  if (start.startsWith('object ')) {
    const { tag } = parseTagHeader(payload, algorithm)
    return { kind: 'tag', oid: objectId('tag', bytes, algorithm), tagName: tag, refs: [`refs/tags/${tag}`], algorithm }
  }
  const refs = parsePushCertificate(payload).updates.map(({ ref }) => ref)
  return { kind: 'push', oid: objectId('blob', bytes, algorithm), refs, algorithm }
}
