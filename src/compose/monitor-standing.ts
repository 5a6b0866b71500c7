// Where monitors of a repository stand, for who asks in passing: read from what they remember, and nothing is asked.
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { MAX_STATE, parseState } from '../monitor/state.ts'
import { readBytes, readModified } from '../system/files.ts'
import { findGitFolder } from '../system/git-settings.ts'
import { listFiles } from '../system/private-files.ts'
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
 * Where a monitor of these repositories remembers what it saw, unless it was told; undefined where there is no home. Other
 * repositories are another question: what was looked at for these would be passed over for those.
 */
export function monitorFolder(env: World['env'], names: readonly string[]): string | undefined {
  const state = stateDirectory(env)
  const unique = [...new Set(names)].sort()
  return state && join(state, 'monitor', hash('sha256', JSON.stringify(unique)).slice(0, 16))
}

/** What a repository is called by its monitor; undefined outside of one. */
export async function repositoryName(world: World): Promise<string | undefined> {
  return (await findGitFolder(world))?.replace(/[/\\]\.git$/, '')
}

/** Of the repository here; none where no monitor has run for it alone. Throws `io` and `parse` for a damaged file. */
export async function readMonitorStanding(world: World): Promise<readonly MonitorStanding[]> {
  const name = await repositoryName(world)
  const folder = name === undefined ? undefined : monitorFolder(world.env, [name])
  if (folder === undefined) return []
  const files = listFiles(folder).filter((file) => /^[0-9a-f]{16}\.json$/.test(file))
  return files.flatMap((file) => {
    const path = join(folder, file)
    const { origin, next, waiting } = parseState(readBytes(path, MAX_STATE))
    return origin === '' ? [] : [{ log: origin, next, waiting: waiting.length, looked: readModified(path) }]
  })
}
