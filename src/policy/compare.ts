// Two policies compared by what they say: for everybody either names, at refs like those either names.
import { sampleFacts } from './cases.ts'
import type { ObjectKind } from './document.ts'
import type { PolicyInput } from './input.ts'
import { judgeChange, judgeRecord } from './judge.ts'
import type { PolicyJudgement } from './judgement.ts'
import type { Policy } from './prepare.ts'

/** Where the policies differ. */
export interface Difference {
  readonly who: string
  readonly what: string
  readonly before: PolicyJudgement
  readonly after: PolicyJudgement
}

type Signed = Pick<PolicyInput, 'facts' | 'foreign'>

/** @param now when everything would be signed. What is a regular expression has no sample, and is not compared. */
export function comparePolicies(before: Policy, after: Policy, now: number): readonly Difference[] {
  const people = signersOf([before, after], now)
  const refs = [...new Set([before, after].flatMap(refsOf))].sort()
  return [...people].flatMap(([who, signed]) => [
    ...(['commit', 'tag', 'push'] as const).flatMap((kind) =>
      refs.flatMap((ref) => {
        const input: PolicyInput = { kind, oid: '', now, ref, ...signed }
        if (!isAbout([before, after], kind)) return []
        return differing(who, `${kind} at ${ref}`, judgeRecord(before, input), judgeRecord(after, input))
      }),
    ),
    ...differing(who, 'change of the policy', ...changes(before, after, { kind: 'commit', oid: '', now, ...signed })),
  ])
}

function changes(before: Policy, after: Policy, input: PolicyInput): [PolicyJudgement, PolicyJudgement] {
  return [judgeChange(before, input), judgeChange(after, input)]
}

function differing(who: string, what: string, before: PolicyJudgement, after: PolicyJudgement): readonly Difference[] {
  return before.level === after.level && before.warn === after.warn ? [] : [{ who, what, before, after }]
}

function isAbout(policies: readonly Policy[], kind: ObjectKind): boolean {
  return policies.some(({ document }) => document.rules.some(({ kinds }) => kinds.includes(kind)))
}

function signersOf(policies: readonly Policy[], now: number): ReadonlyMap<string, Signed> {
  const people = policies.flatMap((policy) =>
    policy.document.identities.flatMap(({ forms }) =>
      forms.flatMap((form): readonly (readonly [string, Signed])[] => {
        const facts = sampleFacts(policy, form, now)
        return facts === undefined ? [] : [[`${facts.identity.subject} (${facts.identity.issuer})`, { facts }]]
      }),
    ),
  )
  const keys = policies.flatMap(({ document }) =>
    document.keys.map(({ name, format }) => [`key ${name}`, { foreign: { ok: true, format, keys: [name] } }] as const),
  )
  return new Map<string, Signed>([...people, ...keys, ['nobody', {}]])
}

/** One ref that each pattern matches. */
function refsOf({ document }: Policy): readonly string[] {
  const patterns = document.rules.flatMap(({ refs }) => refs ?? ['**'])
  return patterns.map((pattern) =>
    pattern === '**' ? 'refs/heads/any' : pattern.replace(/\*\*\/|\*+|\?/g, (wild) => (wild === '**/' ? '' : 'x')),
  )
}
