// Single settings of one of Git's configuration files, read and written by Git itself: all values of a key, in order.
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import { parseGitConfig } from './git-config.ts'
import type { World } from './world.ts'

/** This repository's configuration, or that of its user. */
export type SettingsScope = 'local' | 'global'

/** Every value that each key has in this file itself, includes left out. Keys as Git prints them. Throws `config`. */
export async function readSettings(
  world: World,
  scope: SettingsScope,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { status, stdout, complaint } = await runGit(world, ['config', `--${scope}`, '-z', '--show-scope', '--list'])
  // Git calls a file that is not there an error.
  const text = status === 0 ? new TextDecoder().decode(stdout) : ''
  if (status !== 0 && !/unable to read|No such file/.test(complaint)) throw unusable(scope, complaint)
  const settings = new Map<string, readonly string[]>()
  for (const { key, value } of parseGitConfig(text)) settings.set(key, [...(settings.get(key) ?? []), value ?? 'true'])
  return settings
}

/**
 * The value that one key has for whoever comes by: of the files, and neither of `git -c` nor of a variable. Undefined where it
 * is not set, or set to nothing.
 */
export async function readSetting(world: World, key: string): Promise<string | undefined> {
  const name = `^${key.toLowerCase().replaceAll('.', '\\.')}$`
  const { stdout } = await runGit(world, ['config', '-z', '--show-scope', '--get-regexp', name])
  const entries = parseGitConfig(new TextDecoder().decode(stdout))
  return entries.findLast(({ scope }) => scope !== 'command')?.value || undefined
}

/** Gives a key exactly these values; none removes it. Throws `config`. */
export async function writeSetting(
  world: World,
  scope: SettingsScope,
  key: string,
  values: readonly string[],
): Promise<void> {
  const [first, ...more] = values
  if (first === undefined) return await change(world, scope, ['--unset-all', key])
  await change(world, scope, ['--replace-all', key, first])
  for (const value of more) await change(world, scope, ['--add', key, value])
}

async function change(world: World, scope: SettingsScope, args: readonly string[]): Promise<void> {
  const { status, complaint } = await runGit(world, ['config', `--${scope}`, ...args])
  // Status 5: there was nothing to remove.
  if (status !== 0 && !(status === 5 && args[0] === '--unset-all')) throw unusable(scope, complaint)
}

function unusable(scope: SettingsScope, complaint: string): Fault {
  const isLocked = complaint.startsWith('could not lock config file')
  const hint = isLocked ? 'where nobody else writes it any more, remove its lock; then run this again' : undefined
  return new Fault('config', `git config --${scope}: ${complaint || 'it failed'}`, hint === undefined ? {} : { hint })
}
