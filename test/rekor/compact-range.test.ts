import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeUtf8, toHex } from '../../src/bytes.ts'
import { appendLeaves, EMPTY_RANGE, rangeBefore, rootOf } from '../../src/rekor/compact-range.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { auditPath, treeHash } from '../support/log.ts'

const leaves = Array.from({ length: 300 }, (_, i) => leafHash(encodeUtf8(`entry ${i}`)))
const proofOf = (index: number, size: number) => ({
  logIndex: BigInt(index),
  treeSize: BigInt(size),
  rootHash: treeHash(leaves.slice(0, size)),
  hashes: auditPath(leaves.slice(0, size), index),
  checkpoint: '',
})

test('the root of what was appended, in one go or in two, is that of the tree', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(), (size, at) => {
      const cut = size === 0 ? 0 : at % size
      const part = appendLeaves(EMPTY_RANGE, leaves.slice(0, cut))
      const whole = appendLeaves(part, leaves.slice(cut, size))
      expect(whole).toEqual(appendLeaves(EMPTY_RANGE, leaves.slice(0, size)))
      expect(toHex(rootOf(whole))).toBe(toHex(treeHash(leaves.slice(0, size))))
    }),
  )
})

test('the left siblings of an inclusion proof are the frontier before its leaf, in a tree of any size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (size, at) => {
      const index = at % size
      expect(rangeBefore(proofOf(index, size))).toEqual(appendLeaves(EMPTY_RANGE, leaves.slice(0, index)))
    }),
  )
})

test('what is no frontier of its size is refused, and so is a proof that is too short', () => {
  const range = appendLeaves(EMPTY_RANGE, leaves.slice(0, 5))
  expect(() => rootOf({ ...range, size: 6 + 1 })).toThrow('compact range')
  expect(() => appendLeaves({ ...range, size: -1 }, [])).toThrow('compact range')
  expect(() => appendLeaves({ ...range, hashes: [new Uint8Array(31), new Uint8Array(32)] }, [])).toThrow('32 bytes')
  const proof = proofOf(7, 20)
  expect(() => rangeBefore({ ...proof, hashes: proof.hashes.slice(0, 1) })).toThrow('compact range')
})
