// The entries of a stream that are wanted, in order, matched some way ahead of the reader.
import { workAhead } from './ahead.ts'
import type { ProvenBlock } from './blocks.ts'
import { createMatchers } from './matchers.ts'
import type { Wanted } from './wanted.ts'

/** What was found among the entries before `to`. */
export interface Searched {
  /** Everything before this place was read. */
  readonly to: number
  readonly found: readonly { readonly place: number; readonly body: Uint8Array }[]
}

/** @param jobs threads */
export async function* searchBlocks(
  blocks: AsyncIterable<ProvenBlock>,
  wanted: Wanted,
  jobs: number,
): AsyncGenerator<Searched, undefined> {
  const matchers = await createMatchers(wanted, jobs)
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
