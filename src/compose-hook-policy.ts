// Who may push what, by the policy that was in force before the push.
import type { Configured } from './compose.ts'
import type { Judging } from './compose-hook-judge.ts'
import { composePolicy } from './compose-policy.ts'
import { NOTES_REF } from './git/refs.ts'
import type { Range } from './hook/gate.ts'
import { hasRuleFor, scopeOf } from './policy/judge.ts'
import { listCommits, type Reading } from './system/git-history.ts'

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
    async *judgeAll(records, range, about) {
      const line = isLined ? await readLine(reading, range) : undefined
      const isOnLine = line === undefined ? {} : { isOnLine: (oid: string) => line.has(oid) }
      yield* force.judgeAll(records, { ...about, ...isOnLine })
      return undefined
    },
    judgePusher: (record, ref) => force.judge(record, { ref }),
    scopeOf: (ref) => scopeOf(policy, ref),
    asksWhoPushes: (ref) => hasRuleFor(policy, 'push', ref),
    isFree: (ref) => ref === NOTES_REF && !hasRuleFor(policy, 'commit', ref),
    refusePolicyChange: (to) => force.refuseChange(to),
  }
}

/** The range's first-parent line. */
async function readLine(reading: Reading, { commits, excluded }: Range): Promise<ReadonlySet<string>> {
  let text = ''
  for await (const chunk of listCommits(reading, { commits, excluded, firstParent: true }))
    text += new TextDecoder('latin1').decode(chunk)
  return new Set(text.split('\n'))
}
