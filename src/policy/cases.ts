// Cases beside a policy, `.gitsigil/policy.test.yaml`: who does what, and what the policy should say. Nothing is signed and
// nothing is verified: a case states what would have been proven.
import type { Facts } from '../verify/facts.ts'
import { CLAIM_NAMES, extensionsOf } from './claims.ts'
import type { IdentityForm, Pattern } from './document.ts'
import { line, time } from './file.ts'
import type { PolicyInput } from './input.ts'
import { judgeRecord } from './judge.ts'
import { atSource, unfit } from './node.ts'
import type { Policy } from './prepare.ts'
import { recordOf } from './record.ts'
import { count, listOf, oneOf, type ReadBy, someOf } from './shape.ts'
import { parseTime } from './time.ts'
import { parseYaml } from './yaml.ts'

const claims = recordOf({}, Object.fromEntries(CLAIM_NAMES.map((each) => [each, line] as const)))
const signer = recordOf({ issuer: line, subject: line }, { instance: line, claims, at: time })

const testCase = recordOf(
  { name: line, kind: oneOf('commit', 'tag', 'push'), expect: oneOf('allowed', 'exempt', 'unknown', 'refused') },
  {
    ref: line,
    id: line,
    paths: someOf(line),
    parents: count(0, 1000),
    /** The name of an identity of the policy that is written out, not as a regular expression. */
    by: line,
    signer,
    key: line,
    endorsedBy: someOf(line),
    at: time,
  },
  {
    atMostOne: [
      ['by', 'signer'],
      ['by', 'key'],
      ['signer', 'key'],
    ],
  },
)

/** The shape of the file. */
export const casesFile = recordOf({ version: oneOf(1), cases: listOf(testCase) }, {})

type CaseText = ReadBy<typeof testCase>
type SignerText = ReadBy<typeof signer>

/** A case that came out otherwise than it expects. */
export interface FailedCase {
  readonly name: string
  readonly line: number
  readonly expected: string
  readonly found: string
  readonly rule: string
}

/** Runs every case. Throws `config` for a file that is wrong. */
export function runCases(
  policy: Policy,
  bytes: Uint8Array,
  source: string,
  now: number,
): { readonly count: number; readonly failed: readonly FailedCase[] } {
  return atSource(source, () => {
    const { cases } = casesFile.read(parseYaml(bytes))
    const failed = cases.flatMap((each): readonly FailedCase[] => {
      const { level, rule } = judgeRecord(policy, inputOf(policy, each, now))
      const { name, expect: expected } = each
      return level === expected ? [] : [{ name, line: each.line, expected, found: level, rule }]
    })
    return { count: cases.length, failed }
  })
}

function inputOf(policy: Policy, given: CaseText, now: number): PolicyInput {
  const at = given.at === undefined ? now : parseTime(given.at, given.line)
  const facts =
    given.signer === undefined ? byName(policy, given.by, given.line, at) : factsOf(policy, given.signer, at)
  const { kind, ref, paths, parents, key } = given
  const tagName = kind === 'tag' && ref?.startsWith('refs/tags/') ? { tagName: ref.slice('refs/tags/'.length) } : {}
  return {
    kind,
    oid: given.id ?? '',
    now: at,
    ...tagName,
    ...(ref === undefined ? {} : { ref }),
    ...(paths === undefined ? {} : { paths: () => paths }),
    ...(parents === undefined ? {} : { parents: Array.from({ length: parents }, () => '') }),
    ...(facts === undefined ? {} : { facts }),
    ...(key === undefined ? {} : { foreign: { ok: true, format: formatOf(policy, key, given.line), keys: [key] } }),
    endorsements: (given.endorsedBy ?? []).flatMap((name) => byName(policy, name, given.line, at) ?? []),
  }
}

function formatOf({ document }: Policy, name: string, at: number) {
  const key = document.keys.find((each) => each.name === name)
  if (key === undefined) throw unfit(at, `the policy has no key ${name}`)
  return key.format
}

function byName(policy: Policy, name: string | undefined, at: number, moment: number): Facts | undefined {
  if (name === undefined) return undefined
  const identity = policy.document.identities.find((each) => each.name === name)
  if (identity === undefined) throw unfit(at, `the policy has no identity ${name}`)
  const facts = identity.forms.map((form) => sampleFacts(policy, form, moment)).find((found) => found !== undefined)
  if (facts !== undefined) return facts
  throw unfit(at, `${name} is a regular expression`, 'write signer: with an issuer and a subject')
}

/** What would be proven of somebody who signs as an identity that is written out; undefined for a regular expression. */
function sampleFacts(policy: Policy, form: IdentityForm, moment: number): Facts | undefined {
  const patterns = [form.issuer, form.subject, ...form.claims.map(({ is }) => is)]
  return patterns.every((pattern) => 'exact' in pattern) ? symbolicFacts(policy, form, moment) : undefined
}

/** The same, with the text of a regular expression in the place of what it matches. */
export function symbolicFacts(policy: Policy, form: IdentityForm, moment: number): Facts {
  const { issuer, subject, claims: asked, instance = policy.instance } = form
  const held = asked.flatMap(({ extensions: [first], is }) =>
    first === undefined ? [] : [[first, textOf(is)] as const],
  )
  const claimed = Object.fromEntries(held)
  return stated({ instance, issuer: textOf(issuer), subject: textOf(subject), claims: claimed }, moment)
}

/** As it is written. */
export function textOf(pattern: Pattern): string {
  return 'exact' in pattern ? pattern.exact : pattern.regexp
}

function factsOf(policy: Policy, given: SignerText, at: number): Facts {
  const { line: _, ...claimsGiven } = given.claims ?? { line: 0 }
  const held = Object.entries<string | undefined>(claimsGiven).flatMap(([name, value]) => {
    const [extension] = extensionsOf(name)
    return extension === undefined || value === undefined ? [] : [[extension, value] as const]
  })
  const { issuer, subject, instance = policy.instance } = given
  const moment = given.at === undefined ? at : parseTime(given.at, given.line)
  return stated({ instance, issuer, subject, claims: Object.fromEntries(held) }, moment)
}

interface Stated {
  readonly instance: string
  readonly issuer: string
  readonly subject: string
  readonly claims: Readonly<Record<string, string>>
}

function stated({ instance, issuer, subject, claims: held }: Stated, time: number): Facts {
  const type = /^[a-z][a-z0-9+.-]*:/i.test(subject) ? 'uri' : subject.includes('@') ? 'email' : 'username'
  return {
    instance,
    identity: { issuer, subject, type, claims: held },
    certificate: {
      id: '',
      fingerprint: '',
      issuer: '',
      issuerFingerprint: '',
      serial: '',
      notBefore: time,
      notAfter: time,
    },
    log: { url: '', id: '', index: '', kind: '', version: '', leafHash: '' },
    times: [{ source: 'log', time, authority: '' }],
    skipped: [],
  }
}
