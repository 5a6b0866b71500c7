// A fault is a document too, where documents were asked for: as far as that can be told, flags that are wrong included.
import { exitStatus, isClosed } from '../errors.ts'
import { encodeDocument, faultDocument } from '../report/json.ts'
import type { World } from '../system/world.ts'
import { tellFailure } from '../tell.ts'

/** Gives the exit status. Throws on what is to be told in words alone, or cannot be told. */
export function tellAsDocument(world: World, args: readonly string[], thrown: unknown): number {
  const isAsked = args.includes('--json') || args.includes('--json=true')
  if (!isAsked || isClosed(thrown)) throw thrown
  world.write(1, encodeDocument(faultDocument(thrown)))
  world.write(2, tellFailure(world, thrown))
  return exitStatus(thrown)
}
