// Where the repository's own files are, or why Git does not go into it.
import { resolve } from 'node:path'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { World } from './world.ts'

/**
 * The folder of the repository's Git files, shared by its worktrees; undefined outside of one. Throws `git`, with Git's own
 * reason, for one that Git cannot use.
 */
export async function findGitFolder(world: World): Promise<string | undefined> {
  const { status, stdout, complaint } = await runGit(world, ['rev-parse', '--git-common-dir'])
  if (status === 0) return resolve(world.cwd, new TextDecoder().decode(stdout).replace(/\n$/, ''))
  // With a colon: a `.git` or GIT_DIR that leads nowhere.
  if (/^not a git repository \(/.test(complaint)) return undefined
  throw new Fault('git', complaint || 'git rev-parse failed')
}

/** The same where there has to be one: throws `usage`, with this hint, outside of a repository. */
export async function requireGitFolder(world: World, hint: string): Promise<string> {
  const folder = await findGitFolder(world)
  if (folder === undefined) throw new Fault('usage', 'this is no Git repository', { hint })
  return folder
}
