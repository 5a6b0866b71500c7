// What a monitor keeps of one log on the disk: its state, the journal of what it saw, and how far each way out has told of
// that. The journal is written first and counts only when the state says so: killed in between, both are as before.
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { encodeSighting, isLogSighting, parseSighting, type Sighting } from '../monitor/sighting.ts'
import { encodeState, MAX_STATE, type MonitorState, parseState } from '../monitor/state.ts'
import { readBytesIfAny } from '../system/files.ts'
import { appendBehind } from '../system/journal.ts'
import { readLines } from '../system/lines.ts'
import { replaceFile } from '../system/private-files.ts'
import type { LogAuthority } from '../trust/root.ts'
import { stemOf } from './monitor-standing.ts'

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
    // Without a word of what was told, nothing was.
    const behind = Math.min(...(Object.keys(told).length === 0 ? [0] : Object.values(told)))
    this.#writeTold({ ...Object.fromEntries(ways.map((way) => [way, behind])), ...told })
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
  *untold(way: string): Generator<Sighting, undefined> {
    let skip = this.#told()[way] ?? 0
    for (const sighting of this.#read()) if (skip-- <= 0) yield sighting
    return undefined
  }

  /** It has told of `count` more. */
  markTold(way: string, count: number): void {
    const told = this.#told()
    this.#writeTold({ ...told, [way]: (told[way] ?? 0) + count })
  }

  get #journal(): string {
    return `${this.stem}.journal.jsonl`
  }

  *#read(): Generator<Sighting, undefined> {
    if ((this.#state?.journal ?? 0) === 0) return undefined
    for (const line of readLines(this.#journal)) yield readWhole(this.#journal, () => parseSighting(line))
    return undefined
  }

  #remember(sighting: Sighting): void {
    this.#count++
    this.#ids.add(sighting.id)
    if (!isLogSighting(sighting) && !this.#first.has(sighting.leaf)) this.#first.set(sighting.leaf, sighting.index)
  }

  #told(): Readonly<Record<string, number>> {
    const path = `${this.stem}.told.json`
    const bytes = readBytesIfAny(path)
    if (bytes === undefined) return {}
    const value = readWhole(path, () => JSON.parse(decodeUtf8(bytes)) as unknown)
    const rows = Object.entries(value ?? {}).filter(([, count]) => Number.isSafeInteger(count))
    return Object.fromEntries(rows.map(([way, count]) => [way, Math.min(Number(count), this.#count)]))
  }

  #writeTold(told: Readonly<Record<string, number>>): void {
    const path = `${this.stem}.told.json`
    const bytes = encodeUtf8(`${JSON.stringify(told)}\n`)
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
