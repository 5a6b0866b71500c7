// Two policies compared by what they say: for everybody either names, at refs like those either names.
import { symbolicFacts, textOf } from './cases.ts'
import type { IdentityForm, ObjectKind } from './document.ts'
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

/**
 * @param now when everything would be signed. Whoever a regular expression matches is one signer, by its text: where that
 * changes, the one is told as gone and the other as new.
 */
export function comparePolicies(old: Policy, young: Policy, now: number): readonly Difference[] {
  const [before, after] = [symbolic(old), symbolic(young)]
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

/** A regular expression matches its own text too. */
function symbolic(policy: Policy): Policy {
  return { ...policy, matches: (regexp, text) => regexp === text || policy.matches(regexp, text) }
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
      forms.map((form) => [nameOf(form), { facts: symbolicFacts(policy, form, now) }] as const),
    ),
  )
  const keys = policies.flatMap(({ document }) =>
    document.keys.map(({ name, format }) => [`key ${name}`, { foreign: { ok: true, format, keys: [name] } }] as const),
  )
  return new Map<string, Signed>([...people, ...keys, ['nobody', {}]])
}

/** Also what is asked of the workload: two of one name may be told apart by that alone. */
function nameOf({ issuer, subject, claims }: IdentityForm): string {
  const asked = claims.map(({ name, is }) => `, ${name} ${textOf(is)}`)
  return `${textOf(subject)} (${textOf(issuer)}${asked.join('')})`
}

/** One ref that each pattern matches. */
function refsOf({ document }: Policy): readonly string[] {
  const patterns = document.rules.flatMap(({ refs }) => refs ?? ['**'])
  return patterns.map((pattern) =>
    pattern === '**' ? 'refs/heads/any' : pattern.replace(/\*\*\/|\*+|\?/g, (wild) => (wild === '**/' ? '' : 'x')),
  )
}
