// What a monitor keeps of one log on the disk: its state, the journal of what it saw, and how far each way out has told of
// that. The journal is written first and counts only when the state says so: killed in between, both are as before.
import { concatBytes, equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { encodeSighting, isLogSighting, parseSighting, type Sighting } from '../monitor/sighting.ts'
import { encodeState, MAX_STATE, type MonitorState, parseState } from '../monitor/state.ts'
import { encodeTellings, MAX_REFUSED, parseTellings, type Telling, tellingOf } from '../monitor/telling.ts'
import { readBytesIfAny } from '../system/files.ts'
import { appendBehind } from '../system/journal.ts'
import { readLines } from '../system/lines.ts'
import { replaceFile } from '../system/private-files.ts'
import type { LogAuthority } from '../trust/root.ts'
import { stemOf, toldOf } from './monitor-standing.ts'

/** A sighting, and where it stands in the journal. */
export interface Placed {
  readonly place: number
  readonly sighting: Sighting
}

export class MonitorStore {
  /** Files of this log begin with it. */
  readonly stem: string
  #state: MonitorState | undefined
  #count = 0
  readonly #first = new Map<string, number>()
  readonly #ids = new Set<string>()

  /**
   * @param ways by which sightings are told; one that is new begins where the one that is furthest behind stands: it may
   *   be there because that one failed
   * @throws `io` where what is there is damaged
   */
  constructor(folder: string, log: Pick<LogAuthority, 'id'>, ways: readonly string[]) {
    this.stem = stemOf(folder, log)
    const bytes = readBytesIfAny(`${this.stem}.json`, MAX_STATE)
    this.#state = bytes && readWhole(`${this.stem}.json`, () => parseState(bytes))
    if (this.#state !== undefined) appendBehind(this.#journal, this.#state.journal, new Uint8Array())
    for (const sighting of this.#read()) this.#remember(sighting)
    const told = this.#told()
    this.#writeTold(new Map([...told, ...ways.map((way) => [way, tellingOf(told, way)] as const)]))
  }

  /** Undefined before the first run. */
  get state(): MonitorState | undefined {
    return this.#state
  }

  /** Of the entries that were seen with this leaf hash, the first. */
  first(leaf: string): number | undefined {
    return this.#first.get(leaf)
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** Makes the state what it is given and the sightings part of the journal, both or neither. */
  commit(state: Omit<MonitorState, 'journal' | 'sightings'>, sightings: readonly Sighting[]): void {
    const bytes = concatBytes(...sightings.map(encodeSighting))
    const before = this.#state?.journal ?? 0
    if (bytes.length > 0) appendBehind(this.#journal, before, bytes)
    const after = {
      ...state,
      journal: before + bytes.length,
      sightings: this.#count + sightings.length,
    }
    replaceFile(`${this.stem}.json`, encodeState(after))
    this.#state = after
    for (const sighting of sightings) this.#remember(sighting)
  }

  /** What one way out has not told yet. */
  *untold(way: string): Generator<Placed, undefined> {
    const { next } = this.#tellingOf(way)
    for (const one of this.#placed()) if (one.place >= next) yield one
    return undefined
  }

  /** What one way out was refused. */
  refused(way: string): readonly Placed[] {
    const { refused } = this.#tellingOf(way)
    const found: Placed[] = []
    if (refused.length > 0) for (const one of this.#placed()) if (refused.includes(one.place)) found.push(one)
    return found
  }

  /**
   * It has told of all before `next`, but for what was refused. Gives false where that is more than is remembered: it has
   * not told of them then.
   */
  markTold(way: string, next: number, refused: readonly number[] = []): boolean {
    const all = [...this.#tellingOf(way).refused, ...refused]
    if (all.length > MAX_REFUSED) return false
    this.#writeTold(new Map([...this.#told(), [way, { next, refused: all }]]))
    return true
  }

  /** It has told of what it was refused before. */
  markTaken(way: string, taken: readonly number[]): void {
    const { next, refused } = this.#tellingOf(way)
    this.#writeTold(new Map([...this.#told(), [way, { next, refused: refused.filter((one) => !taken.includes(one)) }]]))
  }

  get #journal(): string {
    return `${this.stem}.journal.jsonl`
  }

  *#read(): Generator<Sighting, undefined> {
    if ((this.#state?.journal ?? 0) === 0) return undefined
    for (const line of readLines(this.#journal)) yield readWhole(this.#journal, () => parseSighting(line))
    return undefined
  }

  *#placed(): Generator<Placed, undefined> {
    let place = 0
    for (const sighting of this.#read()) yield { place: place++, sighting }
    return undefined
  }

  #remember(sighting: Sighting): void {
    this.#count++
    this.#ids.add(sighting.id)
    if (!isLogSighting(sighting) && !this.#first.has(sighting.leaf)) this.#first.set(sighting.leaf, sighting.index)
  }

  #tellingOf(way: string): Telling {
    return tellingOf(this.#told(), way)
  }

  /** Of no more than the journal holds: one that begins anew is told from its beginning. */
  #told(): ReadonlyMap<string, Telling> {
    const path = toldOf(this.stem)
    const bytes = readBytesIfAny(path)
    const tellings = bytes === undefined ? [] : [...readWhole(path, () => parseTellings(bytes))]
    return new Map(
      tellings.map(([way, { next, refused }]) => [
        way,
        { next: Math.min(next, this.#count), refused: refused.filter((place) => place < this.#count) },
      ]),
    )
  }

  #writeTold(tellings: ReadonlyMap<string, Telling>): void {
    const path = toldOf(this.stem)
    const bytes = encodeTellings(tellings)
    // A disk that is full for a while ends no monitor that has nothing to write.
    if (!equalBytes(readBytesIfAny(path) ?? new Uint8Array(), bytes)) replaceFile(path, bytes)
  }
}

function readWhole<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof Fault)) throw cause
    throw new Fault('io', `${path} is damaged: ${cause.message}`, {
      cause,
      hint: 'restore it, or begin anew in another folder',
    })
  }
}
