import { describe, expect, test } from 'vitest'
import { isChange, planSetup, planUndo, recordChanges } from '../../src/setup/plan.ts'
import { encodeChanges, parseChanges } from '../../src/setup/record.ts'

const current = (values: Readonly<Record<string, readonly string[]>>) => (key: string) => values[key] ?? []

test('what is set already is no change', () => {
  const plan = planSetup({ 'gpg.format': 'x509', 'tag.gpgsign': 'true' }, current({ 'gpg.format': ['x509'] }))
  expect(plan.filter(isChange)).toEqual([{ key: 'tag.gpgsign', before: [], after: ['true'] }])
})

describe('an undo', () => {
  const change = { key: 'gpg.format', before: ['openpgp', 'ssh'], after: ['x509'] }

  test('goes back to all values that were there', () => {
    const plan = planUndo([change], current({ 'gpg.format': ['x509'] }))
    expect(plan).toEqual({ changes: [{ key: 'gpg.format', before: ['x509'], after: ['openpgp', 'ssh'] }], kept: [] })
  })

  test('leaves alone what somebody changed since', () => {
    expect(planUndo([change], current({ 'gpg.format': ['ssh'] }))).toEqual({ changes: [], kept: ['gpg.format'] })
  })

  test('writes no key but ours, whatever the record says: a folder may have been somebody elses', () => {
    const planted = { key: 'core.fsmonitor', before: ['evil'], after: [] }
    expect(planUndo([planted], current({}))).toEqual({ changes: [], kept: [] })
  })
})

describe('a second setup', () => {
  const first = { key: 'gpg.x509.program', before: [], after: ['gitsigil'] }

  test('keeps what was there before the first', () => {
    const second = { key: 'gpg.x509.program', before: ['gitsigil'], after: ['/opt/gitsigil'] }
    expect(recordChanges([first], [second])).toEqual([{ ...second, before: [] }])
  })

  test('takes what somebody set in between for what was there before', () => {
    const second = { key: 'gpg.x509.program', before: ['smimesign'], after: ['gitsigil'] }
    expect(recordChanges([first], [second])).toEqual([second])
  })

  test('that changes nothing records nothing', () => {
    expect(recordChanges([first], [{ key: 'gpg.format', before: ['x509'], after: ['x509'] }])).toEqual([first])
  })
})

test('a record is read as it was written', () => {
  const changes = [{ key: 'gpg.format', before: ['a\nb'], after: [] }]
  expect(parseChanges(encodeChanges(changes))).toEqual(changes)
})

test.each([
  '',
  '[]',
  '{"version":2,"changes":[]}',
  '{"version":1,"changes":[{}]}',
  '{"version":1,"changes":[{"key":"a"}]}',
])('a damaged record is a fault: %s', (text) => {
  expect(() => parseChanges(Buffer.from(text))).toThrow(/^the record of setup/)
})
