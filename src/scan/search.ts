// The entries of a stream that somebody asks more about, in order, matched some way ahead of the reader.
import { threadEntry } from '../system/thread.ts'
import { workAhead } from './ahead.ts'
import type { ProvenBlock } from './block.ts'
import { matcherFor } from './match.ts'
import { createMatchers, type Matchers } from './matchers.ts'
import { sieveOf } from './sieve.ts'
import type { Wanted } from './wanted.ts'

/** What was found among the entries before `to`. */
export interface Searched {
  /** Everything before this place was read. */
  readonly to: number
  readonly found: readonly FoundEntry[]
}

export interface FoundEntry {
  readonly place: number
  readonly body: Uint8Array
}

/** @param matchers are closed behind it, whatever its end */
export async function* matchBlocks(
  blocks: AsyncIterable<ProvenBlock>,
  matchers: Matchers,
): AsyncGenerator<Searched, undefined> {
  try {
    yield* workAhead(blocks, matchers.width, async (block) => {
      const { from } = block
      const to = from + block.spans.length / 2
      const matches = await matchers.match(block)
      return { to, found: matches.map(({ at, body }) => ({ place: from + at, body })) }
    })
  } finally {
    await matchers.close()
  }
  return undefined
}

/** Where the bytes tell without reading, this thread is as quick as handing them over. */
export async function wantedMatchers(wanted: Wanted, jobs: number): Promise<Matchers> {
  const entry = threadEntry(import.meta.url, './thread.ts', 'scan-thread')
  const matching = { entry, setting: wanted, match: matcherFor(wanted) }
  return await createMatchers(matching, sieveOf(wanted) === undefined ? jobs : 1)
}
