import { describe, expect, test } from 'vitest'
import type { PolicyInput } from '../../src/policy/input.ts'
import { judgeRecord } from '../../src/policy/judge.ts'
import { commit, facts, NOON, OID, policyOf, policyText } from '../support/policy.ts'

const alice = facts('alice@example.com')
const bob = facts('bob@example.com')
const mallory = facts('mallory@example.com')

async function judged(rest: string, input: PolicyInput) {
  return judgeRecord(await policyOf(policyText(rest)), input)
}

const EVERYWHERE = 'rules: [{ name: all, authorities: [maintainers] }]'

describe('a rule', () => {
  test('allows the members of the groups it names, and names itself and its line', async () => {
    expect(await judged(EVERYWHERE, commit(alice))).toEqual({
      level: 'allowed',
      rule: 'rule all: alice',
      policy: 'policy.yaml:9',
    })
  })

  test('refuses everybody else, and what nobody signed', async () => {
    expect(await judged(EVERYWHERE, commit(mallory))).toMatchObject({
      level: 'refused',
      rule: expect.stringContaining('nobody in the policy is mallory@example.com'),
    })
    expect((await judged(EVERYWHERE, commit())).level).toBe('refused')
  })

  test('is about the same name under another issuer or another instance no more than about a stranger', async () => {
    const elsewhere = facts('alice@example.com', { issuer: 'https://evil.example.com' })
    expect((await judged(EVERYWHERE, commit(elsewhere))).level).toBe('refused')
    expect((await judged(EVERYWHERE, commit(facts('alice@example.com', { instance: 'partner' })))).level).toBe(
      'refused',
    )
  })

  test('that only warns refuses with a word', async () => {
    const rest = 'rules: [{ name: all, mode: warn, authorities: [maintainers] }]'
    expect(await judged(rest, commit(mallory))).toMatchObject({ level: 'refused', warn: true })
  })

  test('must pass with every other that matches', async () => {
    const rest = `rules:
  - { name: all, authorities: [maintainers] }
  - { name: main, refs: refs/heads/main, authorities: [bob] }`
    expect((await judged(rest, commit(alice))).rule).toBe('rule main: alice is not of bob')
    expect((await judged(rest, commit(bob))).level).toBe('allowed')
    expect((await judged(rest, commit(alice, { ref: 'refs/heads/topic' }))).level).toBe('allowed')
  })

  test('passes by any one of its authorities', async () => {
    const rest = 'rules: [{ name: all, authorities: [alice, { signers: bob, cel: "true" }] }]'
    expect((await judged(rest, commit(bob))).level).toBe('allowed')
  })
})

describe('an object that no rule is about', () => {
  test('is refused', async () => {
    const rest = 'rules: [{ name: main, refs: refs/heads/main, authorities: [maintainers] }]'
    expect(await judged(rest, commit(alice, { ref: 'refs/heads/topic' }))).toMatchObject({
      level: 'refused',
      rule: 'no rule is for a commit at refs/heads/topic',
    })
  })
})

test('the issue of an exemption is a full object id, and it ends', async () => {
  const rest = `${EVERYWHERE}
exemptions: [{ object: ${OID}, reason: before the key ceremony, until: 2026-06-16 }]`
  expect((await judged(rest, commit())).level).toBe('exempt')
  expect(await judged(rest, commit(undefined, { now: NOON + 86_400_000 }))).toMatchObject({
    level: 'refused',
    rule: expect.stringContaining('its exemption ended 2026-06-16'),
  })
})
