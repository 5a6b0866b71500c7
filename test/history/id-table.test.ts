import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdTable } from '../../src/history/id-table.ts'

const hex = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''))

test.each([
  ['sha1', 40],
  ['sha256', 64],
] as const)('keeps the marks of every %s id, as a map does', (algorithm, length) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(hex(length), fc.integer({ min: 1, max: 7 }))), (marks) => {
      const table = new IdTable(algorithm)
      const map = new Map<string, number>()
      for (const [id, mark] of marks) {
        // By its text, or where it stands in an object.
        const before = mark > 3 ? table.mark(id, mark) : table.markAt(Buffer.from(`parent ${id}\n`), 7, mark)
        expect(before).toBe(map.get(id) ?? 0)
        map.set(id, (map.get(id) ?? 0) | mark)
      }
      expect(table.count).toBe(map.size)
      for (const [id, mark] of map) expect(table.marksOf(id)).toBe(mark)
      expect([...table.having(1, 2)].toSorted()).toEqual(
        [...map]
          .filter(([, mark]) => (mark & 3) === 1)
          .map(([id]) => id)
          .toSorted(),
      )
    }),
  )
})

test('grows, and tells ids apart that begin alike', () => {
  const table = new IdTable('sha1')
  const ids = Array.from({ length: 20_000 }, (_, i) => `${'ab'.repeat(4)}${i.toString(16).padStart(32, '0')}`)
  for (const id of ids.slice(0, 2000)) table.mark(id, 1)
  expect(ids.slice(0, 2000).every((id) => table.marksOf(id) === 1)).toBe(true)
  expect(table.marksOf(ids[2001] ?? '')).toBe(0)
})
