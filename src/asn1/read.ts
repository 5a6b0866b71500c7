// Strict DER (X.690 section 10): definite minimal lengths, low tag numbers, bounded depth and size, nothing trailing.
// Elements are views on the bytes they were read from, so what is hashed or compared is what was received.
import { malformed } from '../errors.ts'

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** Tag of a context-specific element: `[n]`, constructed unless said. */
export function contextTag(n: number, constructed = true): number {
  return (constructed ? 0xa0 : 0x80) | n
}

const MAX_DEPTH = 24
/** Largest DER document read, in bytes. Real signatures have 2 to 6 KiB; Git objects are not DER. */
export const MAX_DER = 1 << 20

/** One tag-length-value. */
export class Element {
  readonly tag: number
  readonly #source: Uint8Array
  readonly #start: number
  readonly #contentStart: number
  readonly #end: number
  readonly #depth: number

  constructor(source: Uint8Array, tag: number, start: number, contentStart: number, end: number, depth: number) {
    this.tag = tag
    this.#source = source
    this.#start = start
    this.#contentStart = contentStart
    this.#end = end
    this.#depth = depth
  }

  /** The whole element, header included. */
  get bytes(): Uint8Array {
    return this.#source.subarray(this.#start, this.#end)
  }

  get content(): Uint8Array {
    return this.#source.subarray(this.#contentStart, this.#end)
  }

  get length(): number {
    return this.#end - this.#contentStart
  }

  /** A content octet; undefined beyond the end. Costs no view on the bytes. */
  at(index: number): number | undefined {
    return index < this.length ? this.#source[this.#contentStart + index] : undefined
  }

  /** Reads what a constructed element holds. */
  reader(): Reader {
    return new Reader(this.#source, this.#contentStart, this.#end, this.#depth + 1)
  }
}

/** Reads elements one after the other; `finish` refuses what is left over. Every failure is a `parse` fault. */
export class Reader {
  readonly #source: Uint8Array
  #at: number
  readonly #end: number
  readonly #depth: number

  constructor(source: Uint8Array, start = 0, end: number = source.length, depth = 0) {
    if (end - start > MAX_DER) throw malformed('DER', 'too large')
    if (depth > MAX_DEPTH) throw malformed('DER', 'nested too deeply')
    this.#source = source
    this.#at = start
    this.#end = end
    this.#depth = depth
  }

  get done(): boolean {
    return this.#at >= this.#end
  }

  /** Tag of the next element, undefined at the end. */
  peek(): number | undefined {
    return this.done ? undefined : this.#source[this.#at]
  }

  read(tag: number): Element {
    if (this.peek() !== tag) throw malformed('DER', `expected tag ${hexTag(tag)}, found ${hexTag(this.peek())}`)
    return this.readAny()
  }

  readOptional(tag: number): Element | undefined {
    return this.peek() === tag ? this.readAny() : undefined
  }

  readAny(): Element {
    const start = this.#at
    const tag = this.#byte()
    if ((tag & 0x1f) === 0x1f) throw malformed('DER', 'high tag number')
    const length = this.#length()
    const contentStart = this.#at
    const end = contentStart + length
    if (end > this.#end) throw malformed('DER', 'truncated')
    this.#at = end
    return new Element(this.#source, tag, start, contentStart, end, this.#depth)
  }

  finish(): void {
    if (!this.done) throw malformed('DER', 'trailing bytes')
  }

  #byte(): number {
    const value = this.#at < this.#end ? this.#source[this.#at] : undefined
    if (value === undefined) throw malformed('DER', 'truncated')
    this.#at += 1
    return value
  }

  #length(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    const count = first & 0x7f
    if (count === 0) throw malformed('DER', 'indefinite length')
    if (count > 4) throw malformed('DER', 'length too large')
    let length = 0
    for (let i = 0; i < count; i++) length = length * 256 + this.#byte()
    if (length < 0x80 || length < 256 ** (count - 1)) throw malformed('DER', 'length not minimal')
    return length
  }
}

/** The one element that `bytes` holds, with nothing after it. */
export function readDer(bytes: Uint8Array, tag: number): Element {
  const reader = new Reader(bytes)
  const element = reader.read(tag)
  reader.finish()
  return element
}

function hexTag(tag: number | undefined): string {
  return tag === undefined ? 'the end' : `0x${tag.toString(16).padStart(2, '0')}`
}
