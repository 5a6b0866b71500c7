// The Git configuration that concerns us, by one child, with the scope of each entry: who may name a sandbox depends on it.
import type { ConfigEntry, Scope } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { World } from './world.ts'

const SECTIONS = '^(gitsigil|gitsign|user|extensions)\\.'
const SCOPES: readonly Scope[] = ['system', 'global', 'local', 'worktree', 'command']

/** Reads the configuration in force where the program was started, outside a repository too. Throws `config` or `git`. */
export async function readGitConfig(world: World): Promise<readonly ConfigEntry[]> {
  const { status, stdout, complaint } = await runGit(world, ['config', '-z', '--show-scope', '--get-regexp', SECTIONS])
  // Status 1: nothing matches.
  if (status === 1 && stdout.length === 0) return []
  if (status !== 0) throw new Fault('config', `git config: ${complaint || `status ${status}`}`)
  return parseGitConfig(new TextDecoder().decode(stdout))
}

/** Parses what `git config -z --show-scope` prints: scope, NUL, key, newline and value if there is one, NUL. */
export function parseGitConfig(text: string): readonly ConfigEntry[] {
  const words = text.split('\0')
  const entries: ConfigEntry[] = []
  for (let index = 0; index + 1 < words.length; index += 2) {
    const [scope, item] = [words[index], words[index + 1] ?? '']
    const newline = item.indexOf('\n')
    entries.push({
      scope: SCOPES.find((known) => known === scope) ?? 'unknown',
      key: newline < 0 ? item : item.slice(0, newline),
      value: newline < 0 ? undefined : item.slice(newline + 1),
    })
  }
  return entries
}

/** The last value of a key that is not ours to resolve, for example `user.email`. */
export function gitValue(entries: readonly ConfigEntry[], key: string): string | undefined {
  return entries.findLast((entry) => entry.key === key)?.value
}
