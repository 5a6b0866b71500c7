// Where monitors of a repository stand, for who asks in passing: read from what they remember, and nothing is asked.
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { MAX_STATE, parseState } from '../monitor/state.ts'
import { readBytes, readModified } from '../system/files.ts'
import { findGitFolder } from '../system/git-settings.ts'
import { listDirectories, listFiles } from '../system/private-files.ts'
import type { World } from '../system/world.ts'
import { stateDirectory } from '../trust/place.ts'

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

/** A short name of a question, in hexadecimal. */
export function keyOf(question: unknown): string {
  return hash('sha256', JSON.stringify(question)).slice(0, 16)
}

/** What a repository is called by its monitor; undefined outside of one. */
export async function repositoryName(world: World): Promise<string | undefined> {
  return (await findGitFolder(world))?.replace(/[/\\]\.git$/, '')
}

/** Of the repository here; none where no monitor has run for it alone. Throws `io` and `parse` for a damaged file. */
export async function readMonitorStanding(world: World): Promise<readonly MonitorStanding[]> {
  const name = await repositoryName(world)
  const folder = name === undefined ? undefined : monitorsFolder(world.env, [name])
  if (folder === undefined) return []
  return listDirectories(folder).flatMap((each) => readStanding(join(folder, each)))
}

function readStanding(folder: string): readonly MonitorStanding[] {
  const files = listFiles(folder).filter((file) => /^[0-9a-f]{16}\.json$/.test(file))
  return files.flatMap((file) => {
    const path = join(folder, file)
    const { origin, next, waiting } = parseState(readBytes(path, MAX_STATE))
    return origin === '' ? [] : [{ log: origin, next, waiting: waiting.length, looked: readModified(path) }]
  })
}
