import { describe, expect, test } from 'vitest'
import { resolveSettings } from '../../src/config/resolve.ts'
import { trustOf } from '../../src/gpg/trust.ts'
import type { Level } from '../../src/policy/judgement.ts'
import type { Accepted } from '../../src/report/assessment.ts'
import type { Person } from '../../src/report/people.ts'
import { signer } from '../support/signer.ts'

const alice = signer({ subject: 'alice@example.com', issuer: 'https://issuer.example' })
const committer: Person = { role: 'committer', name: 'Alice', email: 'alice@example.com' }

function accepted(level: Level, instance = 'public-good'): Accepted {
  const judgement = { signer: alice, instance, level, rule: '' }
  const none = new Uint8Array(32)
  const entry = { log: '', logId: none, leafHash: none, logIndex: 0n, kind: 'hashedrekord', version: '0.0.1' }
  return { ok: true, judgement, verdict: { ok: true, signer: alice, times: [], entry, skipped: [] } }
}

function trust(one: Accepted, env: Record<string, string> = {}, person: Person | undefined = committer) {
  const { settings } = resolveSettings({ flags: new Map(), env, git: [] })
  return trustOf(one, person, { settings, env, defaultInstance: 'public-good' })
}

const byCommitter = { GITSIGIL_TRUST: 'committer', GITSIGIL_COMMITTER_ISSUER: 'https://issuer.example' }

describe('without a setting', () => {
  test.each([
    ['allowed', 'FULLY'],
    ['unknown', 'UNDEFINED'],
    ['refused', 'NEVER'],
  ] as const)('%s is %s', (level, word) => {
    expect(trust(accepted(level))).toBe(word)
  })

  test('being the committer changes nothing: the signer writes that line', () => {
    expect(trust(accepted('unknown'), { GITSIGIL_COMMITTER_ISSUER: 'https://issuer.example' })).toBe('UNDEFINED')
  })
})

describe('trust=committer', () => {
  test('is MARGINAL where a listed issuer vouches for exactly the address of the committer', () => {
    expect(trust(accepted('unknown'), byCommitter)).toBe('MARGINAL')
  })

  test('leaves allowed identities FULLY and refused ones NEVER', () => {
    expect(trust(accepted('allowed'), byCommitter)).toBe('FULLY')
    expect(trust(accepted('refused'), byCommitter)).toBe('NEVER')
  })

  test('is UNDEFINED for an issuer that is not listed', () => {
    expect(trust(accepted('unknown'), { GITSIGIL_TRUST: 'committer' })).toBe('UNDEFINED')
  })

  test('is UNDEFINED for another address, another case of it included', () => {
    const shouting = { ...committer, email: 'ALICE@example.com' }
    expect(trust(accepted('unknown'), byCommitter, shouting)).toBe('UNDEFINED')
  })

  test("is UNDEFINED for a partner instance's certificate, whatever it says", () => {
    expect(trust(accepted('unknown', 'partner'), byCommitter)).toBe('UNDEFINED')
  })
})

test('trust=any is FULLY for every verified signature that no policy refuses', () => {
  expect(trust(accepted('unknown'), { GITSIGIL_TRUST: 'any' })).toBe('FULLY')
  expect(trust(accepted('refused'), { GITSIGIL_TRUST: 'any' })).toBe('NEVER')
})

describe('in a hook the two settings are ignored', () => {
  test.each([{ GIT_QUARANTINE_PATH: '/q' }, { GIT_PUSH_CERT: 'a'.repeat(40) }, { GIT_DIR: '.' }])('%j', (mark) => {
    expect(trust(accepted('unknown'), { ...mark, GITSIGIL_TRUST: 'any' })).toBe('UNDEFINED')
    expect(trust(accepted('unknown'), { ...mark, ...byCommitter })).toBe('UNDEFINED')
    expect(trust(accepted('allowed'), mark)).toBe('FULLY')
  })
})
