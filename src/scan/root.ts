// The root of an earlier tree of a log, proven in a head: what machines that share a search have to agree on.
import { Fault } from '../errors.ts'
import type { LogHead, LogView } from '../rekor/client-log.ts'
import { openProvenTree } from '../rekor/client-proven.ts'
import { createTileReader } from '../rekor/client-tiles.ts'
import { appendLeaves, rangeBefore, rootOf } from '../rekor/compact-range.ts'
import { leafHash } from '../rekor/merkle.ts'
import type { Http } from '../system/http.ts'

/** Root of the first `size` entries. Throws `log` for a tree that the head does not go on from. */
export async function fetchRoot(http: Http, view: LogView, head: LogHead, size: number): Promise<Uint8Array> {
  if (BigInt(size) > head.treeSize)
    throw new Fault('log', `${view.log.baseUrl} has ${head.treeSize} entries, not ${size}`)
  if (BigInt(size) === head.treeSize) return head.rootHash
  if (size === 0) return rootOf({ size: 0, hashes: [] })
  if (view.version === 1) return await rootByEntry(view, head, size)
  return await (await openProvenTree(createTileReader(http, view.log.baseUrl), head)).root(size)
}

// Rekor v1 tells no earlier root: the last entry of that tree and what stands left of it make one, which is then proven.
async function rootByEntry(view: LogView, head: LogHead, size: number): Promise<Uint8Array> {
  const last = await view.entryAt((await view.firstIndex()) + BigInt(size - 1))
  const { proof, canonicalizedBody: body } = last?.entry ?? {}
  if (proof?.logIndex !== BigInt(size - 1) || body === undefined)
    throw new Fault('log', `${view.log.baseUrl} does not hand over its entry ${size - 1} with a proof`)
  const rootHash = rootOf(appendLeaves(rangeBefore(proof), [leafHash(body)]))
  const why = await view.inconsistency({ treeSize: BigInt(size), rootHash }, head)
  if (why !== undefined) throw new Fault('log', `the log lies: its first ${size} entries: ${why}`)
  return rootHash
}
