// Merkle tree hashes and inclusion proofs (RFC 9162 2.1). A proof of any other length than the path's is refused.
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { concatBytes, decodeLatin1, equalBytes } from '../bytes.ts'
import type { InclusionProof } from './entry.ts'

const LEAF = Uint8Array.of(0x00)
const NODE = Uint8Array.of(0x01)

/** SHA-256(0x00 || entry): apart from nodes, so that no node can be passed off as an entry. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return hash('sha256', concatBytes(LEAF, entry), 'buffer')
}

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash('sha256', concatBytes(NODE, left, right), 'buffer')
}

/**
 * Whether the leaf is at the proof's index in the tree of the proof's size and root. Says nothing of who vouches for
 * that root: the checkpoint does.
 * @returns why not, or undefined
 */
export function checkInclusion(leaf: Uint8Array, proof: InclusionProof): string | undefined {
  const { logIndex: index, treeSize: size, hashes } = proof
  // An index outside the tree would walk a path that no tree has.
  if (index < 0n || index >= size) return 'the index of the inclusion proof is outside the tree'
  const inner = bitLength(index ^ (size - 1n))
  // Left-over hashes could carry any root; missing ones would let a node stand for the leaf.
  if (hashes.length !== inner + bitCount(index >> BigInt(inner))) return 'the inclusion proof has a wrong length'
  // An entry that is not in the tree gives another root.
  return equalBytes(climb(leaf, proof, inner), proof.rootHash)
    ? undefined
    : 'the inclusion proof does not lead to the root of the tree'
}

/** What the leaf and its siblings add up to. The hashes pass as strings: a Buffer for each costs more than the hash. */
function climb(leaf: Uint8Array, { logIndex, hashes }: InclusionProof, inner: number): Uint8Array {
  const pair = Buffer.alloc(1 + 2 * 32, NODE)
  const path = logIndex.toString(2).padStart(inner, '0')
  let node = decodeLatin1(leaf)
  let level = 0
  for (const sibling of hashes) {
    const isLeft = level < inner && path[path.length - 1 - level] === '0'
    pair.write(node, isLeft ? 1 : 33, 'latin1')
    pair.set(sibling, isLeft ? 33 : 1)
    node = hash('sha256', pair, 'binary')
    level++
  }
  return Buffer.from(node, 'latin1')
}

/** Bits of a number without its leading zeros. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length
}

/** Bits of a number that are set. */
export function bitCount(value: bigint): number {
  return value.toString(2).replaceAll('0', '').length
}
