// A file of facts that earlier runs found: records, then an index of them, then a sum over the index. What is cut off,
// changed or of another form is not read.
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import type { Frame } from '../git/frames.ts'

/** Octets of a key: SHA-256 of the object with its header. */
const KEY = 32
const LENGTH = 4
const SUM = 32
const SLOT = 12
const MAGIC = Buffer.from('gsfacts1', 'latin1')
/** Octets behind the index: how many slots it has, its sum, and what says that it is one. */
export const TRAILER = 4 + SUM + MAGIC.length

/** What facts are kept under: the bytes, whatever they are called. */
export function keyOf({ framed }: Pick<Frame, 'framed'>): Buffer {
  return hash('sha256', framed, 'buffer')
}

/** Where a record begins, by the first octets of its key; two may share them, so the record itself decides. */
export type SegmentIndex = readonly (readonly [slot: number, at: number])[]

export function slotOf(key: Uint8Array): number {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).readUIntBE(0, 6)
}

export function encodeRecord(key: Uint8Array, text: string): Buffer {
  const content = Buffer.from(text, 'utf8')
  const record = Buffer.alloc(KEY + LENGTH + content.length + SUM)
  record.set(key)
  record.writeUInt32BE(content.length, KEY)
  record.set(content, KEY + LENGTH)
  record.set(sumOf(record.subarray(0, -SUM)), record.length - SUM)
  return record
}

/** Octets that the record at the beginning of `bytes` has. */
export function recordLength(bytes: Buffer): number {
  return bytes.length < KEY + LENGTH ? KEY + LENGTH : KEY + LENGTH + bytes.readUInt32BE(KEY) + SUM
}

/** The text kept under `key`; undefined for any other record, and for one that is damaged. */
export function decodeRecord(bytes: Buffer, key: Uint8Array): string | undefined {
  const length = recordLength(bytes)
  if (length < KEY + LENGTH + SUM || bytes.length < length || bytes.compare(key, 0, KEY, 0, KEY) !== 0) return undefined
  const end = length - SUM
  if (!sumOf(bytes.subarray(0, end)).equals(bytes.subarray(end, length))) return undefined
  return bytes.toString('utf8', KEY + LENGTH, end)
}

/** Octets before the text of a record. */
const HEAD = KEY + LENGTH

/** The index of the records of a segment without its end, as whole as they are: what is damaged is found out on reading. */
export function scanRecords(size: number, read: (at: number, length: number) => Buffer): SegmentIndex {
  const index: (readonly [slot: number, at: number])[] = []
  for (let at = 0; at + HEAD <= size; ) {
    const head = read(at, HEAD)
    const next = at + recordLength(head)
    if (head.length < HEAD || next > size) break
    index.push([slotOf(head), at])
    at = next
  }
  return index
}

/** What ends a segment. */
export function encodeIndex(index: SegmentIndex): Buffer {
  const slots = Buffer.alloc(index.length * SLOT)
  index.forEach(([slot, at], i) => {
    slots.writeUIntBE(slot, i * SLOT, 6)
    slots.writeUIntBE(at, i * SLOT + 6, 6)
  })
  const count = Buffer.alloc(4)
  count.writeUInt32BE(index.length)
  return Buffer.concat([slots, count, sumOf(slots), MAGIC])
}

/** Octets of the index before a trailer; undefined where this is none. */
export function indexLength(trailer: Buffer): number | undefined {
  return trailer.length === TRAILER && trailer.subarray(-MAGIC.length).equals(MAGIC)
    ? trailer.readUInt32BE(0) * SLOT
    : undefined
}

/** Undefined where the sum is another. */
export function decodeIndex(slots: Buffer, trailer: Buffer): SegmentIndex | undefined {
  if (!sumOf(slots).equals(trailer.subarray(4, 4 + SUM))) return undefined
  return Array.from({ length: slots.length / SLOT }, (_, i) => [
    slots.readUIntBE(i * SLOT, 6),
    slots.readUIntBE(i * SLOT + 6, 6),
  ])
}

function sumOf(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer')
}
