// Which part of a range a shard looks at, and the sum by which the shards of one run know that they saw the same range.
import { hash } from 'node:crypto'
import type { Frame } from '../git/frames.ts'
import type { ObjectAlgorithm } from '../git/id.ts'
import { wordAt } from './id-table.ts'
import type { Shard, Walk } from './summary.ts'

/** By the id alone, so that every clone and every order of walking divides alike. */
export function isInShard(oid: string, { index, of }: Shard): boolean {
  return Number.parseInt(oid.slice(-12), 16) % of === index - 1
}

/** Counts objects and adds up their ids, in whatever order they come. */
export class WalkSum {
  readonly #words: Uint32Array
  #objects = 0

  constructor(algorithm: ObjectAlgorithm) {
    this.#words = new Uint32Array(algorithm === 'sha1' ? 5 : 8)
  }

  add({ oid }: Frame): void {
    this.#objects++
    for (let i = 0; i < this.#words.length; i++) this.#words[i] = (this.#words[i] ?? 0) ^ wordAt(oid, i)
  }

  get sum(): Walk {
    const ids = Array.from(this.#words, (word) => word.toString(16).padStart(8, '0')).join('')
    return { objects: this.#objects, digest: hash('sha256', `${this.#objects} ${ids}`, 'hex') }
  }
}
