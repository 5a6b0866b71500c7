// A fault is a document too, where documents were asked for: as far as that can be told, flags that are wrong included.
import { exitStatus, isClosed, unheardStatus } from '../errors.ts'
import { encodeDocument, faultDocument } from '../report/json.ts'
import type { World } from '../system/world.ts'
import { tellFailure } from '../tell.ts'
import { withNearest } from './misspelt.ts'

/**
 * Does `work`, and gives its exit status or, once the document is written, the fault's. Throws on what is to be told in words
 * alone, or cannot be told; and where some of a document stands there already: a second one would make none of both.
 */
export async function faultAsDocument(
  world: World,
  args: readonly string[],
  work: (world: World) => Promise<number>,
): Promise<number> {
  let isBegun = false
  const write: World['write'] = (fd, data) => {
    isBegun ||= fd === 1 && data.length > 0
    world.write(fd, data)
  }
  try {
    return await work({ ...world, write })
  } catch (thrown) {
    const isAsked = args.includes('--json') || args.includes('--json=true')
    if (!isAsked || isBegun || isClosed(thrown)) throw thrown
    return tell(world, await withNearest(thrown))
  }
}

function tell(world: World, thrown: unknown): number {
  world.write(1, encodeDocument(faultDocument(thrown)))
  try {
    world.write(2, tellFailure(world, thrown))
    return exitStatus(thrown)
  } catch (unheard) {
    return unheardStatus(thrown, unheard)
  }
}
