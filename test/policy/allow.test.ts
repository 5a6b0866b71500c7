import { describe, expect, test } from 'vitest'
import { judge, parseAllowEntry, parseAllowFile } from '../../src/policy/allow.ts'
import { signer } from '../support/signer.ts'

const GOOGLE = 'https://accounts.google.com'
const alice = signer({ subject: 'alice@example.com', issuer: GOOGLE })
const entry = parseAllowEntry(`${GOOGLE} alice@example.com`, 'test')

describe('an allow list', () => {
  test('allows the identity that it names, and says which line did', () => {
    const judgement = judge(alice, [entry], 'public-good', 'public-good')
    expect(judgement).toMatchObject({ level: 'allowed', rule: `allow ${GOOGLE} alice@example.com` })
  })

  test('does not allow the same name from another issuer', () => {
    const other = signer({ subject: 'alice@example.com', issuer: 'https://issuer.example.com' })
    expect(judge(other, [entry], 'public-good', 'public-good').level).toBe('unknown')
  })

  test('does not allow the same name and issuer from another instance, whose CA can write any name', () => {
    expect(judge(alice, [entry], 'partner', 'public-good').level).toBe('unknown')
  })

  test('speaks of another instance where the line names it', () => {
    const named = parseAllowEntry(`instance=partner ${GOOGLE} alice@example.com`, 'test')
    expect(judge(alice, [named], 'partner', 'public-good').level).toBe('allowed')
    expect(judge(alice, [named], 'public-good', 'public-good').level).toBe('unknown')
  })

  test('matches whole names alone', () => {
    const longer = signer({ subject: 'malice@example.com', issuer: GOOGLE })
    expect(judge(longer, [entry], 'public-good', 'public-good').level).toBe('unknown')
  })

  test('that is empty allows nobody', () => {
    expect(judge(alice, [], 'public-good', 'public-good')).toMatchObject({ level: 'unknown' })
  })
})

describe('a file of allowed identities', () => {
  test('holds one a line, with comments', () => {
    expect(parseAllowFile(`# the team\n\n${GOOGLE} alice@example.com\n`, 'allow')).toEqual([entry])
  })

  test('with a malformed line is a fault that names file and line', () => {
    expect(() => parseAllowFile(`${GOOGLE} alice@example.com\nalice@example.com\n`, 'allow')).toThrow(/^allow:2: /)
  })
})
