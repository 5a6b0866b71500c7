// A monitor's memory of one log, for tests of how it is told.
import { MonitorStore } from '../../src/compose/monitor-store.ts'
import type { Sighting } from '../../src/monitor/sighting.ts'
import { makeLog } from './log.ts'
import { entrySighting } from './sightings.ts'

const { authority } = makeLog('ed25519')
const BEGUN = {
  origin: 'log',
  note: '',
  from: 0,
  next: 0,
  changed: 0,
  reached: 0,
  begun: 0,
  watch: '',
  unreadable: 0,
  trees: [],
}

/** A monitor's folder with these alerts more, told by these ways. */
export function see(folder: string, ways: readonly string[], more: readonly (string | Sighting)[] = []): MonitorStore {
  const store = new MonitorStore(folder, authority, ways)
  const sightings = more.map((one) => (typeof one === 'string' ? entrySighting({ id: one }) : one))
  if (more.length > 0) store.commit({ ...BEGUN, firstUnreadable: [], waiting: [] }, sightings)
  return store
}

/** Ids of what a way has not told. */
export function untold(store: MonitorStore, way: string): readonly string[] {
  return [...store.untold(way)].map(({ sighting }) => sighting.id)
}

/** Ids of what it was refused. */
export function refused(store: MonitorStore, way: string): readonly string[] {
  return store.refused(way).map(({ sighting }) => sighting.id)
}
