// The parts of the engine: windows, revocations, patterns, heads, expressions, and what is not known.
import { describe, expect, test } from 'vitest'
import { matchesGlob } from '../../src/policy/glob.ts'
import type { PolicyInput } from '../../src/policy/input.ts'
import { hasRuleFor, hasRuleNaming, judgeChange, judgeRecord, scopeOf } from '../../src/policy/judge.ts'
import { encodeKept, parseKept } from '../../src/policy/kept.ts'
import { goodKey, importedKeys } from '../../src/policy/openpgp.ts'
import { countHeads } from '../../src/policy/quorum.ts'
import { commit, facts, NOON, OID, policyOf, policyText } from '../support/policy.ts'

const DAY = 86_400_000
const alice = facts('alice@example.com')
const bob = facts('bob@example.com')
const judged = async (rest: string, input: PolicyInput) => judgeRecord(await policyOf(policyText(rest)), input)
const ALL = 'rules: [{ name: all, authorities: [maintainers] }]'

test.each([
  ['refs/heads/*', 'refs/heads/a', true],
  ['refs/heads/*', 'refs/heads/a/b', false],
  ['refs/heads/**', 'refs/heads/a/b', true],
  ['refs/heads/**', 'refs/heads', false],
  ['refs/tags/v?', 'refs/tags/v1', true],
  ['refs/tags/v?', 'refs/tags/v/', false],
  ['**/Makefile', 'Makefile', true],
  ['**/Makefile', 'a/b/Makefile', true],
  ['**/Makefile', 'aMakefile', false],
  ['src/**/x', 'src/x', true],
  ['src/**/x', 'src/a/b/x', true],
  ['a.c', 'abc', false],
  ['*', '', true],
  ['Ä', 'ä', false],
])('the pattern %s and %j: %s', (pattern, text, matches) => {
  expect(matchesGlob(pattern, text)).toBe(matches)
})

test('a pattern made to be slow is not', () => {
  expect(matchesGlob(`${'*a'.repeat(200)}b`, 'a'.repeat(4000))).toBe(false)
})

test.each([
  [[['a'], ['a']], 1],
  [[['a', 'b'], ['a']], 2],
  [[['any'], ['any'], ['alice', 'any']], 2],
  [[[], ['a']], 1],
  [[['a', 'b'], ['b', 'c'], ['a'], ['c']], 3],
])('heads of %j: %i', (signers, heads) => {
  expect(countHeads(signers)).toBe(heads)
})

describe('a window', () => {
  const rest = ALL.concat('\n')
  const policy = (window: string) =>
    policyText(rest).replace('subject: alice@example.com', `subject: alice@example.com, ${window}`)
  const level = async (window: string, times: readonly number[]) =>
    judgeRecord(await policyOf(policy(window)), commit(facts('alice@example.com', { times }))).level

  test('is judged by every proven time, its beginning inside and its end not', async () => {
    const window = 'from: "2026-06-15T12:00:00Z", until: "2026-06-16T12:00:00Z"'
    expect(await level(window, [NOON])).toBe('allowed')
    expect(await level(window, [NOON - 1])).toBe('refused')
    expect(await level(window, [NOON + DAY])).toBe('refused')
    expect(await level(window, [NOON, NOON + DAY])).toBe('refused')
    expect(await level(window, [])).toBe('refused')
  })

  test('says when the signer would have counted', async () => {
    const judgement = judgeRecord(await policyOf(policy('until: 2026-01-01')), commit(alice))
    expect(judgement.rule).toContain('at a time when it does not count (alice only until 2026-01-01)')
  })
})

describe('a revocation', () => {
  const rest = `${ALL}\nrevocations: [{ signers: bob, from: 2026-06-15, until: 2026-06-16, reason: a stolen laptop }]`

  test('takes the signer from signatures of its window, and those before and after it stay', async () => {
    expect(await judged(rest, commit(bob))).toMatchObject({ level: 'refused', rule: 'revoked: bob: a stolen laptop' })
    expect((await judged(rest, commit(alice))).level).toBe('allowed')
    expect((await judged(rest, commit(facts('bob@example.com', { times: [NOON - DAY] })))).level).toBe('allowed')
  })

  test('counts where any of two proven times is in its window', async () => {
    expect((await judged(rest, commit(facts('bob@example.com', { times: [NOON - DAY, NOON] })))).level).toBe('refused')
  })

  test('is not passed by because the identity is for another time', async () => {
    const text = policyText(rest).replace('subject: bob@example.com', 'subject: bob@example.com, until: 2020-01-01')
    expect(judgeRecord(await policyOf(text), commit(bob)).rule).toBe('revoked: bob: a stolen laptop')
  })
})

describe('what is not known', () => {
  const rest = `rules:
  - { name: all, authorities: [maintainers] }
  - { name: main, refs: refs/heads/main, authorities: [alice] }
  - { name: secrets, kinds: commit, paths: 'secrets/**', authorities: [alice] }`
  const unknown = (by: typeof alice): PolicyInput => ({ kind: 'commit', oid: OID, now: NOON, facts: by })

  test('allows only who may do it whatever it is', async () => {
    expect((await judged(rest, unknown(alice))).level).toBe('allowed')
    expect(await judged(rest, unknown(bob))).toMatchObject({
      level: 'unknown',
      rule: 'rule main: bob is not of alice; that rule depends on the ref or the paths',
    })
    expect((await judged(rest, unknown(facts('eve@example.com')))).level).toBe('refused')
  })

  test('paths decide where they are known, and are not asked for where the ref has', async () => {
    const at = (paths: readonly string[]) => commit(bob, { ref: 'refs/heads/topic', paths: () => paths })
    expect((await judged(rest, at(['src/a']))).level).toBe('allowed')
    expect((await judged(rest, at(['src/a', 'secrets/key']))).rule).toBe('rule secrets: bob is not of alice')
    // A link or a submodule there is the whole folder to whoever reads it.
    expect((await judged(rest, at(['secrets']))).level).toBe('refused')
    const only = "rules: [{ name: x, kinds: commit, refs: 'refs/heads/y', paths: 'a', authorities: [bob] }]"
    const asked = () => {
      throw new Error('asked for')
    }
    expect((await judged(only, commit(bob, { paths: asked }))).level).toBe('refused')
  })
})

describe('old histories', () => {
  const start = 'b'.repeat(40)
  const rest = `rules: [{ name: all, start: ${start}, authorities: [maintainers] }]`

  test('a start exempts itself and its ancestors, and nothing else', async () => {
    expect((await judged(rest, commit(undefined, { oid: start }))).level).toBe('exempt')
    expect((await judged(rest, commit(undefined, { isBefore: (oid) => oid === start }))).level).toBe('exempt')
    expect((await judged(rest, commit(undefined, { isBefore: () => false }))).level).toBe('refused')
    expect((await judged(rest, { kind: 'tag', oid: start, now: NOON })).level).toBe('refused')
  })

  test('a good signature before the start is more than exempt', async () => {
    expect((await judged(rest, commit(alice, { oid: start }))).level).toBe('allowed')
  })

  test('the first-parent line alone is asked for where the rule says so', async () => {
    const first = 'rules: [{ name: all, parents: first, authorities: [maintainers] }]'
    expect((await judged(first, commit(undefined, { isBeside: true }))).level).toBe('exempt')
    expect((await judged(first, commit())).level).toBe('refused')
    expect((await judged(ALL, commit(undefined, { isBeside: true }))).level).toBe('refused')
  })
})

describe('keys of other kinds', () => {
  const rest = 'keys: { web: { ssh: "ssh-ed25519 AAAA" } }\nrules: [{ name: all, authorities: [maintainers, web] }]'
  const ssh = { ok: true, format: 'ssh', keys: ['web'] } as const

  test('exempt, and are never trusted', async () => {
    expect((await judged(rest, commit(undefined, { foreign: ssh }))).level).toBe('exempt')
    expect((await judged(ALL, commit(undefined, { foreign: ssh }))).level).toBe('refused')
    const bad = { ok: false, format: 'ssh', why: 'the SSH signature is wrong' } as const
    expect((await judged(rest, commit(undefined, { foreign: bad }))).rule).toBe('rule all: the SSH signature is wrong')
  })

  test('one good signature is good, and any other word about it is not', () => {
    const valid = '[GNUPG:] VALIDSIG A 2026-01-01 1 0 4 0 1 8 00 PRIMARY\n'
    expect(goodKey(`[GNUPG:] GOODSIG 1 x\n${valid}`)).toEqual({ fingerprint: 'PRIMARY' })
    expect(goodKey(`[GNUPG:] EXPKEYSIG 1 x\n${valid}`)).toEqual({ fingerprint: 'PRIMARY' })
    for (const word of ['BADSIG', 'ERRSIG', 'EXPSIG', 'REVKEYSIG', 'NO_PUBKEY'])
      expect(goodKey(`[GNUPG:] GOODSIG 1 x\n${valid}[GNUPG:] ${word} 1 x\n`)).toHaveProperty('why')
    expect(goodKey(`[GNUPG:] GOODSIG 1 x\n[GNUPG:] GOODSIG 1 x\n${valid}`)).toHaveProperty('why')
    expect(goodKey(`x [GNUPG:] GOODSIG 1 x\n${valid}`)).toHaveProperty('why')
    expect(goodKey('')).toHaveProperty('why')
    expect(importedKeys('[GNUPG:] IMPORT_OK 1 ABC\n[GNUPG:] IMPORT_RES 1\n')).toEqual(['ABC'])
  })
})

describe('a tag', () => {
  const rest =
    "rules: [{ name: v, kinds: tag, refs: 'refs/tags/v*', authorities: [{ signers: maintainers, quorum: 2 }] }]"
  const tag = (more: Partial<PolicyInput>) => ({
    kind: 'tag' as const,
    oid: OID,
    now: NOON,
    ref: 'refs/tags/v1',
    ...more,
  })

  test('needs as many people as its quorum, of whom its own signer is one', async () => {
    expect((await judged(rest, tag({ facts: alice, endorsements: [bob] }))).level).toBe('allowed')
    expect((await judged(rest, tag({ facts: alice, endorsements: [alice, alice] }))).level).toBe('refused')
    expect((await judged(rest, tag({ facts: facts('eve@example.com'), endorsements: [alice, bob] }))).level).toBe(
      'refused',
    )
    expect((await judged(rest, tag({ endorsements: [alice, bob] }))).level).toBe('refused')
  })

  test('that is found under another name than its own is refused', async () => {
    const found = tag({ facts: alice, endorsements: [bob], tagName: 'v2' })
    expect((await judged(rest, found)).rule).toBe('the tag calls itself v2 and not refs/tags/v1')
  })
})

describe('an expression', () => {
  const cel = (text: string) => `rules: [{ name: x, authorities: [{ signers: maintainers, cel: '${text}' }] }]`

  test.each([
    ['signer.subject == "alice@example.com" && object.kind == "commit"', 'allowed'],
    ['object.ref.startsWith("refs/heads/") && times[0] < "2027"', 'allowed'],
    ['timestamp(times[0]) < timestamp("2026-01-01T00:00:00Z")', 'refused'],
    ['signer.claims["runnerEnvironment"] == "x"', 'refused'],
    ['size(paths) == 0', 'refused'],
    ['signer.subject', 'refused'],
    ['1 / 0 == 1', 'refused'],
  ])('%s: %s', async (text, level) => {
    expect((await judged(cel(text), commit(alice))).level).toBe(level)
  })

  test('has no answer about more paths than a thousand', async () => {
    const many = Array.from({ length: 1001 }, (_, index) => `p${index}`)
    const judgement = await judged(cel('size(paths) > 0'), commit(alice, { paths: () => many }))
    expect(judgement).toMatchObject({ level: 'refused', rule: expect.stringContaining('no answer to') })
  })
})

test('a push is asked about only where a rule is about pushes, and scopes are as fine as the rules', async () => {
  const policy = await policyOf(
    policyText(
      "rules: [{ name: p, kinds: push, refs: 'refs/heads/main', authorities: [alice] }, { name: all, authorities: [bob] }]",
    ),
  )
  expect([hasRuleFor(policy, 'push', 'refs/heads/main'), hasRuleFor(policy, 'push', 'refs/heads/x')]).toEqual([
    true,
    false,
  ])
  expect(scopeOf(policy, 'refs/heads/x')).toBe(scopeOf(policy, 'refs/heads/y'))
  expect(scopeOf(policy, 'refs/heads/x')).not.toBe(scopeOf(policy, 'refs/heads/main'))
})

test('who may change the policy is not asked of its rules: neither exemption nor start helps', async () => {
  const policy = await policyOf(
    policyText(
      `rules: [{ name: all, start: ${OID}, authorities: [maintainers] }]\n` +
        `exemptions: [{ object: ${OID}, reason: x, until: never }]`,
    ),
  )
  expect(judgeChange(policy, commit(alice)).level).toBe('allowed')
  expect(judgeChange(policy, commit(bob))).toMatchObject({
    level: 'refused',
    rule: 'may not change the policy: bob is not of alice',
  })
  expect(judgeChange(policy, commit()).level).toBe('refused')
})

test('a kept policy is read as it was written, and one that was edited or cut off is none', async () => {
  const { document } = await policyOf(policyText(ALL))
  const kept = { root: OID, commit: OID, tip: OID, blob: OID, document }
  const bytes = encodeKept(kept)
  expect(parseKept(bytes)).toEqual(kept)
  const text = Buffer.from(bytes).toString()
  for (const other of [text.replace('alice@', 'mallory@'), text.slice(0, -2), text.slice(0, 90), '', `${text}\n`])
    expect(parseKept(Buffer.from(other))).toBeUndefined()
})

test('notes, which carry what is signed itself, need no signature by rules that merely speak of every ref', async () => {
  const naming = async (refs: string) =>
    hasRuleNaming(
      await policyOf(policyText(`rules: [{ name: x, ${refs}authorities: [alice] }]`)),
      'commit',
      'refs/notes/gitsigil',
    )
  expect([await naming(''), await naming("refs: '**', "), await naming("refs: 'refs/**', ")]).toEqual([
    false,
    false,
    false,
  ])
  expect(await naming("refs: 'refs/notes/*', ")).toBe(true)
})
