// What only a bundle can bring, or a caller that made a mistake: bounds and further entries, which no Git signature reaches.
import { describe, expect, test } from 'vitest'
import { findIssuers } from '../../src/verify/chain.ts'
import { checkEvidence } from '../../src/verify/evidence.ts'
import { proveTimes } from '../../src/verify/time.ts'
import { materialOf, OPTIONS } from '../support/exported.ts'

const v1 = materialOf('good-v1')
const stamped = materialOf('good-v1-stamped')
const [token = new Uint8Array()] = stamped.timestampTokens

describe('timestamps', () => {
  test('may be 32, not more: the 33rd is not looked at', () => {
    const many = (count: number) => proveTimes({ ...stamped, timestampTokens: Array(count).fill(token) }, OPTIONS)
    expect(many(32)).toMatchObject({ ok: true })
    expect(many(33)).toEqual({ ok: false, why: 'too many timestamps' })
  })
})

describe('a chain', () => {
  test('is not found where no time was proven at which it held', () => {
    expect(findIssuers(v1, OPTIONS.trust, [])).toEqual({ ok: false, why: 'no time was proven' })
  })
})

describe('of several log entries', () => {
  const { entry = expect.fail('no entry') } = v1
  const torn = { ...entry, proof: { ...(entry.proof ?? expect.fail('no proof')), hashes: [] } }
  const rejected = { ok: false, rejection: { check: 'log' } }

  test('all are checked, the first and the others', () => {
    expect(checkEvidence({ ...v1, furtherEntries: [entry] }, OPTIONS)).toMatchObject({ ok: true })
    expect(checkEvidence({ ...v1, entry: torn, furtherEntries: [entry] }, OPTIONS)).toMatchObject(rejected)
    expect(checkEvidence({ ...v1, furtherEntries: [entry, torn] }, OPTIONS)).toMatchObject(rejected)
  })
})
