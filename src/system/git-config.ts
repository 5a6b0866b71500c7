// The Git configuration that concerns us, by one child, with the scope of each entry: who may name a sandbox depends on it.
import { existsSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { ConfigEntry, Scope } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { World } from './world.ts'

// The last one stands in every repository's own file, and so tells where that is without another child.
const SECTIONS =
  '^(gitsigil|gitsign|user|extensions)\\.|^gpg\\.((openpgp|ssh)\\.)?program$|^core\\.repositoryformatversion$'
const REPOSITORY = 'core.repositoryformatversion'
const SCOPES: readonly Scope[] = ['system', 'global', 'local', 'worktree', 'command']

/**
 * Reads the configuration in force where the program was started, outside a repository too. Throws `config`, and `git` where
 * there is a repository whose own configuration Git does not read.
 */
export async function readGitConfig(world: World): Promise<readonly ConfigEntry[]> {
  const entries = await listEntries(world)
  // Git leaves out, in silence, what a repository says that is somebody else's: it would pass for one without a policy.
  if (!entries.some(({ scope }) => scope === 'local') && mayBeInRepository(world)) await requireNone(world)
  return entries
}

async function listEntries(world: World): Promise<readonly ConfigEntry[]> {
  const args = ['config', '-z', '--show-scope', '--show-origin', '--get-regexp', SECTIONS]
  const { status, stdout, complaint } = await runGit(world, args)
  // Status 1: nothing matches.
  if (status === 1 && stdout.length === 0) return []
  if (status !== 0) throw new Fault('config', `git config: ${complaint || `status ${status}`}`)
  return parseGitConfig(new TextDecoder().decode(stdout), true)
}

/** Whether a child is worth asking. What makes a folder a repository, Git says. */
function mayBeInRepository({ cwd, env }: World): boolean {
  if (env['GIT_DIR'] !== undefined) return true
  try {
    return looksLikeRepository(realpathSync(cwd))
  } catch {
    // A folder above may be closed to us, and Git has the word.
    return true
  }
}

function looksLikeRepository(folder: string): boolean {
  if (existsSync(join(folder, '.git')) || existsSync(join(folder, 'HEAD'))) return true
  return folder !== dirname(folder) && looksLikeRepository(dirname(folder))
}

/** Throws `git` where Git finds a repository and does not go into it. */
async function requireNone(world: World): Promise<void> {
  const { findGitFolder } = await import('./git-folder.ts')
  await findGitFolder(world)
}

/**
 * Parses what `git config -z --show-scope` prints: scope, NUL, key, newline and value if there is one, NUL.
 * @param hasOrigins with `--show-origin`: the origin and NUL stand behind the scope
 */
export function parseGitConfig(text: string, hasOrigins = false): readonly ConfigEntry[] {
  const words = text.split('\0')
  const entries: ConfigEntry[] = []
  const length = hasOrigins ? 3 : 2
  for (let index = 0; index + length <= words.length; index += length) {
    const [scope, origin] = [words[index], hasOrigins ? words[index + 1] : undefined]
    entries.push(parseEntry(scope, words[index + length - 1] ?? '', origin))
  }
  return entries
}

function parseEntry(scope: string | undefined, item: string, origin: string | undefined): ConfigEntry {
  const newline = item.indexOf('\n')
  const key = newline < 0 ? item : item.slice(0, newline)
  const isOwn = key === REPOSITORY && scope === 'local' && origin?.startsWith('file:') === true
  return {
    scope: SCOPES.find((known) => known === scope) ?? 'unknown',
    key,
    value: newline < 0 ? undefined : item.slice(newline + 1),
    ...(isOwn ? { origin: origin.slice('file:'.length) } : {}),
  }
}

/**
 * The file of the repository's own configuration; undefined outside of one, or where Git names it from another folder
 * than the one we are in.
 */
export function repositoryConfigPath(entries: readonly ConfigEntry[], world: Pick<World, 'cwd'>): string | undefined {
  const origin = entries.findLast(({ key, scope }) => key === REPOSITORY && scope === 'local')?.origin
  if (origin === undefined) return undefined
  const path = resolve(world.cwd, origin)
  return isAbsolute(origin) || existsSync(path) ? path : undefined
}

/** The last value of a key that is not ours to resolve, for example `user.email`. */
export function gitValue(entries: readonly ConfigEntry[], key: string): string | undefined {
  return entries.findLast((entry) => entry.key === key)?.value
}
