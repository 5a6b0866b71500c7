// One entry of a commit's tree: its mode, which its object does not tell.
import { decodeLatin1 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { World } from './world.ts'

/** The mode of what stands at `path`, six octal digits; undefined where nothing does. Throws `git`. */
export async function findTreeEntry(world: World, commit: string, path: string): Promise<string | undefined> {
  const { status, stdout, complaint } = await runGit(world, ['ls-tree', '-z', '--full-tree', commit, '--', path])
  if (status !== 0) throw new Fault('git', `cannot read the tree of ${commit}: ${complaint}`)
  return /^(\d{6}) /.exec(decodeLatin1(stdout))?.[1]
}
