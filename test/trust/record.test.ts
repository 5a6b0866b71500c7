import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { checkFreshness, encodeRecord, type InstanceRecord, parseRecord } from '../../src/trust/record.ts'
import { DAY } from './repository.ts'

const now = Date.parse('2026-06-01T00:00:00Z')
const record: InstanceRecord = {
  name: 'corp',
  sandbox: false,
  mirror: 'https://tuf.example',
  anchor: 'ab'.repeat(32),
  rootVersion: 3,
  timestampExpires: now,
  refreshed: now,
  changed: now - DAY,
}

describe('instance.json', () => {
  test('reads back what was written', () => {
    expect(parseRecord(encodeRecord(record))).toEqual(record)
  })

  test.each([
    ['[]', 'not an object'],
    ['{', 'not JSON'],
    ['{"version":2}', 'expected version 1'],
    ['{"version":1}', 'name is missing'],
  ])('refuses %s', (text, why) => {
    expect(() => parseRecord(encodeUtf8(text))).toThrow(`instance.json: ${why}`)
  })

  test('a sandbox is one by true, and by nothing that looks like it', () => {
    const text = new TextDecoder().decode(encodeRecord(record)).replace('"sandbox": false', '"sandbox": "false"')
    expect(() => parseRecord(encodeUtf8(text))).toThrow('instance.json: sandbox is neither true nor false')
  })
})

describe('trust goes unsaid', () => {
  test('until its TUF timestamp expired over 30 days ago', () => {
    expect(checkFreshness(record, 0, now + 30 * DAY)).toBeUndefined()
    const stale = checkFreshness(record, 0, now + 31 * DAY)
    expect(stale?.why).toBe('the trusted root of instance corp went out of date 31 days ago')
  })

  test('until the embedded root is over 180 days old', () => {
    expect(checkFreshness(undefined, now, now + 180 * DAY)).toBeUndefined()
    const stale = checkFreshness(undefined, now, now + 181 * DAY)
    expect(stale?.why).toBe('the trusted root that came with this program is 181 days old')
  })
})
