// From the file's words to a policy: names are looked up, groups become their members, times become numbers. Refuses a
// name that nothing has, a group inside itself, and what would have no effect.
import { Fault } from '../errors.ts'
import { parseWitnesses } from '../rekor/cosignature.ts'
import { extensionsOf } from './claims.ts'
import type {
  Authority,
  IdentityEntry,
  IdentityForm,
  KeyEntry,
  Pattern,
  PolicyDocument,
  Revocation,
  Rule,
  Window,
  WitnessRule,
} from './document.ts'
import type { AuthorityText, ClaimText, IdentityText, PolicyFile, RuleText, WitnessesText } from './file.ts'
import { type Names, namesOf } from './names.ts'
import { unfit } from './node.ts'
import { parseTime } from './time.ts'

/** Throws `config` (`unfit`). */
export function readPolicyFile(file: PolicyFile, source: string): PolicyDocument {
  const names = namesOf(file)
  return {
    source,
    mode: file.mode ?? 'enforce',
    ...given('instance', file.instance),
    identities: (file.identities ?? []).map(
      ({ name, line, value }): IdentityEntry => ({ name, line, forms: value.map(readForm) }),
    ),
    keys: (file.keys ?? []).map(
      ({ name, line, value }): KeyEntry =>
        value.openpgp === undefined
          ? { name, line, format: 'ssh', key: value.ssh ?? '' }
          : { name, line, format: 'openpgp', key: value.openpgp },
    ),
    rules: uniqueRules(file.rules).map((rule) => readRule(rule, file.mode ?? 'enforce', names)),
    exemptions: (file.exemptions ?? []).map(({ object, line, reason, until }) => ({
      object,
      line,
      reason,
      ...(until === 'never' ? {} : { until: parseTime(until, line) }),
    })),
    revocations: (file.revocations ?? []).map((revocation): Revocation => {
      const { line, signers, reason } = revocation
      const members = names.identitiesOf(signers, line, 'a key cannot be revoked, for it proves no time: remove it')
      return { line, signers, members, reason, window: readWindow(revocation) }
    }),
    change: file.policy.authorities.map((authority) => readChanger(authority, file.policy.line, names)),
    ...(file.witnesses === undefined ? {} : { witnesses: readWitnesses(file.witnesses) }),
  }
}

function readWitnesses({ line, keys, quorum, origins }: WitnessesText): WitnessRule {
  if (quorum > keys.length) throw unfit(line, `a quorum of ${quorum} cannot be had from ${keys.length} witnesses`)
  try {
    parseWitnesses(keys)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') throw unfit(line, thrown.message)
    throw thrown
  }
  return { line, keys, quorum, ...given('origins', origins) }
}

function readForm(form: IdentityText): IdentityForm {
  const { line: _, ...claims } = form.claims ?? { line: 0 }
  return {
    ...given('instance', form.instance),
    issuer: patternOf(form.issuer, form.issuerRegExp),
    subject: patternOf(form.subject, form.subjectRegExp),
    claims: Object.entries<ClaimText | undefined>(claims).flatMap(([name, value]) =>
      value === undefined ? [] : [{ name, extensions: extensionsOf(name), is: claimPattern(value) }],
    ),
    window: readWindow(form),
  }
}

function patternOf(exact: string | undefined, regexp: string | undefined): Pattern {
  return exact === undefined ? { regexp: regexp ?? '' } : { exact }
}

function claimPattern(value: ClaimText): Pattern {
  return typeof value === 'string' ? { exact: value } : { regexp: value.regExp }
}

interface WindowText {
  readonly line: number
  readonly from: string | undefined
  readonly until: string | undefined
}

function readWindow({ line, from, until }: WindowText): Window {
  const window = {
    ...(from === undefined ? {} : { from: parseTime(from, line) }),
    ...(until === undefined ? {} : { until: parseTime(until, line) }),
  }
  if (window.from !== undefined && window.until !== undefined && window.from >= window.until)
    throw unfit(line, 'until is not after from')
  return window
}

function uniqueRules(rules: readonly RuleText[]): readonly RuleText[] {
  const seen = new Set<string>()
  for (const { name, line } of rules) {
    if (seen.has(name)) throw unfit(line, `another rule is named ${name}`)
    seen.add(name)
  }
  return rules
}

function readRule(rule: RuleText, mode: Rule['mode'], names: Names): Rule {
  const kinds = rule.kinds ?? ['commit', 'tag']
  const only = (key: string, kind: string) =>
    unfit(rule.line, `${key} is about ${kind}s alone`, `write kinds: ${kind}, and another rule for the rest`)
  if (rule.paths !== undefined && kinds.some((kind) => kind !== 'commit')) throw only('paths', 'commit')
  const authorities = rule.authorities.map((authority) => readAuthority(authority, rule.line, names))
  if (authorities.some(({ quorum }) => quorum > 1) && kinds.some((kind) => kind !== 'tag')) throw only('quorum', 'tag')
  return {
    name: rule.name,
    line: rule.line,
    mode: rule.mode ?? mode,
    kinds,
    ...given('refs', rule.refs),
    ...given('paths', rule.paths),
    parents: rule.parents ?? 'all',
    start: rule.start ?? [],
    authorities,
  }
}

function readAuthority(authority: AuthorityText, ruleLine: number, names: Names): Authority {
  if (typeof authority === 'string')
    return { line: ruleLine, signers: [authority], members: names.membersOf([authority], ruleLine), quorum: 1 }
  const { line, signers, quorum = 1, cel } = authority
  const members = names.membersOf(signers, line)
  const people = members.filter((name) => names.isIdentity(name))
  if (quorum > people.length)
    throw unfit(line, `a quorum of ${quorum} cannot be had from ${people.length} identities`, 'each name counts once')
  return { line, signers, members, quorum, ...given('cel', cel) }
}

function readChanger(authority: AuthorityText, line: number, names: Names): Authority {
  const read = readAuthority(authority, line, names)
  names.identitiesOf(read.signers, read.line, 'a key proves no identity, so it cannot change the policy')
  if (read.quorum > 1) throw unfit(read.line, 'a quorum is for tags: a commit has one signer')
  return read
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [_ in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [_ in K]: V })
}
