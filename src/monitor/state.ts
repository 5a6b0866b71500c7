// What a monitor remembers of one log: how far it has read, the checkpoint in which that was proven, and how much of its
// journal belongs to it. Written whole; whatever else the journal holds was not yet so.
import { encodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { parseCheckpoint } from '../rekor/checkpoint.ts'
import {
  int64Of,
  type JsonObject,
  listOf,
  objectOf,
  objectsOf,
  optionalObject,
  optionalText,
  parseDocument,
  textOf,
} from '../trust/json.ts'
import { isLogSighting, parseSighting, type Waiting } from './sighting.ts'

/** How far one tree of a log was looked at: v1 has several. */
export interface TreeState {
  /** First line of the log's checkpoints: v1 has another for each of its trees. Empty where it never answered. */
  readonly origin: string
  /** The signed note of the last checkpoint that went on from the ones before; empty where none was believed yet. */
  readonly note: string
  /** The first place of the tree that is looked at, and the first that is not yet. */
  readonly from: number
  readonly next: number
  /** When the tree was first seen in its present size, milliseconds since 1970. */
  readonly changed: number
}

/** The tree that is looked at now, and what there is beside it. */
export interface MonitorState extends TreeState {
  /** The log's other trees that were looked at. */
  readonly trees: readonly TreeState[]
  /** Bytes of the journal, and the sightings in them. */
  readonly journal: number
  readonly sightings: number
  /** When it was last looked at to its end, or first asked, milliseconds since 1970. */
  readonly reached: number
  /** When it was first asked, milliseconds since 1970. */
  readonly begun: number
  readonly unproven?: Unproven | undefined
  /** Whom it watched, as a digest. */
  readonly watch: string
  /** How many entries had a signer who could not be read, and the first of them. */
  readonly unreadable: number
  readonly firstUnreadable: readonly number[]
  /** Entries whose objects are waited for; in no journal yet. */
  readonly waiting: readonly Waiting[]
}

/** A checkpoint that the log signed and did not prove to go on from the one that is remembered: the first since it did. */
export interface Unproven {
  readonly note: string
  /** Milliseconds since 1970. */
  readonly since: number
  readonly rounds: number
}

const WHAT = 'state of the monitor'
const VERSION = '1'
/** Most entries that are named one by one. */
export const MAX_NAMED = 20
/** Most entries that wait. */
export const MAX_WAITING = 1_000
/** Largest file: names in certificates may be long, and are escaped twice. */
export const MAX_STATE = 256 << 20

export function encodeState(state: MonitorState): Uint8Array {
  const waiting = state.waiting.map((one) => JSON.stringify(one)).join('\n')
  return encodeUtf8(`${JSON.stringify({ version: VERSION, ...state, waiting }, null, 2)}\n`)
}

/** Throws `parse`. */
export function parseState(bytes: Uint8Array): MonitorState {
  const state = parseDocument(bytes, WHAT, MAX_STATE)
  if (textOf(state, 'version') !== VERSION) throw malformed(WHAT, 'of another version')
  const number = (name: string): number => numberOf(state, name)
  return {
    ...parseTree(state),
    trees: objectsOf(state, 'trees').map(parseTree),
    journal: number('journal'),
    sightings: number('sightings'),
    reached: number('reached') || number('changed'),
    begun: number('begun'),
    ...parseUnproven(state),
    watch: textOf(state, 'watch'),
    unreadable: number('unreadable'),
    firstUnreadable: listOf(state, 'firstUnreadable').map(Number).slice(0, MAX_NAMED),
    waiting: textOf(state, 'waiting')
      .split('\n')
      .filter((line) => line !== '')
      .map(parseWaiting),
  }
}

function parseTree(tree: JsonObject): TreeState {
  const [note, next] = [textOf(tree, 'note'), numberOf(tree, 'next')]
  if (note !== '' && BigInt(next) > parseCheckpoint(note).size) throw malformed(WHAT, 'next is beyond its checkpoint')
  return {
    origin: textOf(tree, 'origin'),
    note,
    from: numberOf(tree, 'from'),
    next,
    changed: numberOf(tree, 'changed'),
  }
}

function numberOf(object: JsonObject, name: string): number {
  const value = Number(int64Of(object, name))
  if (!Number.isSafeInteger(value)) throw malformed(WHAT, `${name} is too large`)
  return value
}

function parseUnproven(state: JsonObject): Pick<MonitorState, 'unproven'> {
  const unproven = optionalObject(state, 'unproven')
  if (unproven === undefined) return {}
  const [since, rounds] = [numberOf(unproven, 'since'), numberOf(unproven, 'rounds')]
  return { unproven: { note: textOf(unproven, 'note'), since, rounds } }
}

function parseWaiting(line: string): Waiting {
  const waiting = parseDocument(encodeUtf8(line), 'waiting entry')
  const [sighting, signer] = [objectOf(waiting, 'sighting'), objectOf(waiting, 'signer')]
  const known = parseSighting(JSON.stringify({ version: 1, ...Object.fromEntries(sighting.fields) }))
  if (isLogSighting(known)) throw malformed(WHAT, 'a log does not wait')
  const signature = optionalText(signer, 'signature')
  return {
    sighting: known,
    signer: { certificate: textOf(signer, 'certificate'), ...(signature === undefined ? {} : { signature }) },
  }
}
