// Who may push what, by the policy that was in force before the push.

import { NOTES_REF } from '../git/refs.ts'
import { isTagRef } from '../hook/change.ts'
import type { Range } from '../hook/gate.ts'
import { hasRuleFor, hasRuleNaming, scopeOf } from '../policy/judge.ts'
import { type Reading, streamCommits } from '../system/git-history.ts'
import type { Configured } from './assessor.ts'
import type { Judging } from './hook-judging.ts'
import { composePolicy } from './policy.ts'

/** Undefined where none is configured. Throws `trust` where one is and cannot be authenticated, `config`, `git` or `io`. */
export async function judgeByPolicy(configured: Configured): Promise<Judging | undefined> {
  const force = await composePolicy(configured)
  if (force === undefined) return undefined
  const { policy } = force
  const isLined = policy.document.rules.some(({ parents }) => parents === 'first')
  const reading = { world: configured.world, signal: new AbortController().signal }
  return {
    isExpected: true,
    policyRef: configured.settings.policyRef,
    async *judgeAll(look, range, about) {
      if (!isLined) return yield* force.judgeAll(look(range), about)
      const line = await readLine(reading, range)
      // A commit that came beside the line may be put onto it by a later merge, or by going back to it. To tags none is new.
      const moved = isTagRef(about.ref) ? new Set<string>() : await readMoved(reading, range, line)
      const isOnLine = (oid: string) => line.has(oid) || moved.has(oid)
      yield* force.judgeAll(look({ ...range, objects: [...range.objects, ...moved] }), { ...about, isOnLine })
      return undefined
    },
    judgePusher: (record, ref) => force.judge(record, { ref }),
    scopeOf: (ref) => scopeOf(policy, ref),
    asksWhoPushes: (ref) => hasRuleFor(policy, 'push', ref),
    isFree: (ref) => ref === NOTES_REF && !hasRuleNaming(policy, 'commit', ref),
    refusePolicyChange: (to) => force.refuseChange(to),
  }
}

/** What was there already and stands on the first-parent line from now on. */
async function readMoved(reading: Reading, { commits, excluded }: Range, line: ReadonlySet<string>) {
  if (commits.length === 0 || excluded.length === 0) return new Set<string>()
  const after = await readLine(reading, { commits, excluded: [] })
  const before = await readLine(reading, { commits: excluded, excluded: [] })
  return new Set([...after].filter((oid) => !line.has(oid) && !before.has(oid)))
}

/** The first-parent line, as far as it is not reached from what is excluded. */
async function readLine(
  reading: Reading,
  { commits, excluded }: Pick<Range, 'commits' | 'excluded'>,
): Promise<ReadonlySet<string>> {
  let text = ''
  for await (const chunk of streamCommits(reading, { commits, excluded, firstParent: true }))
    text += new TextDecoder('latin1').decode(chunk)
  return new Set(text.split('\n').filter((oid) => oid !== ''))
}
