// What a policy says of one object. All rules that match must pass; within one any authority suffices; where none
// matches the answer is no. Pure: everything it goes by is in the policy and the input.

import { type Signed, withheld } from './authority.ts'
import type { Exemption, Mode, Rule } from './document.ts'
import { matchesGlob } from './glob.ts'
import type { PolicyInput } from './input.ts'
import type { Level, PolicyJudgement } from './judgement.ts'
import { type Matched, matchRule } from './match.ts'
import type { Policy } from './prepare.ts'
import { recognise } from './signer.ts'
import { formatTime } from './time.ts'

/** What one rule that is about an object says of it. */
export interface Outcome {
  readonly rule: Rule
  readonly matched: Matched
  /** Undefined where the rule does not pass. */
  readonly level: 'allowed' | 'exempt' | undefined
  readonly why: string
}

export function judgeRecord(policy: Policy, input: PolicyInput): PolicyJudgement {
  const { document } = policy
  const exemption = document.exemptions.find(({ object }) => object === input.oid)
  if (exemption !== undefined && isInForce(exemption, input.now))
    return said(policy, 'exempt', `exempted: ${exemption.reason}`, exemption.line)
  const after = exemption === undefined ? '' : `; its exemption ended ${formatTime(exemption.until ?? 0)}`
  const revoked = input.facts && recognise(policy, input.facts).revoked
  if (revoked !== undefined)
    return refused(
      policy,
      `revoked: ${revoked.signers.join(', ')}: ${revoked.reason}${after}`,
      revoked.line,
      document.mode,
    )
  if (input.kind === 'tag' && isMisplaced(input))
    return refused(policy, `the tag calls itself ${input.tagName} and not ${input.ref}`, 1, document.mode)
  return conclude(policy, judgeRules(policy, input), input, after)
}

/** Every rule that is or may be about the object, in the policy's order. */
export function judgeRules(policy: Policy, input: PolicyInput): readonly Outcome[] {
  const signed = signedBy(policy, input)
  return policy.document.rules.flatMap((rule) => outcomeOf(policy, rule, signed, input))
}

/** Whether the signer of a commit that changes the policy may do so; no rule and no exemption counts. */
export function judgeChange(policy: Policy, input: PolicyInput): PolicyJudgement {
  const { document } = policy
  const signed = signedBy(policy, input)
  const reasons = document.change.map((authority) => ({ authority, why: withheld(policy, authority, signed, input) }))
  const given = reasons.find(({ why }) => why === undefined)
  if (given !== undefined) return said(policy, 'allowed', 'may change the policy', given.authority.line)
  const why = [...new Set(reasons.map(({ why }) => why))].join('; ')
  return said(policy, 'refused', `may not change the policy: ${why}`, document.change[0]?.line ?? 1)
}

/** Whether any rule is about objects of this kind at this ref. */
export function hasRuleFor(policy: Policy, kind: PolicyInput['kind'], ref: string): boolean {
  return policy.document.rules.some((rule) => matchRule(rule, { kind, ref, oid: '', now: 0, paths: () => [] }) !== 'no')
}

/** Whether a rule for such objects names this ref, and not merely every one. */
export function hasRuleNaming({ document }: Policy, kind: PolicyInput['kind'], ref: string): boolean {
  const names = (pattern: string) => !['**', 'refs/**'].includes(pattern) && matchesGlob(pattern, ref)
  return document.rules.some(({ kinds, refs = [] }) => kinds.includes(kind) && refs.some(names))
}

/** Refs with the same scope are judged alike. */
export function scopeOf({ document }: Policy, ref: string): string {
  const speaksOf = ({ refs }: Rule) => refs === undefined || refs.some((pattern) => matchesGlob(pattern, ref))
  // An expression may speak of the ref itself, a tag is held against its name, and what is beside one ref's first-parent
  // line may be on another's.
  const isSingular =
    ref.startsWith('refs/tags/') ||
    document.rules.some(({ parents, authorities }) => parents === 'first' || authorities.some(({ cel }) => cel))
  return isSingular
    ? ref
    : document.rules
        .filter(speaksOf)
        .map(({ name }) => name)
        .join(' ')
}

function signedBy(policy: Policy, { facts, foreign }: PolicyInput): Signed {
  if (facts !== undefined) {
    const { names, outside, revoked } = recognise(policy, facts)
    const { subject, issuer } = facts.identity
    const who = `${subject} (${issuer})`
    const times = outside.length === 0 ? '' : `, at a time when it does not count (${outside.join(', ')})`
    if (revoked !== undefined) return { names: [], by: 'nobody', why: `${who} was revoked: ${revoked.reason}` }
    return { names, by: 'identity', why: `nobody in the policy is ${who}${times}` }
  }
  if (foreign?.ok === true) return { names: foreign.keys, by: 'key', why: 'the key is not in the policy' }
  return { names: [], by: 'nobody', why: foreign === undefined ? 'no signature that was accepted' : foreign.why }
}

function outcomeOf(policy: Policy, rule: Rule, signed: Signed, input: PolicyInput): readonly Outcome[] {
  const matched = matchRule(rule, input)
  if (matched === 'no') return []
  const reasons = rule.authorities.map((authority) => withheld(policy, authority, signed, input))
  if (reasons.includes(undefined))
    return [{ rule, matched, level: signed.by === 'identity' ? 'allowed' : 'exempt', why: signed.names.join(', ') }]
  const left = leftOut(rule, input)
  if (left !== undefined) return [{ rule, matched, level: 'exempt', why: left }]
  return [{ rule, matched, level: undefined, why: [...new Set(reasons)].join('; ') }]
}

/** Why the rule asks nothing of this commit. */
function leftOut(rule: Rule, input: PolicyInput): string | undefined {
  if (input.kind !== 'commit') return undefined
  if (rule.parents === 'first' && input.isBeside === true) return 'beside the first-parent line'
  const start = rule.start.find((each) => each === input.oid || input.isBefore?.(each) === true)
  return start === undefined ? undefined : `not after the start ${start.slice(0, 12)}`
}

function conclude(policy: Policy, outcomes: readonly Outcome[], input: PolicyInput, after: string): PolicyJudgement {
  const { document } = policy
  if (outcomes.length === 0)
    return refused(
      policy,
      `no rule is for a ${input.kind}${input.ref === undefined ? '' : ` at ${input.ref}`}${after}`,
      1,
      document.mode,
    )
  const [failed, passed] = [outcomes.filter(({ level }) => level === undefined), outcomes.filter(({ level }) => level)]
  const enforced = failed.filter(({ rule }) => rule.mode === 'enforce')
  const no = ({ why, rule }: Outcome) => refused(policy, `rule ${rule.name}: ${why}${after}`, rule.line, rule.mode)
  const surely = enforced.find(({ matched }) => matched === 'yes')
  if (surely !== undefined) return no(surely)
  const [worst] = [...enforced, ...failed]
  if (worst !== undefined && passed.length === 0) return no(worst)
  const [perhaps] = enforced
  if (perhaps !== undefined)
    return said(policy, 'unknown', `${textOf(perhaps)}; that rule depends on the ref or the paths`, perhaps.rule.line)
  const warned = failed.find(({ matched }) => matched === 'yes')
  if (warned !== undefined) return no(warned)
  const [best] = passed
  const level = passed.some((each) => each.level === 'exempt') ? 'exempt' : 'allowed'
  const shown = passed.find((each) => each.level === level) ?? best
  return said(policy, level, shown === undefined ? '' : textOf(shown), shown?.rule.line ?? 1)
}

function textOf({ rule, why }: Outcome): string {
  return `rule ${rule.name}: ${why}`
}

function isInForce({ until }: Exemption, now: number): boolean {
  return until === undefined || now < until
}

/** A tag that is found under another name than it was signed for. */
function isMisplaced({ ref, tagName }: PolicyInput): boolean {
  return ref !== undefined && tagName !== undefined && ref.startsWith('refs/tags/') && ref !== `refs/tags/${tagName}`
}

function refused(policy: Policy, rule: string, line: number, mode: Mode): PolicyJudgement {
  return { ...said(policy, 'refused', rule, line), ...(mode === 'warn' ? { warn: true } : {}) }
}

function said({ document }: Policy, level: Level, rule: string, line: number): PolicyJudgement {
  return { level, rule, policy: `${document.source}:${line}` }
}
