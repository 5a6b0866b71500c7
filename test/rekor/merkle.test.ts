import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkInclusion, leafHash, nodeHash } from '../../src/rekor/merkle.ts'
import { auditPath, sha256, treeHash } from '../support/log.ts'

const leavesOf = (size: number): readonly Uint8Array[] =>
  Array.from({ length: size }, (_, i) => leafHash(Uint8Array.of(i)))

function proofOf(size: number, index: number) {
  const leaves = leavesOf(size)
  const proof = { logIndex: BigInt(index), treeSize: BigInt(size), hashes: auditPath(leaves, index), checkpoint: '' }
  return { leaf: leaves[index] ?? new Uint8Array(), proof: { ...proof, rootHash: treeHash(leaves) } }
}

test('leaves and nodes are hashed apart', () => {
  expect(leafHash(Uint8Array.of(7))).toEqual(sha256(Uint8Array.of(0, 7)))
  expect(nodeHash(Uint8Array.of(7), Uint8Array.of(8))).toEqual(sha256(Uint8Array.of(1, 7, 8)))
})

test('every leaf of every small tree is found at its place', () => {
  for (let size = 1; size <= 33; size++)
    for (let index = 0; index < size; index++) {
      const { leaf, proof } = proofOf(size, index)
      expect(checkInclusion(leaf, proof)).toBeUndefined()
    }
})

test('an index outside the tree is refused', () => {
  const { leaf, proof } = proofOf(5, 2)
  expect(checkInclusion(leaf, { ...proof, logIndex: 5n })).toBe('the index of the inclusion proof is outside the tree')
  expect(checkInclusion(leaf, { ...proof, treeSize: 0n })).toBe('the index of the inclusion proof is outside the tree')
})

test('a proof with a hash too many or too few is refused', () => {
  const { leaf, proof } = proofOf(6, 3)
  const wrong = 'the inclusion proof has a wrong length'
  expect(checkInclusion(leaf, { ...proof, hashes: proof.hashes.slice(1) })).toBe(wrong)
  expect(checkInclusion(leaf, { ...proof, hashes: [...proof.hashes, leaf] })).toBe(wrong)
})

test('an inner node does not pass for a leaf with a shortened path', () => {
  const { leaf, proof } = proofOf(4, 0)
  const [first, ...rest] = proof.hashes
  const node = nodeHash(leaf, first ?? new Uint8Array())
  expect(checkInclusion(node, { ...proof, hashes: rest })).toBe('the inclusion proof has a wrong length')
})

test('a leaf that is not in the tree, another place or a changed hash is refused', () => {
  const { leaf, proof } = proofOf(7, 4)
  const wrong = 'the inclusion proof does not lead to the root of the tree'
  expect(checkInclusion(leafHash(Uint8Array.of(99)), proof)).toBe(wrong)
  expect(checkInclusion(leaf, { ...proof, logIndex: 5n })).toBe(wrong)
  const flipped = proof.hashes.map((hash, i) => (i === 1 ? Uint8Array.from(hash, (byte) => byte ^ 1) : hash))
  expect(checkInclusion(leaf, { ...proof, hashes: flipped })).toBe(wrong)
})

test('one flipped bit is never accepted', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), fc.nat(), fc.nat(7), (size, at, byte, bit) => {
      const { leaf, proof } = proofOf(size, at % size)
      const all = [leaf, proof.rootHash, ...proof.hashes].map((hash) => Uint8Array.from(hash))
      const target = all[byte % all.length] ?? new Uint8Array()
      target[byte % 32] = (target[byte % 32] ?? 0) ^ (1 << bit)
      const [changedLeaf = leaf, rootHash = leaf, ...hashes] = all
      expect(checkInclusion(changedLeaf, { ...proof, rootHash, hashes })).toBeDefined()
    }),
  )
})

test('a tree of 2^63 leaves takes 63 hashes', () => {
  const leaf = leafHash(Uint8Array.of(1))
  const hashes = Array.from({ length: 63 }, () => leaf)
  const rootHash = hashes.reduce((node, sibling) => nodeHash(node, sibling), leaf)
  const proof = { logIndex: 0n, treeSize: 2n ** 63n - 1n, rootHash, hashes, checkpoint: '' }
  expect(checkInclusion(leaf, proof)).toBeUndefined()
})
