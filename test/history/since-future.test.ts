import { expect, test } from 'vitest'
import { parseSince } from '../../src/history/since.ts'

const now = Date.parse('2026-06-01T00:00:00Z')

// A runtime reads the first as a day in March.
test.each(['2026-02-31', '2025-02-29', '2026-04-31T12:00:00Z'])('%s is a day that no month has', (text) => {
  expect(() => parseSince(text, now)).toThrow(`--since: not a date: ${text}`)
})

test.each(['2026-06-02', '@99999999999'])('%s is in the future, and the range would be empty', (text) => {
  expect(() => parseSince(text, now)).toThrow(`--since: in the future, where nothing is: ${text}`)
})

test('today is none of these', () => {
  expect(parseSince('2026-06-01', now)).toBe(now / 1000)
})
