// Which entries of a log are read: all of the latest head, or a part of a tree that several machines agree on.
import { decodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { checkCheckpoint, parseCheckpoint } from '../rekor/checkpoint.ts'
import type { LogHead, LogView } from '../rekor/client-log.ts'
import { fetchRoot } from '../scan/root.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import type { Configured } from './assessor.ts'
import { composeHttp } from './services.ts'

/** What was asked for; places are those in the tree, from 0. */
export interface Bounds {
  readonly from?: number
  readonly to?: number
  /** Of the log's first entries alone, as many as this. */
  readonly at?: number
  /** File with a checkpoint of the log. */
  readonly checkpoint?: string
  readonly shard?: { readonly index: number; readonly of: number }
}

/** What is read, and in which head it is proven. */
export interface Scope {
  readonly head: LogHead
  /** The tree that is searched: the head's, or an earlier one that the head goes on from. */
  readonly size: number
  readonly rootHash: Uint8Array
  /** What all shards read together. */
  readonly whole: Range
  /** What this one reads. */
  readonly part: Range
}

export interface Range {
  readonly from: number
  readonly to: number
}

const TILE = 256
const MAX_NOTE = 1 << 16
const BUDGET = 600_000

/** Whether entries are to be read one by one where an index could be asked. */
export function isBounded({ from, to, at, checkpoint, shard }: Bounds): boolean {
  return [from, to, at, checkpoint, shard].some((one) => one !== undefined)
}

/** Throws `log` where the log does not go on from the tree that was named, `usage` where shards would read different ones. */
export async function readScope(configured: Configured, view: LogView, bounds: Bounds): Promise<Scope> {
  const { at, checkpoint, shard } = bounds
  if (shard !== undefined && at === undefined && checkpoint === undefined)
    throw new Fault('usage', '--shard asks for --at or --checkpoint: the log grows, and all shards read one tree', {
      hint: '`log info` tells its size',
    })
  const latest = await view.head()
  const head = checkpoint === undefined ? latest : await readHead(configured, view, latest, checkpoint)
  const size = at ?? Number(head.treeSize)
  const rootHash = await fetchRoot(composeHttp(configured, BUDGET), view, head, size)
  const to = Math.min(bounds.to ?? size, size)
  const whole = { from: Math.min(bounds.from ?? 0, to), to }
  return { head, size, rootHash, whole, part: shard === undefined ? whole : partOf(whole, shard) }
}

/** Parts meet where bundles do, so that none is fetched twice. */
export function partOf({ from, to }: Range, { index, of }: { readonly index: number; readonly of: number }): Range {
  const edge = (n: number) => {
    if (n === 0 || n === of) return n === 0 ? from : to
    const place = from + Math.floor(((to - from) / of) * n)
    return Math.min(to, Math.max(from, Math.round(place / TILE) * TILE))
  }
  return { from: edge(index - 1), to: edge(index) }
}

async function readHead({ world }: Configured, view: LogView, latest: LogHead, path: string): Promise<LogHead> {
  const resolved = resolvePath(path, world)
  const note = decodeUtf8(readBytes(resolved, MAX_NOTE), path)
  const checkpoint = parseCheckpoint(note)
  const head = { treeSize: checkpoint.size, rootHash: checkpoint.rootHash, checkpoint, note }
  const why = checkCheckpoint(checkpoint, view.log, head) ?? (await view.inconsistency(head, latest))
  if (why !== undefined) throw new Fault('log', `${path} is no checkpoint of ${view.log.baseUrl}: ${why}`)
  return head
}
