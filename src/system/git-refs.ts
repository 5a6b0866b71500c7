// The refs of a repository as they stand now: every one of them, whatever it holds.
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { World } from './world.ts'

export interface RefNow {
  readonly oid: string
  /** The ref that it is another name of. */
  readonly aliasOf?: string
}

/** By full names, hidden refs too; an alias of what is not there is left out. Throws `git`. */
export async function listRefs(world: World): Promise<ReadonlyMap<string, RefNow>> {
  const { status, stdout, complaint } = await runGit(world, [
    'for-each-ref',
    '--format=%(objectname) %(refname) %(symref)',
  ])
  if (status !== 0) throw new Fault('git', `cannot read the refs: ${complaint || 'git for-each-ref failed'}`)
  const lines = new TextDecoder().decode(stdout).split('\n').slice(0, -1)
  return new Map(
    lines.map((line) => {
      const [oid = '', name = '', aliasOf = ''] = line.split(' ')
      return [name, aliasOf === '' ? { oid } : { oid, aliasOf }]
    }),
  )
}

/** Full name of the branch that is checked out; HEAD where none is. */
export async function readBranch(world: World): Promise<string> {
  const { status, stdout } = await runGit(world, ['symbolic-ref', '--quiet', 'HEAD'])
  return status === 0 ? new TextDecoder().decode(stdout).trimEnd() : 'HEAD'
}
