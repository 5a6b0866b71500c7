// Where `setup` keeps what it changed: beside the repository's configuration, or in the user's state folder.
import { dirname, join } from 'node:path'
import { Fault } from '../errors.ts'
import type { Change } from '../setup/plan.ts'
import { encodeChanges, parseChanges } from '../setup/record.ts'
import { readBytesIfAny } from '../system/files.ts'
import { requireGitFolder } from '../system/git-folder.ts'
import type { SettingsScope } from '../system/git-settings.ts'
import { makePrivateDirectory, removeFile, replaceFile } from '../system/private-files.ts'
import type { World } from '../system/world.ts'
import { stateDirectory } from '../trust/place.ts'

export interface Place {
  readonly scope: SettingsScope
  /** The repository's Git folder; undefined for the user's configuration. */
  readonly folder: string | undefined
  /** The record's file. */
  readonly file: string
}

/**
 * Throws `usage` outside of a repository, `config` where there is no place for the record.
 * @param undo what was called, for a hint
 */
export async function findRecord(world: World, scope: SettingsScope, undo: boolean): Promise<Place> {
  if (scope === 'global') return { scope, folder: undefined, file: join(stateFolder(world), 'setup.json') }
  const hint = undo
    ? `run it in the repository that was set up; ${world.name} setup --undo --global takes back what was made for all`
    : `${world.name} setup --global sets it up for all of your repositories`
  const folder = await requireGitFolder(world, hint)
  return { scope, folder, file: join(folder, 'gitsigil-setup.json') }
}

export function readRecord({ file }: Place): readonly Change[] {
  const bytes = readBytesIfAny(file)
  return bytes === undefined ? [] : parseChanges(bytes)
}

export function writeRecord({ scope, file }: Place, changes: readonly Change[]): void {
  if (scope === 'global') makePrivateDirectory(dirname(file))
  if (changes.length === 0) removeFile(file)
  else replaceFile(file, encodeChanges(changes))
}

function stateFolder({ env }: World): string {
  const folder = stateDirectory(env)
  if (folder !== undefined) return folder
  throw new Fault('config', 'no place to remember what setup changes: set HOME or XDG_STATE_HOME')
}
