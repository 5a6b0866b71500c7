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
