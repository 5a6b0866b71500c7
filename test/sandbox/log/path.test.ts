import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeBundle, parseBundle } from '../../../src/rekor/entry-bundle.ts'
import { parseTilePath, tilePath } from '../../../src/sandbox/log/path.ts'

test('tile paths are those of the specification', () => {
  expect(tilePath({ level: 0, index: 0, width: 256 })).toBe('tile/0/000')
  expect(tilePath({ level: 3, index: 1_234_067, width: 256 })).toBe('tile/3/x001/x234/067')
  expect(tilePath({ level: 'entries', index: 1000, width: 8 })).toBe('tile/entries/x001/000.p/8')
})

test('every tile has one path, which names it', () => {
  const level = fc.oneof(fc.constant('entries' as const), fc.nat(63))
  const name = fc.record({ level, index: fc.nat(2 ** 31), width: fc.integer({ min: 1, max: 256 }) })
  fc.assert(
    fc.property(name, (name) => {
      expect(parseTilePath(tilePath(name))).toEqual(name)
    }),
  )
})

test.each([
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/300',
  'tile/0/000.p/08',
  'tile/0/0',
  'tile/0/x000/001',
  'tile/00/001',
  'tile/0/001/002',
  'tile/../keys',
  'tile/entries/../../keys/ca.pem',
  '/tile/0/000',
])('%s names no tile', (path) => {
  expect(parseTilePath(path)).toBeUndefined()
})

test('a bundle gives back its entries, each behind its length as a big-endian uint16', () => {
  expect([...encodeBundle([Uint8Array.of(7), new Uint8Array()])]).toEqual([0, 1, 7, 0, 0])
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 600 })), (entries) => {
      expect(parseBundle(encodeBundle(entries)).map((entry) => [...entry])).toEqual(entries.map((entry) => [...entry]))
    }),
  )
})

test('a bundle takes an entry of 65535 bytes and refuses a longer one', () => {
  expect(parseBundle(encodeBundle([new Uint8Array(65_535)]))[0]?.length).toBe(65_535)
  expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow('too large for the log')
})

test('a bundle that stops in the middle of an entry is refused', () => {
  expect(() => parseBundle(Uint8Array.of(0, 2, 1))).toThrow('truncated')
  expect(() => parseBundle(Uint8Array.of(0))).toThrow('truncated')
})
