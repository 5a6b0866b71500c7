import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { parsePolicy, parsePolicyDocument } from '../../src/policy/parse.ts'
import { ISSUER, OID, policyText } from '../support/policy.ts'
import { makeWitness } from '../support/witness.ts'

const RULES = 'rules: [{ name: all, authorities: [maintainers] }]'
const read = (rest: string) => parsePolicyDocument(encodeUtf8(policyText(rest)), 'policy.yaml')
const refused = (message: string, hint?: string) =>
  expect.objectContaining({ code: 'config', message: `policy.yaml:${message}`, ...(hint && { hint }) })

test('names become members, times numbers, and what is left out its default', () => {
  const { rules, change, mode } = read(RULES)
  expect({ rules, change, mode }).toMatchObject({
    mode: 'enforce',
    change: [{ members: ['alice'], quorum: 1 }],
    rules: [
      {
        name: 'all',
        kinds: ['commit', 'tag'],
        parents: 'all',
        start: [],
        authorities: [{ members: ['alice', 'bob'] }],
      },
    ],
  })
})

describe('a fault names the line, and what was most likely meant', () => {
  test.each([
    [
      'an unknown key',
      `rules: [{ name: x, authorites: [bob] }]`,
      '9: unknown key "authorites"',
      'did you mean authorities?',
    ],
    [
      'an unknown name',
      'rules: [{ name: x, authorities: [maintainer] }]',
      '9: nothing is named maintainer',
      'did you mean maintainers?',
    ],
    [
      'attestations',
      'rules: [{ name: x, authorities: [bob], attestations: [slsa] }]',
      '9: requirements of attestations are not available yet',
    ],
    ['a wrong type', 'rules: [{ name: x, authorities: { bob: 1 } }]', '9: expected a list, found a map'],
    [
      'a number for text',
      `${RULES}\nexemptions: [{ object: 12, reason: x, until: never }]`,
      '10: expected a full object id, in quotes where it has digits alone, found the number 12',
      'put it in quotes',
    ],
    [
      'a short id',
      `${RULES}\nexemptions: [{ object: abcdef1, reason: x, until: never }]`,
      '10: expected a full object id, in quotes where it has digits alone, found "abcdef1"',
    ],
    [
      'a date that there is not',
      `${RULES}\nrevocations: [{ signers: bob, reason: x, from: 2026-02-30 }]`,
      '10: there is no time 2026-02-30',
    ],
    [
      'an hour that there is not',
      `${RULES}\nrevocations: [{ signers: bob, reason: x, from: "2026-02-01T25:00:00Z" }]`,
      '10: there is no time 2026-02-01T25:00:00Z',
    ],
    [
      'a time without its zone',
      `${RULES}\nrevocations: [{ signers: bob, reason: x, from: "2026-02-01T10:00:00" }]`,
      '10: expected a time in UTC like 2026-01-31 or 2026-01-31T12:00:00Z, found "2026-02-01T10:00:00"',
    ],
    [
      'a window that ends first',
      `${RULES}\nrevocations: [{ signers: bob, reason: x, from: 2026-02-02, until: 2026-02-01 }]`,
      '10: until is not after from',
    ],
    [
      'a quorum of commits',
      'rules: [{ name: x, authorities: [{ signers: maintainers, quorum: 2 }] }]',
      '9: quorum is about tags alone',
    ],
    [
      'a quorum nobody can have',
      'rules: [{ name: x, kinds: tag, authorities: [{ signers: bob, quorum: 2 }] }]',
      '9: a quorum of 2 cannot be had from 1 identities',
    ],
    ['paths of tags', 'rules: [{ name: x, paths: a, authorities: [bob] }]', '9: paths is about commits alone'],
    [
      'two rules of one name',
      'rules: [{ name: x, authorities: [bob] }, { name: x, authorities: [bob] }]',
      '9: another rule is named x',
    ],
    [
      'a key that is revoked',
      `${RULES}\nkeys: { k: { ssh: "ssh-ed25519 AAAA" } }\nrevocations: [{ signers: k, reason: x }]`,
      '11: k: a key cannot be revoked, for it proves no time: remove it',
    ],
    [
      'a pattern with brackets',
      'rules: [{ name: x, refs: "refs/heads/[ab]", authorities: [bob] }]',
      '9: expected a pattern of full ref names, like refs/heads/* or **, found "refs/heads/[ab]"',
    ],
    [
      'a ref that is not full',
      'rules: [{ name: x, refs: main, authorities: [bob] }]',
      '9: expected a pattern of full ref names, like refs/heads/* or **, found "main"',
    ],
    ['no rules', '', '1: the key rules is missing'],
    ['no list', 'rules: []', '9: an empty list: leave the key out'],
  ])('%s', (_, rest, message, hint?: string) => {
    expect(() => read(rest)).toThrow(refused(message, hint))
  })

  test('two ways to say who, and none', () => {
    const identity = (form: string) =>
      `version: 1\nidentities:\n  a: { ${form} }\npolicy: { authorities: [a] }\n${RULES}`
    const parse = (form: string) => () => parsePolicyDocument(encodeUtf8(identity(form)), 'policy.yaml')
    expect(parse(`issuer: ${ISSUER}, subject: a, subjectRegExp: a`)).toThrow(
      refused('3: subject and subjectRegExp exclude each other'),
    )
    expect(parse('subject: a')).toThrow(refused('3: issuer or issuerRegExp is missing'))
  })
})

describe('groups', () => {
  const grouped = (groups: string) =>
    parsePolicyDocument(
      encodeUtf8(`version: 1
identities: { a: { issuer: ${ISSUER}, subject: a } }
groups: ${groups}
policy: { authorities: [a] }
rules: [{ name: all, authorities: [g1] }]`),
      'policy.yaml',
    )

  test('are followed into one another', () => {
    expect(grouped('{ g1: [g2], g2: [g3], g3: [a] }').rules[0]?.authorities[0]?.members).toEqual(['a'])
  })

  test('that hold themselves are refused, however far around', () => {
    expect(() => grouped('{ g1: [g2], g2: [g3], g3: [a, g1] }')).toThrow(
      refused('3: the group g1 holds itself: g1, g2, g3, g1'),
    )
    expect(() => grouped('{ g1: [g1] }')).toThrow(refused('3: the group g1 holds itself: g1, g1'))
  })

  test('that double with each step are gone through once each', () => {
    const steps = Array.from({ length: 30 }, (_, index) => `g${index + 1}: [g${index + 2}, g${index + 2}]`)
    expect(grouped(`{ ${steps.join(', ')}, g31: [a] }`).rules[0]?.authorities[0]?.members).toEqual(['a'])
  })

  test('share their names with identities and keys', () => {
    expect(() => grouped('{ g1: [a], a: [a] }')).toThrow(refused('3: the name a is taken by line 2'))
  })
})

describe('witnesses of checkpoints', () => {
  const vkeys = ['one', 'two'].map((name) => makeWitness(`${name}.example`).vkey)
  const asked = (keys: readonly string[], quorum: number) =>
    `${RULES}\nwitnesses: { keys: ${JSON.stringify(keys)}, quorum: ${quorum}, origins: log.example }`

  test('are keys, a quorum, and the logs that it is of', () => {
    expect(read(asked(vkeys, 2)).witnesses).toMatchObject({ keys: vkeys, quorum: 2, origins: ['log.example'] })
  })

  test.each([
    ['more than there are', vkeys, 3, 'a quorum of 3 cannot be had from 2 witnesses'],
    ['one twice', [vkeys[0] ?? '', vkeys[0] ?? ''], 1, 'witness key: one is there twice'],
    ['a key with another id', [(vkeys[0] ?? '').replace('one', 'won')], 1, 'its id is not that of its name and key'],
    ['no vkey', ['one.example'], 1, 'expected the key of a witness, NAME+ID+KEY (a vkey)'],
  ])('%s is a fault', (_, keys, quorum, why) => {
    expect(() => read(asked(keys, quorum))).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining(why) }),
    )
  })
})

describe('who may change the policy', () => {
  const withChangers = (authorities: string) =>
    policyText(`${RULES}\nkeys: { k: { ssh: "ssh-ed25519 AAAA" } }`).replace(
      'authorities: [alice]\n',
      `authorities: ${authorities}\n`,
    )
  test.each([
    ['[k]', '8: k: a key proves no identity, so it cannot change the policy'],
    ['[{ signers: maintainers, quorum: 2 }]', '8: a quorum is for tags: a commit has one signer'],
  ])('not %s', (authorities, message) => {
    expect(() => parsePolicyDocument(encodeUtf8(withChangers(authorities)), 'policy.yaml')).toThrow(refused(message))
  })
})

describe('regular expressions and CEL are compiled before anything is judged', () => {
  const withSubject = (pattern: string) =>
    parsePolicy(
      encodeUtf8(policyText(RULES).replace('subject: bob@example.com', `subjectRegExp: '${pattern}'`)),
      'p',
      'public-good',
    )
  const withCel = (cel: string) =>
    parsePolicy(
      encodeUtf8(policyText(`rules: [{ name: x, authorities: [{ signers: bob, cel: '${cel}' }] }]`)),
      'p',
      'public-good',
    )

  test.each(['(?=a)b', '(a', 'a**'])('not RE2: %s', async (pattern) => {
    await expect(withSubject(pattern)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('not an RE2'),
    })
  })

  test('one that repeats too much', async () => {
    await expect(withSubject('((a{100}){100}){100}')).rejects.toMatchObject({ code: 'config' })
  })

  test.each([
    ['1 +', 'expecting end of input'],
    ['nobody == 1', 'nothing is named nobody'],
    ['signer.fetch()', 'no function fetch'],
    ['paths.all(p, paths.exists(q, q == p))', 'a loop within a loop'],
  ])('no CEL of a policy: %s', async (cel, why) => {
    await expect(withCel(cel)).rejects.toMatchObject({ code: 'config', message: expect.stringContaining(why) })
  })
})

test('an id of digits alone, or like a number, is read where it is in quotes', () => {
  const rest = `${RULES}\nexemptions: [{ object: "${'1'.repeat(40)}", reason: x, until: never }]`
  expect(read(rest).exemptions[0]).toEqual({ object: '1'.repeat(40), line: 10, reason: 'x' })
  expect(() => read(rest.replaceAll('"', ''))).toThrow(expect.objectContaining({ hint: 'put it in quotes' }))
  expect(OID).toHaveLength(40)
})
