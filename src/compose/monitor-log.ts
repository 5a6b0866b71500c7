// One round over one log: its checkpoint is held against the one that was remembered, and what is new in it is looked at.
// Nothing behind a checkpoint that is wrong is looked at, and nothing before it is forgotten.
import { Fault } from '../errors.ts'
import { type Looking, lookAtEntry } from '../monitor/look.ts'
import type { EntrySighting, LogSighting } from '../monitor/sighting.ts'
import { MAX_NAMED, type MonitorState } from '../monitor/state.ts'
import { parseCheckpoint } from '../rekor/checkpoint.ts'
import type { LogHead } from '../rekor/client-log.ts'
import { frozenProblem, graveProblems, prefixOf, type Rules, type Watching } from './monitor-head.ts'
import type { MonitorStore } from './monitor-store.ts'

/** What came of it. The sightings are in the store. */
export interface LogRound {
  /** Places of the tree that were looked at. */
  readonly from: number
  readonly to: number
  readonly isFirst: boolean
  /** Whom it watches is not whom it watched before: what was looked at then is not looked at again. */
  readonly isOtherWatch: boolean
  /** What is wrong with the log now, told before or not. */
  readonly standing: readonly LogSighting[]
  readonly unreadable: number
}

/** Entries that are looked at before that is remembered. */
const EVERY = 8_192

/** @throws `log` where the log lies, `network` where it does not answer: what was looked at until then is remembered */
export async function lookOn(watching: Watching): Promise<LogRound> {
  const { view, store, rules } = watching
  const head = await view.head()
  const before = store.state
  const isFirst = before === undefined || before.note === ''
  const grave = await graveProblems(watching, head)
  const base = before ?? blank(head, rules)
  const round = { isFirst, isOtherWatch: !isFirst && base.watch !== rules.watch.digest, unreadable: 0 }
  if (grave.some(({ kind }) => kind !== 'tree')) {
    store.commit(base, untold(store, grave))
    return { ...round, from: base.next, to: base.next, standing: grave }
  }
  const start = startOf(watching, head, grave.length > 0)
  const changed = isFirst || sizeOf(base) !== head.treeSize ? watching.now() : base.changed
  const state: MonitorState = {
    ...base,
    origin: head.checkpoint.origin,
    note: head.note,
    from: isFirst || grave.length > 0 ? start : base.from,
    next: start,
    changed,
    watch: rules.watch.digest,
  }
  const standing = [...grave, ...frozenProblem(watching, head, changed)]
  store.commit(state, untold(store, standing))
  const unreadable = await scanFrom(watching, head, state)
  return { ...round, from: start, to: Number(head.treeSize), standing, unreadable }
}

function blank(head: LogHead, { watch }: Rules): MonitorState {
  const { origin } = head.checkpoint
  const none = { from: 0, next: 0, journal: 0, sightings: 0, changed: 0, unreadable: 0, firstUnreadable: [] }
  return { origin, note: '', watch: watch.digest, ...none }
}

function startOf({ store, rules, view }: Watching, head: LogHead, isNewTree: boolean): number {
  const { state } = store
  if (isNewTree) return 0
  if (state !== undefined && state.note !== '') return state.next
  const size = Number(head.treeSize)
  if (rules.from !== undefined && rules.from > size)
    throw new Fault('usage', `--from: ${view.log.baseUrl} has ${size} entries`)
  return rules.from ?? size
}

function untold(store: MonitorStore, problems: readonly LogSighting[]): readonly LogSighting[] {
  return problems.filter(({ id }) => !store.has(id))
}

function sizeOf({ note }: MonitorState): bigint {
  return parseCheckpoint(note).size
}

/** Gives how many entries had a signer who could not be read. */
async function scanFrom(watching: Watching, head: LogHead, from: MonitorState): Promise<number> {
  const { store, scan, signal, progress } = watching
  const size = Number(head.treeSize)
  const looking = await composeLooking(watching, head)
  let state = from
  let sightings: EntrySighting[] = []
  const remember = () => {
    if (state.next === store.state?.next) return
    store.commit(state, sightings)
    sightings = []
  }
  try {
    for await (const { from: start, bodies } of scan.entries(head, from.next, size)) {
      signal.throwIfAborted()
      const seen = await lookAtBatch(start, bodies, looking)
      sightings.push(...seen.sightings)
      state = behind(state, start + bodies.length, seen.unreadable)
      if (sightings.length > 0 || state.next - (store.state?.next ?? 0) >= EVERY) remember()
      progress(state.next - from.next, size - from.next)
    }
  } finally {
    remember()
  }
  return state.unreadable - from.unreadable
}

async function composeLooking({ rules, view, store, repositories, now }: Watching, head: LogHead): Promise<Looking> {
  return {
    watch: rules.watch,
    trust: rules.trust,
    alertOn: rules.alertOn,
    log: view.log.baseUrl,
    prefix: prefixOf(view, head),
    firstIndex: await view.firstIndex(),
    first: (leaf) => store.first(leaf),
    find: (facts, claimant) => repositories.find(facts, claimant),
    now,
  }
}

interface SeenBatch {
  readonly sightings: readonly EntrySighting[]
  readonly unreadable: readonly number[]
}

async function lookAtBatch(start: number, bodies: readonly Uint8Array[], looking: Looking): Promise<SeenBatch> {
  const sightings: EntrySighting[] = []
  const unreadable: number[] = []
  // Within a batch too an entry may be there twice.
  const here = new Map<string, number>()
  const within = { ...looking, first: (leaf: string) => looking.first(leaf) ?? here.get(leaf) }
  for (const [i, body] of bodies.entries()) {
    const looked = await lookAtEntry(body, start + i, within)
    if (looked.unreadable !== undefined) unreadable.push(start + i)
    if (looked.sighting === undefined) continue
    sightings.push(looked.sighting)
    if (!here.has(looked.sighting.leaf)) here.set(looked.sighting.leaf, start + i)
  }
  return { sightings, unreadable }
}

function behind(state: MonitorState, next: number, unreadable: readonly number[]): MonitorState {
  return {
    ...state,
    next,
    unreadable: state.unreadable + unreadable.length,
    firstUnreadable: [...state.firstUnreadable, ...unreadable].slice(0, MAX_NAMED),
  }
}
