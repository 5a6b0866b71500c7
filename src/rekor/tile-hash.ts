// The hashes of a tile, many at a time: for whoever reads a log of millions of entries, to whom a copy or an object for each
// costs more than the hash.
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { EntryBlock } from './entry-bundle.ts'

const HASH = 32
const NODE = 1 + 2 * HASH

/** The leaf hashes of a block's entries, 32 bytes each. */
export function hashEntries({ bytes, spans }: EntryBlock): Buffer {
  const hashes = Buffer.allocUnsafe((spans.length / 2) * HASH)
  for (let i = 0; i < spans.length; i += 2) {
    const start = (spans[i] ?? 0) - 1
    // The byte before an entry belongs to none: for a moment it is the prefix of a leaf, and nothing need be copied.
    const before = bytes[start] ?? 0
    bytes[start] = 0x00
    hashes.write(hash('sha256', bytes.subarray(start, spans[i + 1]), 'binary'), (i / 2) * HASH, HASH, 'latin1')
    bytes[start] = before
  }
  return hashes
}

/** Root of the complete subtree of these hashes, as many as a power of two. */
export function foldTile(tile: Uint8Array): Uint8Array {
  const nodes = Buffer.from(tile)
  const pair = Buffer.alloc(NODE, 0x01)
  for (let count = tile.length / HASH; count > 1; count /= 2)
    for (let at = 0; at < count * HASH; at += 2 * HASH) {
      nodes.copy(pair, 1, at, at + 2 * HASH)
      nodes.write(hash('sha256', pair, 'binary'), at / 2, HASH, 'latin1')
    }
  return nodes.subarray(0, HASH)
}
