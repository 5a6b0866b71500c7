// A list of 32-byte hashes in one block of memory.
import { Buffer } from 'node:buffer'

const WIDTH = 32

export class HashList {
  #bytes: Buffer = Buffer.alloc(8 * WIDTH)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(hash: Uint8Array): void {
    const end = (this.#length + 1) * WIDTH
    if (end > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], this.#bytes.length * 2)
    this.#bytes.set(hash, end - WIDTH)
    this.#length += 1
  }

  at(index: number): Uint8Array {
    return this.slice(index, index + 1)
  }

  /** A copy: later pushes do not change it. */
  slice(start: number, end: number): Uint8Array {
    if (start < 0 || end > this.#length || start > end)
      throw new RangeError(`hashes ${start} to ${end} of ${this.#length}`)
    return Buffer.from(this.#bytes.subarray(start * WIDTH, end * WIDTH))
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, length)
  }
}
