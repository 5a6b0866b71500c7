// Which entries of a log a monitor has to look at, told by reading each: threads do that, and hand on what is left.
import type { EntryBlock } from '../rekor/entry-bundle.ts'
import type { Match } from '../scan/match.ts'
import { readEntry } from './entry.ts'
import type { Watch } from './watch.ts'

/** Whether somebody who is watched signed it, or somebody who cannot be read: of all others `lookAtEntry` says nothing. */
function isOfInterest(body: Uint8Array, watch: Watch): boolean {
  const { claimants, unreadable } = readEntry(body)
  return unreadable !== undefined || claimants.some(({ identity }) => watch.match(identity) !== undefined)
}

/** Gives the entries of a block that are to be looked at. */
export function screenFor(watch: Watch): (block: EntryBlock) => readonly Match[] {
  return ({ bytes, spans }) => {
    const matches: Match[] = []
    for (let at = 0; at < spans.length / 2; at++) {
      const body = bytes.subarray(spans[2 * at], spans[2 * at + 1])
      if (isOfInterest(body, watch)) matches.push({ at, body: Uint8Array.from(body) })
    }
    return matches
  }
}
