// How far the ways out of a monitor have told of a journal, on the disk: JSON, a number a way, or a list where something was
// refused. Written whole.
import { encodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { parseDocument } from '../trust/json.ts'

/** How far one way has told. Places count the sightings of the journal. */
export interface Telling {
  /** What stands before it was told, but for what was refused. */
  readonly next: number
  /** Where the sightings stand that were refused for good. */
  readonly refused: readonly number[]
}

const WHAT = 'record of what was told'
/** Most that are remembered as refused: each is told again in each round. */
export const MAX_REFUSED = 256

export function encodeTellings(tellings: ReadonlyMap<string, Telling>): Uint8Array {
  const rows = [...tellings].map(([way, { next, refused }]) => [way, refused.length === 0 ? next : [next, ...refused]])
  return encodeUtf8(`${JSON.stringify(Object.fromEntries(rows))}\n`)
}

/** By the names of the ways. Throws `parse`. */
export function parseTellings(bytes: Uint8Array): ReadonlyMap<string, Telling> {
  return new Map([...parseDocument(bytes, WHAT).fields].map(([way, row]) => [way, readRow(row)]))
}

/** Of one way. One that is new begins with what some other has not told: it may be there because that one failed. */
export function tellingOf(tellings: ReadonlyMap<string, Telling>, way: string): Telling {
  const open = [...tellings.values()].flatMap(({ next, refused }) => [next, ...refused])
  // Without a word of what was told, nothing was.
  return tellings.get(way) ?? { next: open.length === 0 ? 0 : Math.min(...open), refused: [] }
}

function readRow(row: unknown): Telling {
  const [next, ...refused] = (Array.isArray(row) ? row : [row]).map(readPlace)
  if (next === undefined || refused.length > MAX_REFUSED || refused.some((place) => place >= next))
    throw malformed(WHAT, 'what was refused was not told')
  return { next, refused }
}

function readPlace(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw malformed(WHAT, 'not a place')
  return value
}
