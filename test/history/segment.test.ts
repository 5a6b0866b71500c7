import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodeIndex,
  decodeRecord,
  encodeIndex,
  encodeRecord,
  indexLength,
  recordLength,
  scanRecords,
  slotOf,
  TRAILER,
} from '../../src/history/segment.ts'

const key = Buffer.alloc(32, 7)

test('a record gives back its text under its key alone', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.uint8Array({ maxLength: 50 }), (text, behind) => {
      const record = encodeRecord(key, text.toWellFormed())
      const stored = Buffer.concat([record, behind])
      expect(recordLength(stored)).toBe(record.length)
      expect(decodeRecord(stored, key)).toBe(text.toWellFormed())
      expect(decodeRecord(stored, Buffer.alloc(32, 8))).toBeUndefined()
    }),
  )
})

test('a record with a flipped bit, or cut off, is none', () => {
  const record = encodeRecord(key, '[{"state":"accepted"}]')
  fc.assert(
    fc.property(fc.nat(record.length - 1), fc.nat(7), (at, bit) => {
      const changed = Buffer.from(record)
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      expect(decodeRecord(changed, key)).toBeUndefined()
      expect(decodeRecord(record.subarray(0, at), key)).toBeUndefined()
    }),
  )
})

test('an index gives back its places, and with a flipped bit none', () => {
  const index = [
    [5, 0],
    [2 ** 47, 70_000_000_000],
  ] as const
  const bytes = encodeIndex(index)
  const read = (from: Buffer) => {
    const trailer = from.subarray(-TRAILER)
    return indexLength(trailer) === 24 ? decodeIndex(from.subarray(0, 24), trailer) : undefined
  }
  expect(read(bytes)).toEqual(index)
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(read(changed)).toBeUndefined()
  }
})

test('records whose segment was never finished are found as far as they are whole', () => {
  const keys = [1, 2, 3].map((fill) => Buffer.alloc(32, fill))
  const records = keys.map((one, at) => encodeRecord(one, `text ${at}`))
  const bytes = Buffer.concat(records)
  for (let size = 0; size <= bytes.length; size++) {
    const cut = bytes.subarray(0, size)
    const index = scanRecords(size, (at, length) => cut.subarray(at, at + length))
    const whole = records.filter((_, at) => Buffer.concat(records.slice(0, at + 1)).length <= size).length
    expect(index.map(([slot]) => slot)).toEqual(keys.slice(0, whole).map(slotOf))
    expect(index.map(([, at], i) => decodeRecord(cut.subarray(at), keys[i] ?? bytes))).toEqual(
      Array.from({ length: whole }, (_, i) => `text ${i}`),
    )
  }
  const garbage = Buffer.alloc(1000, 0xff)
  expect(scanRecords(1000, (at, length) => garbage.subarray(at, at + length))).toEqual([])
})
