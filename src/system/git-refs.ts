// The refs of a repository as they stand now, every one of them, and how two commits lie to each other.
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

/** Whether the one is reached from the other. Throws `git` where that cannot be said. */
export async function isAncestor(world: World, ancestor: string, descendant: string): Promise<boolean> {
  const { status, complaint } = await runGit(world, ['merge-base', '--is-ancestor', ancestor, descendant])
  if (status === 0 || status === 1) return status === 0
  throw new Fault('git', `cannot compare ${ancestor} and ${descendant}: ${complaint || 'git merge-base failed'}`)
}
