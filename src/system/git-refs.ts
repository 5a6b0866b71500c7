// The refs of a repository as they stand now: every one of them, whatever it holds.
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { World } from './world.ts'

export interface RefNow {
  readonly oid: string
  /** The ref that it is another name of. */
  readonly aliasOf?: string
}

/**
 * Where the refs of the namespace that Git serves are kept (gitnamespaces(7)): `refs/namespaces/NAME/`, one in another for
 * `NAME/OTHER`; empty where it serves none.
 */
export function namespaceOf({ GIT_NAMESPACE: name = '' }: World['env']): string {
  const parts = name.split('/').filter((part) => part !== '')
  return parts.map((part) => `refs/namespaces/${part}/`).join('')
}

/** The name by which whoever is served there knows a ref; undefined for one outside of the namespace. */
export function nameIn(namespace: string, ref: string): string | undefined {
  return ref.startsWith(namespace) ? ref.slice(namespace.length) : undefined
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
