// What the doctor reads of Git: version, settings in force, remotes, and what the configured program is.
import type { GitValue, Program } from '../doctor/git.ts'
import { Fault } from '../errors.ts'
import { runCommand } from '../system/command.ts'
import { resolvePath } from '../system/files.ts'
import { runGit } from '../system/git.ts'
import { gitValue, parseGitConfig } from '../system/git-config.ts'
import type { World } from '../system/world.ts'
import { findExecutable } from './setup-program.ts'

export interface GitFacts {
  /** What `git --version` prints. */
  readonly version: string | undefined
  readonly get: GitValue
  /** URLs of all remotes. */
  readonly remotes: readonly string[]
}

const SECTIONS = '^(gpg|commit|tag|remote)\\.'
const NO_GIT: GitFacts = { version: undefined, get: () => undefined, remotes: [] }

export async function readGitFacts(world: World): Promise<GitFacts> {
  try {
    const version = new TextDecoder().decode((await runGit(world, ['--version'])).stdout).trim()
    const { stdout } = await runGit(world, ['config', '-z', '--show-scope', '--get-regexp', SECTIONS])
    const entries = parseGitConfig(new TextDecoder().decode(stdout))
    const remotes = entries.flatMap(({ key, value }) => (/^remote\..*\.url$/.test(key) && value ? [value] : []))
    return { version, get: (key) => gitValue(entries, key), remotes }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'git') return NO_GIT
    throw thrown
  }
}

const PATIENCE = 5_000

/** Runs the program that Git would run, and hears whether it is this one. */
export async function findProgramFacts(world: World, value: string | undefined): Promise<Program> {
  const path = value === undefined ? undefined : await findExecutable(world, resolveHome(value, world))
  return { value, path, release: path === undefined ? undefined : await findRelease(world, [path]) }
}

/** What a command says it is; undefined where it does not run, or is something else. */
export async function findRelease(world: World, command: readonly string[]): Promise<string | undefined> {
  const ended = await runCommand([...command, 'version', '--json'], { env: world.env, timeout: PATIENCE })
  return ended.how === 'exit' && ended.status === 0 ? releaseIn(new TextDecoder().decode(ended.stdout)) : undefined
}

// Git takes a leading tilde for the home directory.
function resolveHome(value: string, world: World): string {
  return value.startsWith('~/') ? resolvePath(value, world) : value
}

function releaseIn(text: string): string | undefined {
  try {
    const { name, release } = JSON.parse(text) as { readonly name?: unknown; readonly release?: unknown }
    return name === 'gitsigil' && typeof release === 'string' ? `${name} ${release.slice(0, 40)}` : undefined
  } catch {
    return undefined
  }
}
