// Telling what a monitor saw: each way out is told what it has not told yet, and that it was told is remembered behind it.
// So a way that fails, or a monitor that is killed, tells again what it may have told, with the same id.
import type { Fault } from '../errors.ts'
import type { Sighting } from '../monitor/sighting.ts'
import type { MonitorStore, Placed } from './monitor-store.ts'

export interface Way {
  /** Under which it is remembered how far it has told. */
  readonly name: string
  /** Sightings of a log at once; absent: those of all logs together, once the round is over. */
  readonly most?: number
  readonly isForAlerts: boolean
  /** Once a round: what one round has used up of time is there again in the next. */
  begin(): Tell
}

/**
 * Returns when they are told for good, or why they are refused for good: what comes after them can be told all the same.
 * Throws why nothing can be told now.
 */
export type Tell = (sightings: readonly Sighting[]) => Promise<Fault | undefined>

/** Hears of each sighting that was refused: it is kept, and told again in the next round. */
export type Refused = (sighting: Sighting, why: Fault) => void

/** Gives how many alerts were told. Throws what the way throws; what it told until then is remembered. */
export async function tellAll(stores: readonly MonitorStore[], way: Way, refused: Refused): Promise<number> {
  const { most } = way
  const say = way.begin()
  if (most === undefined) return await tellTogether(stores, way, say)
  let told = 0
  for (const store of stores) told += await tellOf(store, { ...way, most }, say, refused)
  return told
}

interface Bounded extends Way {
  readonly most: number
}

/** What is new, in its order, and then once more what was refused before. */
async function tellOf(store: MonitorStore, way: Bounded, say: Tell, refused: Refused): Promise<number> {
  const before = store.refused(way.name)
  const tell = async (placed: Iterable<Placed>, mark: Mark) => {
    let told = 0
    for (const batch of batchesOf(placed, way)) {
      const sightings = batch.placed.map(({ sighting }) => sighting)
      const why = sightings.length === 0 ? undefined : await say(sightings)
      const isMarked = mark(batch, why === undefined)
      if (why === undefined) told += sightings.filter(({ alert }) => alert).length
      else for (const sighting of sightings) refused(sighting, why)
      if (!isMarked) break
    }
    return told
  }
  const told = await tell(store.untold(way.name), ({ next, placed }, isTaken) =>
    store.markTold(way.name, next, isTaken ? [] : placesOf(placed)),
  )
  const again = await tell(before, ({ placed }, isTaken) => {
    if (isTaken) store.markTaken(way.name, placesOf(placed))
    return true
  })
  return told + again
}

/** Remembers what was told. Gives false where no more can be. */
type Mark = (batch: Batch, isTaken: boolean) => boolean

interface Batch {
  readonly placed: readonly Placed[]
  /** The place behind it, and behind what the way passes over. */
  readonly next: number
}

function* batchesOf(all: Iterable<Placed>, { most, isForAlerts }: Bounded): Generator<Batch, undefined> {
  let placed: Placed[] = []
  let next: number | undefined
  for (const one of all) {
    next = one.place + 1
    if (one.sighting.alert || !isForAlerts) placed.push(one)
    if (placed.length < most) continue
    yield { placed, next }
    placed = []
    next = undefined
  }
  if (next !== undefined) yield { placed, next }
  return undefined
}

async function tellTogether(stores: readonly MonitorStore[], way: Way, say: Tell): Promise<number> {
  const found = stores.map((store) => ({ store, placed: [...store.untold(way.name)] }))
  const alerts = found.flatMap(({ placed }) => placed.map(({ sighting }) => sighting)).filter(({ alert }) => alert)
  const why = alerts.length === 0 ? undefined : await say(alerts)
  if (why !== undefined) throw why
  for (const { store, placed } of found) {
    const last = placed.at(-1)
    if (last !== undefined) store.markTold(way.name, last.place + 1)
  }
  return alerts.length
}

function placesOf(placed: readonly Placed[]): readonly number[] {
  return placed.map(({ place }) => place)
}
