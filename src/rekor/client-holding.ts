// Whether a log really holds an entry that somebody has, as of a head that goes on from what is remembered of it: of a tiled
// log by the tile that its leaf is in, of v1 by the proof that the log gives for its index, in a tree that the head goes on
// from. Who made the entry, and what it is about, is not asked.
import { equalBytes, toHex } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { Http } from '../system/http.ts'
import { createLimit } from '../system/limit.ts'
import { inBatches } from './client-batch.ts'
import { readHead } from './client-head.ts'
import { keep } from './client-kept.ts'
import type { LogHead, LogView } from './client-log.ts'
import { openProvenTree, type ProvenTree } from './client-proven.ts'
import { BATCH, createEntrySearch, type EntrySearch } from './client-search.ts'
import { createTileReader } from './client-tiles.ts'
import type { NamedEntry } from './entry-v1.ts'
import { checkInclusion, leafHash } from './merkle.ts'

/** An entry by its place: the log's global index, and what stands for it in the tree. */
export interface HeldEntry {
  readonly logIndex: bigint
  readonly leafHash: Uint8Array
}

/** In which tree it is, or why it is not in the log. */
export type Held =
  | { readonly ok: true; readonly origin: string; readonly tree: LogHead }
  | { readonly ok: false; readonly why: string }

/** Asks for one entry. Throws `log` where the log lies, `network` where it does not answer. */
export type FindHeld = (entry: HeldEntry) => Promise<Held>

export interface HoldingOptions {
  readonly http: Http
  readonly view: LogView
  /**
   * The remembered head of a tree of the log, the one that grows unless named, asked for again where it ends before
   * `atLeast`; a text where it is another log's past.
   */
  headOf(origin?: string, atLeast?: bigint): Promise<LogHead | string>
  /** Requests at once. */
  readonly inFlight: number
}

const TILE = 256n
/** Trees that were held against the head. */
const MAX_TREES = 1024
const OTHER = 'the log has another entry in its place'

export function createHolding(options: HoldingOptions): FindHeld {
  return options.view.version === 1 ? holdingOfIndex(options) : holdingOfTiles(options)
}

function holdingOfTiles({ http, view, headOf, inFlight }: HoldingOptions): FindHeld {
  const limit = createLimit(inFlight)
  const polite: Http = { request: (request) => limit(() => http.request(request)) }
  const tiles = createTileReader(polite, view.log.baseUrl)
  const opened = new Map<string, Promise<ProvenTree>>()
  return async (entry) => {
    // What was signed a moment ago may be behind the head that was asked for before.
    const head = await headOf(undefined, entry.logIndex + 1n)
    if (typeof head === 'string') return absent(head)
    if (entry.logIndex >= head.treeSize) return absent(`the log ends before it: it has ${head.treeSize} entries`)
    const tree = await keep(opened, head.note, 1, () => openProvenTree(tiles, head))
    const leaves = await tree.leaves(Number(entry.logIndex / TILE))
    const at = Number(entry.logIndex % TILE) * 32
    if (!equalBytes(leaves.subarray(at, at + 32), entry.leafHash)) return absent(OTHER)
    return { ok: true, origin: head.checkpoint.origin, tree: head }
  }
}

function holdingOfIndex({ http, view, headOf, inFlight }: HoldingOptions): FindHeld {
  const search = createEntrySearch({ http, url: view.log.baseUrl, inFlight })
  const entryAt = inBatches(createLimit(inFlight), BATCH, async (indexes: readonly bigint[]) => {
    const found = new Map((await fetchEntries(search, indexes)).map((named) => [named.entry.logIndex, named]))
    return (index) => found.get(index)
  })
  const trees = new Map<string, Promise<Held>>()
  return async (entry) => {
    const named = await entryAt(entry.logIndex)
    const tree = named === undefined ? 'the log does not hand it over' : treeOf(named, entry, view)
    if (typeof tree === 'string') return absent(tree)
    // Many entries come with one tree, which goes on from the head or not.
    const key = `${tree.checkpoint.origin} ${tree.treeSize} ${toHex(tree.rootHash)}`
    return await keep(trees, key, MAX_TREES, async () =>
      compareTrees(view, tree, await headOf(tree.checkpoint.origin, tree.treeSize)),
    )
  }
}

// A log may refuse all of ten for the sake of one that it does not have, and a single one so too.
async function fetchEntries(search: EntrySearch, indexes: readonly bigint[]): Promise<readonly NamedEntry[]> {
  try {
    return await search.entriesAt(indexes)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const alone = await Promise.all(indexes.map((index) => search.entryAt(index)))
    return alone.filter((named) => named !== undefined)
  }
}

/** The tree in which the log shows this very entry; else why it does not. */
function treeOf({ entry: found }: NamedEntry, entry: HeldEntry, { log }: LogView): LogHead | string {
  const { canonicalizedBody: body, proof } = found
  if (!equalBytes(found.logId, log.id)) return 'the entry in its place names another log'
  // What stands there in its stead is somebody else's, or was changed since.
  if (body === undefined || !equalBytes(leafHash(body), entry.leafHash)) return OTHER
  if (proof === undefined) return 'the log proves no place for it'
  const why = checkInclusion(entry.leafHash, proof)
  if (why !== undefined) return why
  try {
    const tree = readHead({ service: 'Rekor', url: log.baseUrl, code: 'log' }, log, proof.checkpoint)
    const isSame = tree.treeSize === proof.treeSize && equalBytes(tree.rootHash, proof.rootHash)
    return isSame ? tree : 'the checkpoint is of another tree than the inclusion proof'
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message
    throw thrown
  }
}

async function compareTrees(view: LogView, tree: LogHead, head: LogHead | string): Promise<Held> {
  if (typeof head === 'string') return absent(head)
  // Shown to be in a tree that nobody else is shown, it would be in no log.
  if (tree.treeSize > head.treeSize) return absent('the log shows it in a tree that its head does not reach')
  const why = await view.inconsistency(tree, head)
  if (why !== undefined) return absent(`the log shows it in another tree than its head's: ${why}`)
  return { ok: true, origin: tree.checkpoint.origin, tree: head }
}

function absent(why: string): Held {
  return { ok: false, why }
}
