import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../src/bytes.ts'
import { blockOf, blockOfBundle, cutBlock, encodeBundle, entriesOf, parseBundle } from '../../src/rekor/entry-bundle.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { foldTile, hashEntries } from '../../src/rekor/tile-hash.ts'
import { treeHash } from '../support/log.ts'

const lists = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 })

test('a bundle, and a block of what it holds, give back the entries', () => {
  fc.assert(
    fc.property(lists, (entries) => {
      const bundle = encodeBundle(entries)
      for (const found of [
        parseBundle(bundle),
        entriesOf(blockOfBundle(bundle, entries.length)),
        entriesOf(blockOf(entries)),
      ])
        expect(found.map(toHex)).toEqual(entries.map(toHex))
    }),
  )
})

test('a bundle that ends in the middle of an entry, or before the last, is refused', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 40 }),
      fc.nat(),
      (entries, cut) => {
        const bundle = encodeBundle(entries)
        const short = bundle.subarray(0, bundle.length - 1 - (cut % (entries.at(-1)?.length ?? 1)))
        expect(() => parseBundle(short)).toThrow('entry bundle: truncated')
        expect(() => blockOfBundle(short, entries.length)).toThrow('entry bundle: truncated')
        expect(() => blockOfBundle(bundle, entries.length + 1)).toThrow('entry bundle: truncated')
      },
    ),
  )
})

test('of a bundle that has more entries, those that count are taken, and a part of a block is those of it', () => {
  fc.assert(
    fc.property(lists, fc.nat(), fc.nat(), (entries, a, b) => {
      const [start, end] = [a, b].map((n) => n % (entries.length + 1)).sort((x, y) => x - y)
      const first = blockOfBundle(encodeBundle(entries), end ?? 0)
      expect(entriesOf(first).map(toHex)).toEqual(entries.slice(0, end).map(toHex))
      expect(entriesOf(cutBlock(first, start ?? 0, end ?? 0)).map(toHex)).toEqual(entries.slice(start, end).map(toHex))
    }),
  )
})

test('a block is hashed as its entries are, one by one, and is left as it was', () => {
  fc.assert(
    fc.property(lists, (entries) => {
      for (const block of [blockOfBundle(Uint8Array.from(encodeBundle(entries)), entries.length), blockOf(entries)]) {
        const before = Uint8Array.from(block.bytes)
        expect(toHex(hashEntries(block))).toBe(entries.map((entry) => toHex(leafHash(entry))).join(''))
        expect(toHex(block.bytes)).toBe(toHex(before))
      }
    }),
  )
})

test.each([1, 2, 4, 64, 256])('a tile of %d hashes folds to the root of their tree', (count) => {
  const leaves = Array.from({ length: count }, (_, i) => leafHash(Uint8Array.of(i)))
  expect(toHex(foldTile(Buffer.concat(leaves)))).toBe(toHex(treeHash(leaves)))
})
