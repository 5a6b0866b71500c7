// Which commits and tag objects there are to look at: those of a range, or all that branches, tags and each HEAD lead to.
import { decodeLatin1 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit, runNaming } from './git.ts'
import { emptyNote, readHeads, requireIncluded } from './git-tips.ts'
import type { World } from './world.ts'

const EVERYTHING: readonly string[] = ['--branches', '--tags', '--remotes']

/**
 * Ids of the commits that `range` means (as `git rev-list` reads it), newest first, and of the tag objects whose commit is
 * among them; without a range of everything. Throws `git`, `usage` for what could be taken for an option, for the name of
 * several refs, and where all is left out.
 */
export async function listSigned(world: World, range: readonly string[]): Promise<readonly string[]> {
  const option = range.find((word) => word.startsWith('-'))
  if (option !== undefined) throw new Fault('usage', `not a revision: ${JSON.stringify(option)}`)
  requireIncluded(range)
  const commits = await listCommits(world, range)
  const among = new Set(commits)
  const tags = await listTags(world)
  return [...commits, ...tags.filter(({ commit }) => among.has(commit)).map(({ tag }) => tag)]
}

async function listCommits(world: World, range: readonly string[]): Promise<readonly string[]> {
  const words = range.length > 0 ? [...range, '--'] : [...EVERYTHING, '--']
  const heads = range.length === 0 ? (await readHeads(world)).map(({ oid }) => oid) : []
  const { status, stdout, complaint } = await runNaming(world, ['rev-list', ...heads, ...words])
  if (status !== 0)
    throw new Fault('git', `cannot list ${range.join(' ') || 'the commits'}: ${complaint}${await emptyNote(world)}`)
  return decodeLatin1(stdout).split('\n').slice(0, -1)
}

async function listTags(world: World): Promise<readonly { readonly tag: string; readonly commit: string }[]> {
  const format = '--format=%(objecttype) %(objectname) %(*objectname)'
  const { status, stdout, complaint } = await runGit(world, ['for-each-ref', format, 'refs/tags'])
  if (status !== 0) throw new Fault('git', `cannot list the tags: ${complaint}`)
  const rows = decodeLatin1(stdout)
    .split('\n')
    .map((row) => row.split(' '))
  return rows.flatMap(([type, tag, commit]) =>
    type === 'tag' && tag !== undefined && commit !== undefined ? [{ tag, commit }] : [],
  )
}
