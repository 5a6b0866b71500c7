// One round over one log: its checkpoint is held against the one that was remembered, and what is new in it is looked at.
// Nothing behind a checkpoint that is wrong is looked at, and nothing before it is forgotten.
import { dirname } from 'node:path'
import { Fault } from '../errors.ts'
import { type EntrySighting, type LogSighting, settled, type Waiting } from '../monitor/sighting.ts'
import type { MonitorState } from '../monitor/state.ts'
import { parseCheckpoint } from '../rekor/checkpoint.ts'
import type { LogHead } from '../rekor/client-log.ts'
import { entriesText, frozenProblem, silentProblem, unwitnessedProblem, type Watching } from './monitor-head.ts'
import { holdAgainstPast, isRefusal } from './monitor-past.ts'
import { scanFrom } from './monitor-scan.ts'
import type { MonitorStore } from './monitor-store.ts'
import { lookAtOtherTrees, treeOf } from './monitor-trees.ts'

/** What came of it. The sightings are in the store. */
export interface LogRound {
  /** Places of the tree that were looked at. */
  readonly from: number
  readonly to: number
  readonly isFirst: boolean
  /** Whom it watches is not whom it watched before: what was looked at then is not looked at again. */
  readonly isOtherWatch: boolean
  /** It was asked to begin elsewhere than it once did, and it was not the first. */
  readonly isFromLate: boolean
  /** What is wrong with the log now, told before or not. */
  readonly standing: readonly LogSighting[]
  readonly unreadable: number
  /** The trusted root may not know a CA that it should: who signed by it was not told from who did not. */
  readonly isTrustOld: boolean
  /** Entries whose objects are waited for. */
  readonly waiting: number
}

/** @throws `log` where the log lies, `network` where it does not answer: what was looked at until then is remembered */
export async function lookOn(watching: Watching): Promise<LogRound> {
  if (!watching.rules.rewatch) refuseOthers(watching)
  // Also where the log does not answer: their time is up all the same.
  await settleWaiting(watching)
  try {
    return await lookAtLog(watching)
  } catch (thrown) {
    if (isRefusal(thrown)) rememberSilence(watching, thrown.message)
    throw thrown
  }
}

async function lookAtLog(watching: Watching): Promise<LogRound> {
  const { view, store, rules, now } = watching
  const head = await view.head()
  const unwitnessed = unwitnessedProblem(watching, head)
  const worst = unwitnessed.length > 0 ? unwitnessed : await lookAtOtherTrees(watching, head)
  const before = store.state
  const isFirst = before === undefined || before.note === ''
  const { problems: grave, unproven } =
    worst.length > 0 ? { problems: worst, unproven: before?.unproven } : await holdAgainstPast(watching, head)
  const start = startOf(
    watching,
    head,
    grave.some(({ kind }) => kind === 'tree'),
  )
  const base = isFirst ? blank(watching, head.checkpoint.origin, start) : before
  const round = {
    isFirst,
    isOtherWatch: !isFirst && base.watch !== watchOf(rules),
    isFromLate: !isFirst && isElsewhere(watching, base),
    unreadable: 0,
    isTrustOld: false,
    waiting: base.waiting.length,
  }
  if (grave.some(({ kind }) => kind !== 'tree')) {
    store.commit({ ...base, unproven }, untold(store, grave))
    return { ...round, from: base.next, to: base.next, standing: grave }
  }
  const changed = isFirst || sizeOf(base) !== head.treeSize ? now() : Math.min(base.changed, now())
  const state: MonitorState = {
    ...base,
    origin: head.checkpoint.origin,
    note: head.note,
    from: isFirst || grave.length > 0 ? start : base.from,
    next: start,
    changed,
    unproven,
    trees: !isFirst && grave.length > 0 ? [...base.trees, treeOf(base)] : base.trees,
    watch: watchOf(rules),
  }
  const standing = [...grave, ...frozenProblem(watching, head, changed)]
  store.commit(state, untold(store, standing))
  const scanned = await scanFrom(watching, head, state)
  const after = store.state ?? state
  store.commit({ ...after, reached: now() }, [])
  return { ...round, from: start, to: Number(head.treeSize), standing, ...scanned, waiting: after.waiting.length }
}

/** What was looked at for others would count as looked at for these. */
function refuseOthers({ store, rules, view }: Watching): void {
  const { state } = store
  if (state === undefined || state.note === '' || state.watch.split(' ')[0] === rules.asked) return
  throw new Fault('config', `what ${dirname(store.stem)} remembers of ${view.log.baseUrl} was looked at for others`, {
    hint: `another --state (with --from) looks at it for these too; --rewatch goes on from entry ${state.next}`,
  })
}

function watchOf({ asked, watch }: Watching['rules']): string {
  return `${asked} ${watch.digest}`
}

/** Entries whose objects have come, or have not in the time that they had, wait no longer. */
async function settleWaiting({ store, rules, repositories, now }: Watching): Promise<void> {
  const { state } = store
  if (state === undefined || state.waiting.length === 0) return
  const over: EntrySighting[] = []
  const waiting: Waiting[] = []
  for (const one of state.waiting) {
    const found = await repositories.find(one.sighting.hashes, one.signer)
    const isLate = now() - Date.parse(one.sighting.seen) >= (rules.grace ?? 0)
    if (found.objects.length > 0 || isLate) over.push(settled(one, found))
    else waiting.push(one)
  }
  if (over.length > 0) store.commit({ ...state, waiting }, over)
}

/** Since when a log has not been reached is remembered, also where it never was. */
function rememberSilence(watching: Watching, why: string): void {
  const { store } = watching
  if (store.state === undefined) store.commit(blank(watching, '', 0), [])
  // A clock that was put back since: a time to come would be waited for first.
  else if (store.state.reached > watching.now()) store.commit({ ...store.state, reached: watching.now() }, [])
  const silent = untold(store, silentProblem(watching, why))
  if (silent.length > 0 && store.state !== undefined) store.commit(store.state, silent)
}

/** Where nothing is believed yet but the place at which a first run begins. */
function blank({ store, rules, now }: Watching, origin: string, from: number): MonitorState {
  const none = { journal: 0, sightings: 0, changed: 0, unreadable: 0, firstUnreadable: [] }
  const { reached, begun } = store.state ?? { reached: now(), begun: now() }
  return { origin, note: '', from, next: from, reached, begun, trees: [], watch: watchOf(rules), waiting: [], ...none }
}

/** Who gives the same place each time is told nothing, also where that of a new log or tree is its beginning. */
function isElsewhere(watching: Watching, { from, trees }: MonitorState): boolean {
  const { from: asked } = watching.rules
  if (asked === undefined || asked === from) return false
  return asked < from || !(isNew(watching) || trees.length > 0)
}

/** A log that began after the monitor did is new to everybody: nobody has looked at what is in it. */
function isNew({ rules, view }: Watching): boolean {
  return rules.begun !== undefined && view.log.validFor.start >= rules.begun
}

function startOf(watching: Watching, head: LogHead, isNewTree: boolean): number {
  const { store, rules, view } = watching
  const { state } = store
  if (isNewTree) return 0
  if (state !== undefined && state.note !== '') return state.next
  if (isNew(watching)) return 0
  const size = Number(head.treeSize)
  if (rules.from !== undefined && rules.from > size)
    throw new Fault('usage', `--from: ${view.log.baseUrl} has ${entriesText(head.treeSize)}`, {
      hint: 'a place is that of one log: --url names it',
    })
  if (rules.from !== undefined) return rules.from
  // No checkpoint was good enough since the first run: what has come since then is looked at.
  if (state !== undefined && state.origin !== '')
    return state.origin === head.checkpoint.origin ? Math.min(state.next, size) : 0
  return size
}

function untold(store: MonitorStore, problems: readonly LogSighting[]): readonly LogSighting[] {
  return problems.filter(({ id }) => !store.has(id))
}

function sizeOf({ note }: MonitorState): bigint {
  return parseCheckpoint(note).size
}
