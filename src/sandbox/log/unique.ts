// A log that holds each entry once, also when the same entry is sent twice at the same moment.
import { toHex } from '../../bytes.ts'
import { leafHash } from '../../rekor/merkle.ts'
import type { TileLog } from './log.ts'

export interface Placed {
  readonly index: number
  /** False for an entry that was there before. */
  readonly isNew: boolean
}

export class UniqueEntries {
  readonly #log: TileLog
  readonly #pending = new Map<string, Promise<number>>()

  constructor(log: TileLog) {
    this.#log = log
  }

  /** Resolves when the entry is durable, whoever sent it first; the note of a second one is dropped. */
  async append(entry: Uint8Array, note?: Uint8Array): Promise<Placed> {
    const leaf = leafHash(entry)
    // Nothing is awaited between look-up and append: that gap would let the same entry in twice.
    const pending = this.#pending.get(toHex(leaf))
    const known = this.#log.find(leaf) ?? (pending && (await pending))
    if (known !== undefined) return { index: known, isNew: false }
    const appending = this.#log.append(entry, note)
    this.#pending.set(toHex(leaf), appending)
    try {
      return { index: await appending, isNew: true }
    } finally {
      this.#pending.delete(toHex(leaf))
    }
  }
}
