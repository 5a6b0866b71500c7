// The entries of a log that are new in a head, looked at batch by batch; what was seen is remembered with how far that was.
import { type Looking, lookAtEntry, type Stranger } from '../monitor/look.ts'
import type { Signer } from '../monitor/objects.ts'
import { screenFor } from '../monitor/screen.ts'
import type { EntryKind, EntrySighting, Waiting } from '../monitor/sighting.ts'
import { MAX_NAMED, MAX_WAITING, type MonitorState } from '../monitor/state.ts'
import type { LogHead } from '../rekor/client-log.ts'
import { blockOf } from '../rekor/entry-bundle.ts'
import type { ProvenBlock } from '../scan/block.ts'
import { createMatchers } from '../scan/matchers.ts'
import { type FoundEntry, matchBlocks } from '../scan/search.ts'
import type { ScannedBatch } from '../scan/stream.ts'
import { threadEntry } from '../system/thread.ts'
import { prefixOf, type Watching } from './monitor-head.ts'

/** Entries that are looked at, and milliseconds that may pass, before that is remembered: each time waits for the disk. */
const EVERY = 8_192
const A_WHILE = 500

const ENTRY = threadEntry(import.meta.url, './monitor-thread.ts', 'monitor-thread')

/** What a scan came to, beside what was seen. */
export interface Scanned {
  /** Entries with a signer who could not be read. */
  readonly unreadable: number
  /** Entries of CAs that the trusted root does not know are of a repository's objects, of its CAs' names, or all there are. */
  readonly isTrustOld: boolean
}

export async function scanFrom(watching: Watching, head: LogHead, from: MonitorState): Promise<Scanned> {
  const { store, signal, progress } = watching
  const size = Number(head.treeSize)
  const looking = await composeLooking(watching, head)
  let state = from
  let last = watching.now()
  let sightings: readonly EntrySighting[] = []
  const count = { expected: 0, anybody: 0, vouched: 0 }
  const remember = () => {
    if (state.next === store.state?.next) return
    store.commit(state, sightings)
    sightings = []
    last = watching.now()
  }
  try {
    for await (const { to, found } of screened(watching, head, from.next)) {
      signal.throwIfAborted()
      const seen = await lookAtBatch(found, looking)
      for (const each of seen.vouching) count[each]++
      const waiting = watching.rules.grace === undefined ? [] : waitersOf(seen, MAX_WAITING - state.waiting.length)
      const patient = new Set(waiting.map(({ sighting }) => sighting))
      sightings = [...sightings, ...seen.sightings.filter((one) => !patient.has(one))]
      state = behind(state, to, { ...seen, waiting })
      if (watching.now() - last >= A_WHILE || state.next - (store.state?.next ?? 0) >= EVERY) remember()
      progress(state.next - from.next, size - from.next)
    }
  } finally {
    remember()
  }
  const isTrustOld = count.expected > 0 || (count.anybody > 0 && count.vouched === 0)
  return { unreadable: state.unreadable - from.unreadable, isTrustOld }
}

/** The entries that have to be looked at, as threads tell them from all others while this one fetches and hashes. */
async function* screened({ scan, rules, jobs = 1 }: Watching, head: LogHead, from: number) {
  const { watch } = rules
  const matchers = await createMatchers({ entry: ENTRY, setting: watch.list, match: screenFor(watch) }, jobs)
  return yield* matchBlocks(blocksOf(scan.entries(head, from, Number(head.treeSize))), matchers)
}

async function* blocksOf(batches: AsyncIterable<ScannedBatch>): AsyncGenerator<ProvenBlock, undefined> {
  for await (const { from, bodies } of batches) yield { from, ...blockOf(bodies) }
  return undefined
}

async function composeLooking({ rules, view, store, repositories, now }: Watching, head: LogHead): Promise<Looking> {
  return {
    watch: rules.watch,
    trust: rules.trust,
    alertOn: rules.alertOn,
    log: view.log.baseUrl,
    prefix: prefixOf(view, head),
    firstIndex: await view.firstIndex(head.checkpoint.origin),
    first: (leaf) =>
      store.first(leaf) ?? store.state?.waiting.find(({ sighting }) => sighting.leaf === leaf)?.sighting.index,
    find: (hashes, signer) => repositories.find(hashes, signer),
    now,
  }
}

interface SeenBatch {
  readonly sightings: readonly EntrySighting[]
  readonly unreadable: readonly number[]
  /** Who vouches for each that somebody did not merely repeat. */
  readonly vouching: readonly (Stranger | 'vouched')[]
  readonly signers: ReadonlyMap<EntrySighting, Signer>
}

/** Those of no object at all, as far as there is room: their objects may still come. */
function waitersOf({ sightings, signers }: SeenBatch, room: number): readonly Waiting[] {
  return sightings
    .flatMap((sighting) => {
      const signer = signers.get(sighting)
      const isLone = sighting.kind === 'uncovered' && sighting.near.length === 0
      return isLone && signer !== undefined ? [{ sighting, signer }] : []
    })
    .slice(0, Math.max(0, room))
}

const UNVOUCHED: readonly EntryKind[] = ['doubtful', 'repeat']

async function lookAtBatch(found: readonly FoundEntry[], looking: Looking): Promise<SeenBatch> {
  const sightings: EntrySighting[] = []
  const unreadable: number[] = []
  const vouching: (Stranger | 'vouched')[] = []
  const signers = new Map<EntrySighting, Signer>()
  // Within a batch too an entry may be there twice.
  const here = new Map<string, number>()
  const within = { ...looking, first: (leaf: string) => looking.first(leaf) ?? here.get(leaf) }
  for (const { place, body } of found) {
    const looked = await lookAtEntry(body, place, within)
    if (looked.unreadable !== undefined) unreadable.push(place)
    if (looked.sighting === undefined) continue
    if (looked.stranger !== undefined) vouching.push(looked.stranger)
    else if (!UNVOUCHED.includes(looked.sighting.kind)) vouching.push('vouched')
    sightings.push(looked.sighting)
    if (looked.signer !== undefined) signers.set(looked.sighting, looked.signer)
    if (!here.has(looked.sighting.leaf)) here.set(looked.sighting.leaf, place)
  }
  return { sightings, unreadable, vouching, signers }
}

interface Seen extends Pick<SeenBatch, 'unreadable'> {
  readonly waiting: readonly Waiting[]
}

function behind(state: MonitorState, next: number, { unreadable, waiting }: Seen): MonitorState {
  return {
    ...state,
    next,
    unreadable: state.unreadable + unreadable.length,
    firstUnreadable: [...state.firstUnreadable, ...unreadable].slice(0, MAX_NAMED),
    waiting: [...state.waiting, ...waiting],
  }
}
