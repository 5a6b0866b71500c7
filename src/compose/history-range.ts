// Which objects a run is about: names become a range, once, and the range a stream of objects.
import type { Frame } from '../git/frames.ts'
import type { Format } from '../history/places.ts'
import { type NamedTip, rangeOf } from '../history/range.ts'
import { walk } from '../history/walk.ts'
import { type Reading, repositoryAt, streamCommits, streamObjects } from '../system/git-history.ts'
import { readNamed, readRefs, requireIncluded } from '../system/git-tips.ts'
import type { World } from '../system/world.ts'

/** What of a repository was asked for. */
export interface RangeRequest {
  /** Revisions and ranges. */
  readonly revisions: readonly string[]
  /** Refs under these prefixes, and HEAD for the empty one. */
  readonly refs: readonly string[]
  readonly firstParent: boolean
  /** Full ids, one a line, that are looked at in place of a walk. */
  readonly listed?: Uint8Array
}

/** Throws `git` or `usage`. */
export async function readTips(world: World, request: RangeRequest): Promise<readonly NamedTip[]> {
  if (request.refs.length === 0) requireIncluded(request.revisions)
  const named = await readNamed(world, request.revisions)
  const refs = await Promise.all(request.refs.map((prefix) => readRefs(world, prefix)))
  return [...named, ...refs.flat()]
}

/** The objects, in order. */
export function framesOf(
  reading: Reading,
  { listed, firstParent }: RangeRequest,
  tips: readonly NamedTip[],
  format: Format,
): AsyncIterable<readonly Frame[]> {
  if (listed !== undefined) return streamObjects(reading, once(listed))
  return walk(repositoryAt(reading), rangeOf(tips, firstParent), format)
}

/** How many there are, by Git's word. */
export async function countObjects(
  reading: Reading,
  { listed, firstParent }: RangeRequest,
  tips: readonly NamedTip[],
  { algorithm }: Format,
): Promise<number> {
  const line = (algorithm === 'sha1' ? 40 : 64) + 1
  if (listed !== undefined) return Math.ceil(listed.length / line)
  const range = rangeOf(tips, firstParent)
  let bytes = 0
  for await (const chunk of streamCommits(reading, range)) bytes += chunk.length
  return bytes / line + range.objects.length
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
  if (bytes.length > 0) yield bytes
  return undefined
}
