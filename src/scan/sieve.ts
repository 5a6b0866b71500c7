// Which entries of a block are worth reading, told by their bytes alone: those of Rekor v2 hold hashes and keys in canonical
// base64, so one that is wanted holds just that text. What is written in another way (an older kind, a JSON escape) is read.
import { Buffer } from 'node:buffer'
import { fromHex, toBase64 } from '../bytes.ts'
import type { EntryBlock } from '../rekor/entry-bundle.ts'
import type { Wanted } from './wanted.ts'

/** Texts, one of which an entry that is wanted must hold. */
export type Sieve = readonly Buffer[]

const CANONICAL = Buffer.from('{"apiVersion":"0.0.2",')
const BACKSLASH = 0x5c

/** Undefined where only reading tells: a name stands in a certificate, at no known place. */
export function sieveOf({ hashes, verifier }: Wanted): Sieve | undefined {
  const wanted = hashes?.map((one) => fromHex(one.slice(one.indexOf(':') + 1))) ?? (verifier && [verifier.der])
  // Nothing stands everywhere.
  if (wanted === undefined || wanted.some(({ length }) => length === 0)) return undefined
  return wanted.map((bytes) => Buffer.from(toBase64(bytes)))
}

/** The entries that may be wanted, by their number in the block, ascending. */
export function sift({ bytes, spans }: EntryBlock, sieve: Sieve): readonly number[] {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = new Set<number>()
  for (const text of [...sieve, BACKSLASH])
    for (let at = block.indexOf(text); at >= 0; ) {
      const entry = entryAt(spans, at)
      if (entry !== undefined) found.add(entry)
      // Once is enough: an entry may hold it a thousand times.
      at = block.indexOf(text, entry === undefined ? at + 1 : (spans[2 * entry + 1] ?? at + 1))
    }
  for (let i = 0; i < spans.length; i += 2) if (!isCanonical(block, spans[i] ?? 0)) found.add(i / 2)
  return [...found].sort((a, b) => a - b)
}

function isCanonical(block: Buffer, start: number): boolean {
  for (let i = 0; i < CANONICAL.length; i++) if (block[start + i] !== CANONICAL[i]) return false
  return true
}

/** The entry in whose bytes a place lies; undefined between two, where lengths stand, and outside of what was cut off. */
function entryAt(spans: Uint32Array, place: number): number | undefined {
  let [low, high] = [0, spans.length / 2]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[2 * middle + 1] ?? 0) > place) high = middle
    else low = middle + 1
  }
  return low < spans.length / 2 && (spans[2 * low] ?? 0) <= place ? low : undefined
}
