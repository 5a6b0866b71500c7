// Matching the entries of a block, in whichever thread.
import type { EntryBlock } from '../rekor/entry-bundle.ts'
import { type Sieve, sieveOf, sift } from './sieve.ts'
import { isWanted, type Wanted } from './wanted.ts'

/** An entry that is wanted. */
export interface Match {
  /** Its number in the block. */
  readonly at: number
  /** A copy. */
  readonly body: Uint8Array
}

/** @returns the entries of a block that are wanted, in their order */
export function matcherFor(wanted: Wanted): (block: EntryBlock) => readonly Match[] {
  const sieve = sieveOf(wanted)
  return (block) => matchBlock(block, wanted, sieve)
}

function matchBlock(block: EntryBlock, wanted: Wanted, sieve: Sieve | undefined): readonly Match[] {
  const { bytes, spans } = block
  const matches: Match[] = []
  const read = (at: number) => {
    const body = bytes.subarray(spans[2 * at], spans[2 * at + 1])
    if (isWanted(body, wanted)) matches.push({ at, body: Uint8Array.from(body) })
  }
  if (sieve !== undefined) for (const at of sift(block, sieve)) read(at)
  else for (let at = 0; at < spans.length / 2; at++) read(at)
  return matches
}
