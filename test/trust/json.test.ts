import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import {
  int64Of,
  jsonObject,
  listOf,
  objectOf,
  optionalBytes,
  optionalText,
  optionalWindow,
  parseDocument,
  textOf,
} from '../../src/trust/json.ts'

const object = (fields: unknown) => jsonObject(fields, 'document')
const window = (validFor: unknown) => optionalWindow(object({ validFor }), 'validFor')

test('null counts as absent', () => {
  const empty = object({ a: null })
  expect([optionalText(empty, 'a'), optionalBytes(empty, 'a'), int64Of(empty, 'a'), listOf(empty, 'a')]).toEqual([
    undefined,
    undefined,
    0n,
    [],
  ])
})

test('64-bit numbers are strings, or numbers that are exact', () => {
  expect(int64Of(object({ a: '9223372036854775807' }), 'a')).toBe(2n ** 63n - 1n)
  expect(int64Of(object({ a: 7 }), 'a')).toBe(7n)
})

test('windows are milliseconds, with or without either end', () => {
  expect(window({ start: '2021-01-12T11:53:27Z' })).toEqual({ start: 1_610_452_407_000 })
  expect(window({ start: null, end: '2021-01-12T11:53:27.999000Z' })).toEqual({ end: 1_610_452_407_999 })
  expect(window({ start: '2021-01-12T12:53:27+01:00' })).toEqual({ start: 1_610_452_407_000 })
  expect(window(undefined)).toBeUndefined()
})

test('fields that objects inherit are not there', () => {
  expect(optionalText(object({}), 'constructor')).toBeUndefined()
  expect(optionalText(object(JSON.parse('{"__proto__":"x"}')), '__proto__')).toBe('x')
})

describe('refused', () => {
  test.each<readonly [string, () => unknown, string]>([
    ['a document that is not JSON', () => parseDocument(encodeUtf8('{'), 'document'), 'document: not JSON'],
    ['a document that is not UTF-8', () => parseDocument(Buffer.of(0xff), 'document'), 'document: not UTF-8'],
    ['a document that is a list', () => parseDocument(encodeUtf8('[]'), 'document'), 'document: not an object'],
    ['a document over 4 MiB', () => parseDocument(new Uint8Array((4 << 20) + 1), 'document'), 'document: too large'],
    ['a missing field', () => textOf(object({}), 'a'), 'document: a is missing'],
    ['a number for a string', () => textOf(object({ a: 1 }), 'a'), 'document: a is not a string'],
    ['a string for an object', () => objectOf(object({ a: '' }), 'a'), 'document: a: not an object'],
    ['an object for a list', () => listOf(object({ a: {} }), 'a'), 'document: a is not a list'],
    ['a list of 1025', () => listOf(object({ a: Array(1025).fill(0) }), 'a'), 'document: a has too many members'],
    ['base64 without padding', () => optionalBytes(object({ a: 'AA' }), 'a'), 'document: a: not canonical base64'],
    ['a date that is no moment', () => window({ start: '2021-02-30' }), 'start is not an RFC 3339 time'],
    ['a month 13', () => window({ start: '2021-13-01T00:00:00Z' }), 'start is not an RFC 3339 time'],
    [
      'a window that ends before it starts',
      () => window({ start: '2021-01-02T00:00:00Z', end: '2021-01-01T00:00:00Z' }),
      'validFor ends before it starts',
    ],
  ])('%s', (_, read, why) => {
    expect(read).toThrow(expect.objectContaining({ code: 'parse', message: expect.stringContaining(why) }))
  })
})
