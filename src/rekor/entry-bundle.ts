// Entry bundles (C2SP tlog-tiles): entries one after the other, each behind its length as a big-endian uint16.
import { Buffer } from 'node:buffer'
import { Fault, malformed } from '../errors.ts'

/** Longest entry, in bytes, that the length prefix can say. */
export const MAX_ENTRY = 65_535

export function checkEntrySize(entry: Uint8Array): void {
  if (entry.length > MAX_ENTRY)
    throw new Fault('log', `entry of ${entry.length} bytes is too large for the log (at most ${MAX_ENTRY})`)
}

export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const entry of entries) {
    checkEntrySize(entry)
    parts.push(Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry)
  }
  return Buffer.concat(parts)
}

/** The entries as views on `bytes`; a bundle that ends in the middle of one is refused. */
export function parseBundle(bytes: Uint8Array): readonly Uint8Array[] {
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const start = at + 2
    const end = start + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
    if (end > bytes.length) throw malformed('entry bundle', 'truncated')
    entries.push(bytes.subarray(start, end))
    at = end
  }
  return entries
}

/** Entries in one block of bytes, without an object for each; the byte before each of them belongs to none. */
export interface EntryBlock {
  readonly bytes: Uint8Array
  /** Start and end of each in turn. */
  readonly spans: Uint32Array
}

/** The first `count` entries of a bundle where they stand. Throws `parse` where there are fewer. */
export function blockOfBundle(bytes: Uint8Array, count: number): EntryBlock {
  const spans = new Uint32Array(2 * count)
  let at = 0
  for (let i = 0; i < 2 * count; i += 2) {
    const start = at + 2
    const end = start + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
    if (end > bytes.length) throw malformed('entry bundle', 'truncated')
    spans[i] = start
    spans[i + 1] = end
    at = end
  }
  return { bytes: bytes.subarray(0, at), spans }
}

/** Entries of any length, copied into a block. */
export function blockOf(entries: readonly Uint8Array[]): EntryBlock {
  const bytes = Buffer.alloc(entries.reduce((sum, { length }) => sum + 1 + length, 0))
  const spans = new Uint32Array(2 * entries.length)
  let at = 0
  for (const [i, entry] of entries.entries()) {
    bytes.set(entry, at + 1)
    spans.set([at + 1, at + 1 + entry.length], 2 * i)
    at += 1 + entry.length
  }
  return { bytes, spans }
}

/** The entries of a block, as views on it. */
export function entriesOf({ bytes, spans }: EntryBlock): readonly Uint8Array[] {
  return Array.from({ length: spans.length / 2 }, (_, i) => bytes.subarray(spans[2 * i], spans[2 * i + 1]))
}

/** A part of a block, from one entry of it to before another; the bytes are the same. */
export function cutBlock({ bytes, spans }: EntryBlock, start: number, end: number): EntryBlock {
  return { bytes, spans: spans.subarray(2 * start, 2 * end) }
}
