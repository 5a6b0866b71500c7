import { expect, test } from 'vitest'
import { parseSince } from '../../src/history/since.ts'

const now = Date.parse('2026-06-01T00:00:00Z')

test.each([
  ['2026-01-31', '2026-01-31T00:00:00Z'],
  ['2026-01-31T12:30:00Z', '2026-01-31T12:30:00Z'],
  ['2026-01-31T12:30+02:00', '2026-01-31T10:30:00Z'],
  ['@1700000000', '2023-11-14T22:13:20Z'],
  ['2 days ago', '2026-05-30T00:00:00Z'],
  ['1.week', '2026-05-25T00:00:00Z'],
])('%s is a date', (text, expected) => {
  expect(parseSince(text, now)).toBe(Date.parse(expected) / 1000)
})

// Git takes each of these for now, and the range would be empty.
test.each(['yesterdy', '', '2026-13-01', '2026', 'last tuesday', '5'])('%j is none, and a usage fault', (text) => {
  expect(() => parseSince(text, now)).toThrow(`--since: not a date: ${text}`)
})
