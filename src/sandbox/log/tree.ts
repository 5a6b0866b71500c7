// A Merkle tree (RFC 9162 2.1) that only grows at its right edge. Every complete subtree's hash is kept in memory, 64 bytes
// an entry, so that roots and proofs for any earlier size are look-ups.

import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { leafHash, nodeHash } from '../../rekor/merkle.ts'
import { HashList } from './hashes.ts'

/** Root of the tree without leaves. */
const EMPTY_ROOT = hash('sha256', Buffer.alloc(0), 'buffer')

export class Tree {
  /** `#levels[k]` holds the hashes of the complete subtrees of 2^k leaves, from the left. */
  readonly #levels: HashList[] = [new HashList()]

  get size(): number {
    return this.#level(0).length
  }

  append(entry: Uint8Array): void {
    this.appendHash(leafHash(entry))
  }

  appendHash(leaf: Uint8Array): void {
    let node = leaf
    for (let k = 0; ; k++) {
      const level = this.#level(k)
      level.push(node)
      if (level.length % 2 === 1) return
      node = nodeHash(level.at(level.length - 2), node)
    }
  }

  /** Forgets the leaves from `size` on. */
  truncate(size: number): void {
    this.#levels.forEach((level, k) => {
      level.truncate(Math.floor(size / 2 ** k))
    })
  }

  leaf(index: number): Uint8Array {
    return this.#level(0).at(index)
  }

  /** Hashes number `start` to `end` of a level of 8 x `level` below which stand 256^level leaves: what a tile holds. */
  tile(level: number, start: number, end: number): Uint8Array {
    return this.#level(level * 8).slice(start, end)
  }

  root(size: number): Uint8Array {
    return size === 0 ? EMPTY_ROOT : this.#range(0, size)
  }

  /** The audit path of leaf `index` in the tree of `size` leaves, from the leaf up. */
  inclusion(index: number, size: number): readonly Uint8Array[] {
    const path: Uint8Array[] = []
    let start = 0
    let end = size
    while (end - start > 1) {
      const middle = start + split(end - start)
      path.unshift(index < middle ? this.#range(middle, end) : this.#range(start, middle))
      if (index < middle) end = middle
      else start = middle
    }
    return path
  }

  /** What shows that the tree of `size` leaves begins with that of `first` (RFC 9162 2.1.4.1), 0 < first <= size. */
  consistency(first: number, size: number): readonly Uint8Array[] {
    const path: Uint8Array[] = []
    let start = 0
    let end = size
    while (first !== end) {
      const middle = start + split(end - start)
      path.unshift(first <= middle ? this.#range(middle, end) : this.#range(start, middle))
      if (first <= middle) end = middle
      else start = middle
    }
    // Where the earlier tree is a subtree of its own, its root is at hand already.
    return start === 0 ? path : [this.#range(start, end), ...path]
  }

  #range(start: number, end: number): Uint8Array {
    const count = end - start
    const k = Math.log2(count)
    if (Number.isInteger(k)) return this.#level(k).at(start / count)
    const middle = start + split(count)
    return nodeHash(this.#range(start, middle), this.#range(middle, end))
  }

  #level(k: number): HashList {
    let level = this.#levels[k]
    if (level === undefined) {
      level = new HashList()
      this.#levels[k] = level
    }
    return level
  }
}

/** The largest power of two below `count`. */
function split(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1)
}
