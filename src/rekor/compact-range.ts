// The frontier of a Merkle tree (RFC 9162 2.1): the roots of its complete subtrees, largest first. It is all that must be
// kept of the leaves before a place in order to go on from there.
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { malformed } from '../errors.ts'
import type { InclusionProof } from './entry.ts'
import { bitCount, bitLength, nodeHash } from './merkle.ts'

/** Of the leaves from 0 to `size`. Plain data, so that it can be kept in a file. */
export interface CompactRange {
  readonly size: number
  /** Of 32 bytes, one for each bit that is set in `size`. */
  readonly hashes: readonly Uint8Array[]
}

export const EMPTY_RANGE: CompactRange = { size: 0, hashes: [] }

/** The range with these leaves behind it, by their hashes. Throws `parse` for a range that is none. */
export function appendLeaves(range: CompactRange, leafHashes: readonly Uint8Array[]): CompactRange {
  const hashes = [...checkedHashes(range)]
  let { size } = range
  for (const leaf of leafHashes) {
    let node = leaf
    // As many subtrees of its size stand before it as there are ones at the end of the size: each pair becomes one.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(hashes.pop() ?? node, node)
    hashes.push(node)
    size++
  }
  return { size, hashes }
}

/** Root of the tree of just these leaves. Throws `parse` for a range that is none. */
export function rootOf(range: CompactRange): Uint8Array {
  const hashes = checkedHashes(range)
  if (hashes.length === 0) return hash('sha256', Buffer.alloc(0), 'buffer')
  return hashes.reduceRight((right, left) => nodeHash(left, right))
}

/**
 * The frontier of the leaves before the one that an inclusion proof is of: its siblings on the left. As good as the proof
 * is; whoever does not check that proof checks the root that comes of it. Throws `parse` for a proof of another length.
 */
export function rangeBefore({ logIndex, treeSize, hashes }: InclusionProof): CompactRange {
  const inner = bitLength(logIndex ^ (treeSize - 1n))
  const isLeft = (level: number) => level >= inner || ((logIndex >> BigInt(level)) & 1n) === 1n
  const range = { size: Number(logIndex), hashes: hashes.filter((_, level) => isLeft(level)).reverse() }
  checkedHashes(range)
  return range
}

function checkedHashes({ size, hashes }: CompactRange): readonly Uint8Array[] {
  if (!Number.isSafeInteger(size) || size < 0 || hashes.length !== bitCount(BigInt(size)))
    throw malformed('compact range', 'its hashes are not those of its size')
  if (hashes.some((one) => one.length !== 32)) throw malformed('compact range', 'a hash has not 32 bytes')
  return hashes
}
