// Rekor v1 as a stream: entries by their index, ten a request, and for each window of them a proof that the tree of all
// entries up to its end is the beginning of the head's. What comes before the first is its frontier, of 64 hashes at most.
import { Fault } from '../errors.ts'
import type { LogHead, LogView } from '../rekor/client-log.ts'
import { BATCH, createEntrySearch, type EntrySearch } from '../rekor/client-search.ts'
import { appendLeaves, type CompactRange, EMPTY_RANGE, rangeBefore, rootOf } from '../rekor/compact-range.ts'
import { blockOf } from '../rekor/entry-bundle.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { leafHash } from '../rekor/merkle.ts'
import type { Http } from '../system/http.ts'
import { numbers, workAhead } from './ahead.ts'
import type { ProvenBlock, Span } from './block.ts'

const WINDOW = 20 * BATCH

/** Proves [from, to) in the tree of `head`, window by window. */
export async function* windowBlocks(
  http: Http,
  view: LogView,
  head: LogHead,
  { from, to, inFlight }: Span,
): AsyncGenerator<ProvenBlock, undefined> {
  const search = createEntrySearch({ http, url: view.log.baseUrl, inFlight })
  const firstIndex = await view.firstIndex(head.checkpoint.origin)
  const ahead = 1 + Math.ceil((inFlight * BATCH) / WINDOW)
  const windows = workAhead(numbers(from, to, WINDOW), ahead, async (start) => ({
    start,
    entries: await fetchWindow(search, firstIndex, start, Math.min(to, start + WINDOW)),
  }))
  let range = from === 0 ? EMPTY_RANGE : undefined
  for await (const { start, entries } of windows) {
    const bodies = entries.map(({ entry }) => entry.canonicalizedBody ?? new Uint8Array())
    range = appendLeaves(range ?? frontierOf(entries[0], start), bodies.map(leafHash))
    await checkPrefix(view, range, head, start)
    yield { from: start, ...blockOf(bodies) }
  }
  return undefined
}

async function fetchWindow(
  search: EntrySearch,
  firstIndex: bigint,
  start: number,
  end: number,
): Promise<readonly NamedEntry[]> {
  const places = Array.from({ length: end - start }, (_, i) => firstIndex + BigInt(start + i))
  const parts = Array.from({ length: Math.ceil(places.length / BATCH) }, (_, i) =>
    places.slice(i * BATCH, (i + 1) * BATCH),
  )
  const found = await Promise.all(parts.map((part) => fetchPart(search, part)))
  const byIndex = new Map(found.flat().map((named) => [named.entry.logIndex, named]))
  return places.map((index) => {
    const named = byIndex.get(index)
    if (named === undefined) throw wrong(`it does not hand over entry ${index}`)
    return named
  })
}

// Ten of the largest are more than one answer may have: one by one they come, and nobody makes a log unreadable by them.
async function fetchPart(search: EntrySearch, part: readonly bigint[]): Promise<readonly NamedEntry[]> {
  try {
    return await search.entriesAt(part)
  } catch (thrown) {
    if (!(thrown instanceof Fault) || part.length === 1) throw thrown
    const alone: NamedEntry[] = []
    for (const index of part) {
      const named = await search.entryAt(index)
      if (named !== undefined) alone.push(named)
    }
    return alone
  }
}

function frontierOf(named: NamedEntry | undefined, start: number): CompactRange {
  const proof = named?.entry.proof
  if (proof?.logIndex !== BigInt(start)) throw wrong(`its proof of entry ${start} is of another place`)
  try {
    return rangeBefore(proof)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse')
      throw wrong(`its proof of entry ${start} has a wrong length`)
    throw thrown
  }
}

// The root of all that was read commits to each entry and its place: one that was left out, repeated or changed gives another.
async function checkPrefix(view: LogView, range: CompactRange, head: LogHead, start: number): Promise<void> {
  const tree = { treeSize: BigInt(range.size), rootHash: rootOf(range) }
  const why = await view.inconsistency(tree, head)
  if (why !== undefined) throw wrong(`entries ${start} to ${range.size - 1} are not those of its checkpoint: ${why}`)
}

function wrong(why: string): Fault {
  return new Fault('log', `the log lies: ${why}`)
}
