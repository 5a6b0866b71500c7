// Where a repository's hooks are, and the files there: put in place as a whole, with what was there kept beside.
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  renameSync,
  statSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { readBytesIfAny } from './files.ts'
import { runGit } from './git.ts'
import { findGitFolder, requireGitFolder } from './git-folder.ts'
import { removeFile, replaceFile } from './private-files.ts'
import type { World } from './world.ts'

export interface HookFolder {
  /** Absolute; need not exist. */
  readonly folder: string
  readonly isBare: boolean
  /** Top of the work tree, or the folder of a bare repository. */
  readonly top: string
  /** Scope of Git's configuration that named the folder; undefined where it is the repository's own. */
  readonly namedBy: string | undefined
}

/** Largest hook file that is looked at. */
const MAX_HOOK = 1 << 20
const PLACES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR'] as const
const HINT = 'run it in the repository that is to have the hooks'

/** Follows core.hooksPath, worktrees included. Throws `usage` outside of a repository. */
export async function findHookFolder(world: World): Promise<HookFolder> {
  await requireGitFolder(world, HINT)
  const isBare = (await ask(world, ['rev-parse', '--is-bare-repository'])) === 'true'
  const top = await ask(world, ['rev-parse', isBare ? '--absolute-git-dir' : '--show-toplevel'])
  if (top === undefined) throw new Fault('usage', 'this is no work tree', { hint: HINT })
  // A relative core.hooksPath starts where Git runs hooks, which is there.
  const path = await ask({ ...world, cwd: top, env: placedIn(world) }, ['rev-parse', '--git-path', 'hooks'])
  if (path === undefined) throw new Fault('git', 'git rev-parse does not say where the hooks are')
  const named = await ask(world, ['config', '--show-scope', '--get', 'core.hooksPath'])
  return { folder: resolve(top, path), isBare, top, namedBy: named?.split('\t')[0] }
}

/** The environment for a child in another folder: what names the repository by a relative path starts at ours. */
export function placedIn({ env, cwd }: Pick<World, 'env' | 'cwd'>): World['env'] {
  const named = PLACES.flatMap((name) => (env[name] ? [[name, resolve(cwd, env[name])]] : []))
  return { ...env, ...Object.fromEntries(named) }
}

/** Also false outside of a repository. Throws `git` for one that Git cannot use. */
export async function isBareRepository(world: World): Promise<boolean> {
  if ((await findGitFolder(world)) === undefined) return false
  return (await ask(world, ['rev-parse', '--is-bare-repository'])) === 'true'
}

/** Throws `config` where no hook can be: core.hooksPath names a file, such as /dev/null, by which some turn hooks off. */
export function requireHooksPossible({ folder, namedBy }: HookFolder): void {
  if (!isFile(folder)) return
  const named = namedBy === undefined ? folder : `core.hooksPath (${namedBy}) names ${folder}, which`
  const unset = namedBy === undefined ? 'remove it' : 'unset core.hooksPath, or let it name a folder'
  throw new Fault('config', `${named} is no folder: Git runs no hook`, { hint: unset })
}

/** Text of a hook file; undefined where there is none. */
export function readHook(folder: string, name: string): string | undefined {
  if (isFile(folder)) return undefined
  const bytes = readBytesIfAny(join(folder, name), MAX_HOOK)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

/** Whether anything has this name, a dangling link too. */
export function isTaken(folder: string, name: string): boolean {
  return lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined
}

/** Whether this user may execute it, which is what Git asks: it passes over a hook that it may not. */
export function isExecutable(folder: string, name: string): boolean {
  try {
    accessSync(join(folder, name), constants.X_OK)
    return true
  } catch {
    return false
  }
}

export function hasFile(folder: string, name: string): boolean {
  return existsSync(join(folder, name))
}

/** Puts an executable file there, whole or not at all. Throws `io`. */
export function writeHook(folder: string, name: string, text: string): void {
  const path = join(folder, name)
  attempt(path, () => mkdirSync(folder, { recursive: true }))
  const temporary = `${path}.gitsigil-new`
  replaceFile(temporary, encodeUtf8(text))
  attempt(path, () => {
    chmodSync(temporary, 0o755)
    renameSync(temporary, path)
  })
}

/** Gives a file a second name, so that it can be replaced without a moment in which there is none. Throws `io`. */
export function keepHook(folder: string, name: string, kept: string): void {
  attempt(join(folder, kept), () => linkSync(join(folder, name), join(folder, kept)))
}

/** Puts a kept file in the place of what is there: its bytes, its mode and a link's target are as before. Throws `io`. */
export function restoreHook(folder: string, name: string, kept: string): void {
  attempt(join(folder, name), () => renameSync(join(folder, kept), join(folder, name)))
}

export function removeHook(folder: string, name: string): void {
  removeFile(join(folder, name))
}

/** Whether a file is there, or where one of the folders above should be. */
function isFile(folder: string): boolean {
  if (existsSync(folder)) return !statSync(folder).isDirectory()
  return folder !== dirname(folder) && isFile(dirname(folder))
}

async function ask(world: World, args: readonly string[]): Promise<string | undefined> {
  const { status, stdout } = await runGit(world, args)
  return status === 0 ? new TextDecoder().decode(stdout).replace(/\n$/, '') : undefined
}

function attempt(path: string, work: () => void): void {
  try {
    work()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it failed'
    throw new Fault('io', `cannot write ${path}: ${code}`, { cause })
  }
}
