import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkConsistency } from '../../src/rekor/consistency.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { Tree } from '../../src/sandbox/log/tree.ts'
import { treeHash } from '../support/log.ts'

const leavesOf = (size: number, salt = 0): readonly Uint8Array[] =>
  Array.from({ length: size }, (_, i) => leafHash(Uint8Array.of(i & 255, i >> 8, salt)))

function headOf(leaves: readonly Uint8Array[]) {
  return { treeSize: BigInt(leaves.length), rootHash: treeHash(leaves) }
}

/** RFC 9162 2.1.4.1, straight from its definition. */
function proofOf(first: number, leaves: readonly Uint8Array[], whole = true): readonly Uint8Array[] {
  if (first === leaves.length) return whole ? [] : [treeHash(leaves)]
  let cut = 1
  while (cut * 2 < leaves.length) cut *= 2
  return first <= cut
    ? [...proofOf(first, leaves.slice(0, cut), whole), treeHash(leaves.slice(cut))]
    : [...proofOf(first - cut, leaves.slice(cut), false), treeHash(leaves.slice(0, cut))]
}

const sizes = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 300 }))

test('every small tree is consistent with every smaller one', () => {
  for (let size = 1; size <= 20; size++)
    for (let first = 1; first <= size; first++) {
      const leaves = leavesOf(size)
      const proof = proofOf(first, leaves)
      expect(checkConsistency(headOf(leaves.slice(0, first)), headOf(leaves), proof)).toBeUndefined()
    }
})

test("the proofs of the sandbox's tree are those of the definition", () => {
  fc.assert(
    fc.property(sizes, ([first, more]) => {
      const leaves = leavesOf(first + more)
      const tree = new Tree()
      for (const leaf of leaves) tree.appendHash(leaf)
      const proof = tree.consistency(first, leaves.length)
      expect(proof.map((hash) => Buffer.from(hash).toString('hex'))).toEqual(
        proofOf(first, leaves).map((hash) => Buffer.from(hash).toString('hex')),
      )
    }),
    { numRuns: 60 },
  )
})

test('one changed bit of a proof or a root, a hash too many or too few, is never accepted', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(255), ([first, more], at, bit) => {
      const leaves = leavesOf(first + more + 1)
      const [before, after] = [headOf(leaves.slice(0, first)), headOf(leaves)]
      const proof = proofOf(first, leaves)
      const all = [before.rootHash, after.rootHash, ...proof].map((hash) => Uint8Array.from(hash))
      const target = all[at % all.length] ?? new Uint8Array()
      target[bit >> 3] = (target[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const [first_ = before.rootHash, last_ = after.rootHash, ...changed] = all
      expect(checkConsistency({ ...before, rootHash: first_ }, { ...after, rootHash: last_ }, changed)).toBeDefined()
      expect(checkConsistency(before, after, proof.slice(1))).toBeDefined()
      expect(checkConsistency(before, after, [...proof, before.rootHash])).toBe(
        'the consistency proof has a wrong length',
      )
    }),
  )
})

test('a tree in which one earlier leaf was changed is never consistent, whatever proof its log makes', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), ([first, more], at) => {
      const leaves = leavesOf(first + more)
      const forked = leaves.map((leaf, i) => (i === at % first ? leafHash(Uint8Array.of(1, 2, 3)) : leaf))
      const [before, after] = [headOf(leaves.slice(0, first)), headOf(forked)]
      expect(checkConsistency(before, after, proofOf(first, forked))).toBeDefined()
    }),
  )
})

test('the empty tree is the beginning of every other, and of one size there is one root', () => {
  const leaves = leavesOf(5)
  const other = headOf(leavesOf(5, 1))
  expect(checkConsistency(headOf([]), headOf(leaves), [])).toBeUndefined()
  expect(checkConsistency(headOf(leaves), headOf(leaves), [])).toBeUndefined()
  expect(checkConsistency(headOf(leaves), other, [])).toBe('the tree has two roots for one size')
  expect(checkConsistency(headOf(leaves), headOf(leaves.slice(0, 4)), [])).toBe('the tree has become smaller')
  expect(checkConsistency(headOf([]), headOf(leaves), [other.rootHash])).toBe(
    'the consistency proof has a wrong length',
  )
})

test('a proof between trees of 2^62 leaves and more is walked in bounded time', () => {
  const root = leafHash(Uint8Array.of(1))
  const hashes = Array.from({ length: 1024 }, () => root)
  const [first, last] = [2n ** 62n, 2n ** 63n - 1n].map((treeSize) => ({ treeSize, rootHash: root }))
  if (first === undefined || last === undefined) throw new Error('two heads')
  expect(checkConsistency(first, last, hashes)).toBe('the consistency proof has a wrong length')
})
