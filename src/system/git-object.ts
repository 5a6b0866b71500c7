// One object of the repository, by any name Git knows, with its exact bytes.
import { decodeLatin1, encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runNaming } from './git.ts'
import { emptyNote } from './git-tips.ts'
import type { World } from './world.ts'

export interface GitObject {
  /** Lower-case hexadecimal. */
  readonly oid: string
  readonly type: 'commit' | 'tag' | 'tree' | 'blob'
  readonly bytes: Uint8Array
  /** The repository's object format. */
  readonly algorithm: 'sha1' | 'sha256'
}

const TYPES: readonly GitObject['type'][] = ['commit', 'tag', 'tree', 'blob']

/**
 * Reads the object that `rev` names: a revision, a ref or an object id, in a bare repository, a worktree or a clone with
 * alternates. Nothing is fetched. Throws `git` where it is missing, `usage` where `rev` cannot be a name, or is that of
 * several refs.
 */
export async function readObject(world: World, rev: string): Promise<GitObject> {
  if (rev === '' || /[\0\n\r]/.test(rev)) throw new Fault('usage', `not a revision: ${JSON.stringify(rev)}`)
  const { status, stdout, complaint } = await runNaming(world, ['cat-file', '--batch'], encodeUtf8(`${rev}\n`))
  const newline = stdout.indexOf(0x0a)
  const header = newline < 0 ? '' : decodeLatin1(stdout.subarray(0, newline))
  if (header.endsWith(' missing')) throw new Fault('git', `no such ${named(rev)}${await emptyNote(world)}`)
  if (header.endsWith(' ambiguous')) throw new Fault('git', `ambiguous object name: ${rev}`)
  if (status !== 0 || newline < 0) throw new Fault('git', `cannot read ${rev}: ${complaint || 'git cat-file failed'}`)
  return parseBatch(header, stdout.subarray(newline + 1), rev)
}

/** What stands before an object in the answers of `git cat-file`: `ID TYPE SIZE`. Undefined for anything else. */
export function parseAnswer(header: string): (Omit<GitObject, 'bytes'> & { readonly size: number }) | undefined {
  const [, oid, kind, size] = /^([0-9a-f]{40}|[0-9a-f]{64}) (\w+) (\d+)$/.exec(header) ?? []
  const type = TYPES.find((known) => known === kind)
  if (oid === undefined || type === undefined) return undefined
  return { oid, type, algorithm: oid.length === 40 ? 'sha1' : 'sha256', size: Number(size) }
}

function named(rev: string): string {
  return rev.endsWith('^{commit}') ? `commit: ${rev.slice(0, -'^{commit}'.length)}` : `object: ${rev}`
}

function parseBatch(header: string, rest: Uint8Array, rev: string): GitObject {
  const answer = parseAnswer(header)
  if (answer === undefined || rest.length !== answer.size + 1)
    throw new Fault('git', `cannot read ${rev}: unexpected answer of git cat-file`)
  const { size: _, ...object } = answer
  return { ...object, bytes: rest.subarray(0, -1) }
}
