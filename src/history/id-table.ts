// A set of object ids with marks: 23 to 60 bytes an id, so that a million commits fit where a million strings would not.
// Whole ids are compared: parts of one can be made to collide.
import type { ObjectAlgorithm } from '../git/id.ts'

const FIRST_SIZE = 1 << 14

/** Open addressing, at most two thirds full. */
export class IdTable {
  readonly #width: number
  #words: Uint32Array
  #marks: Uint8Array
  #mask: number
  #count = 0
  readonly #id: Uint32Array

  constructor(algorithm: ObjectAlgorithm) {
    this.#width = algorithm === 'sha1' ? 5 : 8
    this.#id = new Uint32Array(this.#width)
    this.#words = new Uint32Array(FIRST_SIZE * this.#width)
    this.#marks = new Uint8Array(FIRST_SIZE)
    this.#mask = FIRST_SIZE - 1
  }

  /** Ids with a mark. */
  get count(): number {
    return this.#count
  }

  /** Adds `marks` (1 to 255) to an id and gives those it had before: 0 for a new one. */
  mark(id: string, marks: number): number {
    this.#read(id)
    return this.#put(marks)
  }

  /** The same for an id that stands at `at` in `bytes`. */
  markAt(bytes: Uint8Array, at: number, marks: number): number {
    for (let i = 0; i < this.#width; i++) this.#id[i] = wordIn(bytes, at + i * 8)
    return this.#put(marks)
  }

  /** The marks of an id. */
  marksOf(id: string): number {
    this.#read(id)
    return this.#marks[this.#slotOf()] ?? 0
  }

  /** Every id that has `wanted` and nothing of `unwanted`. */
  *having(wanted: number, unwanted: number): Generator<string> {
    for (let slot = 0; slot < this.#marks.length; slot++) {
      const marks = this.#marks[slot] ?? 0
      if ((marks & wanted) === wanted && (marks & unwanted) === 0 && marks !== 0) yield this.#idAt(slot)
    }
  }

  #put(marks: number): number {
    const slot = this.#slotOf()
    const before = this.#marks[slot] ?? 0
    this.#marks[slot] = before | marks
    if (before === 0) {
      this.#words.set(this.#id, slot * this.#width)
      this.#count++
      if (this.#count * 3 > this.#marks.length * 2) this.#grow()
    }
    return before
  }

  /** Where the id that was read is, or belongs. */
  #slotOf(): number {
    for (let slot = (this.#id[0] ?? 0) & this.#mask; ; slot = (slot + 1) & this.#mask)
      if (this.#marks[slot] === 0 || this.#isAt(slot)) return slot
  }

  #isAt(slot: number): boolean {
    const start = slot * this.#width
    for (let i = 0; i < this.#width; i++) if (this.#words[start + i] !== this.#id[i]) return false
    return true
  }

  #read(id: string): void {
    for (let i = 0; i < this.#width; i++) this.#id[i] = wordAt(id, i)
  }

  #grow(): void {
    const [words, marks] = [this.#words, this.#marks]
    this.#words = new Uint32Array(words.length * 2)
    this.#marks = new Uint8Array(marks.length * 2)
    this.#mask = this.#marks.length - 1
    for (let old = 0; old < marks.length; old++) {
      if (marks[old] === 0) continue
      const from = old * this.#width
      const slot = this.#freeSlot(words[from] ?? 0)
      for (let i = 0; i < this.#width; i++) this.#words[slot * this.#width + i] = words[from + i] ?? 0
      this.#marks[slot] = marks[old] ?? 0
    }
  }

  /** Where an id that is not there belongs. */
  #freeSlot(word: number): number {
    let slot = word & this.#mask
    while (this.#marks[slot] !== 0) slot = (slot + 1) & this.#mask
    return slot
  }

  #idAt(slot: number): string {
    const words = this.#words.subarray(slot * this.#width, (slot + 1) * this.#width)
    return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join('')
  }
}

/** The eight digits of an id from 8 * `i` on, as 32 bits. */
export function wordAt(id: string, i: number): number {
  let word = 0
  for (let at = i * 8; at < i * 8 + 8; at++) word = (word << 4) | digitOf(id.charCodeAt(at))
  return word
}

function wordIn(bytes: Uint8Array, from: number): number {
  let word = 0
  for (let at = from; at < from + 8; at++) word = (word << 4) | digitOf(bytes[at] ?? 0)
  return word
}

// Lower-case hexadecimal alone is asked for; `0` is 0x30, `a` is 0x61.
function digitOf(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57
}
