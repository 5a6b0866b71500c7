// The refs of a repository as they stand now: every one of them, whatever it holds.
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { World } from './world.ts'

/** Ids by full names, hidden refs too. Throws `git`. */
export async function listRefs(world: World): Promise<ReadonlyMap<string, string>> {
  const { status, stdout, complaint } = await runGit(world, ['for-each-ref', '--format=%(objectname) %(refname)'])
  if (status !== 0) throw new Fault('git', `cannot read the refs: ${complaint || 'git for-each-ref failed'}`)
  const lines = new TextDecoder().decode(stdout).split('\n').slice(0, -1)
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]))
}

/** Full name of the branch that is checked out; HEAD where none is. */
export async function readBranch(world: World): Promise<string> {
  const { status, stdout } = await runGit(world, ['symbolic-ref', '--quiet', 'HEAD'])
  return status === 0 ? new TextDecoder().decode(stdout).trimEnd() : 'HEAD'
}
