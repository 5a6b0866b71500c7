// Where monitors of a repository stand, for who asks in passing: read from what they remember, and nothing is asked.
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { toHex } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { MAX_STATE, parseState } from '../monitor/state.ts'
import { parseTellings, type Telling, tellingOf } from '../monitor/telling.ts'
import { readBytes, readBytesIfAny, readModified } from '../system/files.ts'
import { findGitFolder } from '../system/git-folder.ts'
import { listDirectories, listFiles } from '../system/private-files.ts'
import type { World } from '../system/world.ts'
import { stateDirectory } from '../trust/place.ts'
import type { LogAuthority } from '../trust/root.ts'

/** How far one log was looked at. */
export interface MonitorStanding {
  /** First line of its checkpoints. */
  readonly log: string
  /** Entries before this place were looked at. */
  readonly next: number
  /** Entries whose objects are waited for. */
  readonly waiting: number
  /** When a monitor last remembered anything of it, milliseconds since 1970. */
  readonly looked: number
}

/**
 * Where monitors of these repositories remember what they saw, unless they were told: each in a folder that is named by whom
 * it watches. Undefined where there is no home. Other repositories and other people are another question: what was looked
 * at for these would be passed over for those.
 */
export function monitorsFolder(env: World['env'], names: readonly string[]): string | undefined {
  const state = stateDirectory(env)
  return state && join(state, 'monitor', keyOf([...new Set(names)].sort()))
}

/** Where a monitor remembers one log: what its files begin with. */
export function stemOf(folder: string, { id }: Pick<LogAuthority, 'id'>): string {
  return join(folder, toHex(id).slice(0, 16))
}

/** What a log takes in within a day of its end may still be signed before it. */
const A_DAY = 86_400_000

/** The record of what was told of it. */
export function toldOf(stem: string): string {
  return `${stem}.told.json`
}

/**
 * Whether a monitor has begun with a log that has come to its end, and not looked at it since then or not told all of it by
 * these ways: what was signed until then is good for ever.
 */
export function isUnfinished(
  folder: string,
  log: Pick<LogAuthority, 'id' | 'validFor'>,
  ways: readonly string[],
): boolean {
  const stem = stemOf(folder, log)
  const bytes = readBytesIfAny(`${stem}.json`, MAX_STATE)
  const { end } = log.validFor
  if (bytes === undefined || end === undefined) return false
  try {
    const { reached, waiting, sightings } = parseState(bytes)
    if (reached < end + A_DAY || waiting.length > 0) return true
    const told = readBytesIfAny(toldOf(stem))
    const tellings = told === undefined ? new Map() : parseTellings(told)
    const isTold = ({ next, refused }: Telling) => next >= sightings && refused.length === 0
    return !ways.every((way) => isTold(tellingOf(tellings, way)))
  } catch (thrown) {
    // Who looks at it says which file is damaged.
    if (thrown instanceof Fault) return true
    throw thrown
  }
}

/** A short name of a question, in hexadecimal. */
export function keyOf(question: unknown): string {
  return hash('sha256', JSON.stringify(question)).slice(0, 16)
}

/** What a repository is called by its monitor; undefined outside of one. */
export async function repositoryName(world: World): Promise<string | undefined> {
  return (await findGitFolder(world))?.replace(/[/\\]\.git$/, '')
}

/** Git names files as it finds them from where it runs: of several repositories it must be said which. */
export async function aboutRepository<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (!(thrown instanceof Fault) || (thrown.code !== 'git' && thrown.code !== 'config')) throw thrown
    const hint = thrown.hint === undefined ? {} : { hint: thrown.hint }
    throw new Fault(thrown.code, `${name}: ${thrown.message}`, { cause: thrown, ...hint })
  }
}

/** Of the repository here; none where no monitor has run for it alone. Throws `io` and `parse` for a damaged file. */
export async function readMonitorStanding(world: World): Promise<readonly MonitorStanding[]> {
  const name = await repositoryName(world)
  const folder = name === undefined ? undefined : monitorsFolder(world.env, [name])
  if (folder === undefined) return []
  return listDirectories(folder).flatMap((each) => readStanding(join(folder, each)))
}

/** When the monitor of a folder first asked any log; undefined where it never has. What is damaged is told elsewhere. */
export function readBegun(folder: string): number | undefined {
  const found = stateFiles(folder).flatMap((path) => {
    try {
      return [parseState(readBytes(path, MAX_STATE)).begun]
    } catch (thrown) {
      if (thrown instanceof Fault) return []
      throw thrown
    }
  })
  return found.length === 0 ? undefined : Math.min(...found)
}

function stateFiles(folder: string): readonly string[] {
  const files = listFiles(folder).filter((file) => /^[0-9a-f]{16}\.json$/.test(file))
  return files.map((file) => join(folder, file))
}

function readStanding(folder: string): readonly MonitorStanding[] {
  return stateFiles(folder).flatMap((path) => {
    const { origin, next, waiting } = parseState(readBytes(path, MAX_STATE))
    return origin === '' ? [] : [{ log: origin, next, waiting: waiting.length, looked: readModified(path) }]
  })
}
