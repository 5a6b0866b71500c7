// Notes on commits that were written anew: carried over as `git rebase` does it, by Git's own command and its settings
// (notes.rewriteRef, notes.rewrite.rebase, notes.rewriteMode).
import { decodeLatin1, decodeUtf8, encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import { listNotes } from './git-note-batch.ts'
import type { World } from './world.ts'

/** An old commit and the one in its place. */
export interface Rewritten {
  readonly from: string
  readonly to: string
}

/** What became of the notes: full names of refs. */
export interface CarriedNotes {
  /** Those that have a note on an old commit and on the new one. */
  readonly carried: readonly string[]
  /** Those that have a note on an old commit and none on the new one. */
  readonly left: readonly string[]
}

/** A line for each, as Git's commands and hooks read them. */
export function encodeRewritten(rewritten: readonly Rewritten[]): string {
  return rewritten.map(({ from, to }) => `${from} ${to}\n`).join('')
}

/** @param apart refs whose notes are about the very id, and are never carried. Throws `git`. */
export async function carryNotes(
  world: World,
  rewritten: readonly Rewritten[],
  apart: readonly string[],
): Promise<CarriedNotes> {
  const refs = (await linesOf(world, ['for-each-ref', '--format=%(refname)', 'refs/notes/'])).filter(
    (ref) => !apart.includes(ref),
  )
  const wanted = await wantedRefs(world)
  const meant = refs.filter((ref) => wanted.some((pattern) => matches(pattern, ref)))
  if (meant.length > 0) {
    const env = { ...world.env, GIT_NOTES_REWRITE_REF: meant.join(':') }
    const copy = ['notes', 'copy', '--for-rewrite=rebase', '--stdin']
    const { status, complaint } = await runGit({ ...world, env }, copy, encodeUtf8(encodeRewritten(rewritten)))
    if (status !== 0) throw new Fault('git', `notes were not carried over: ${complaint || 'git notes failed'}`)
  }
  const [carried, left]: [string[], string[]] = [[], []]
  for (const ref of refs) {
    const notes = await listNotes(world, ref)
    const noted = rewritten.filter(({ from }) => notes.has(from))
    if (noted.some(({ to }) => notes.has(to))) carried.push(ref)
    if (noted.some(({ to }) => !notes.has(to))) left.push(ref)
  }
  return { carried, left }
}

/** As Git reads them: the variable, else every value of the setting. */
async function wantedRefs(world: World): Promise<readonly string[]> {
  const given = world.env['GIT_NOTES_REWRITE_REF']
  if (given !== undefined) return given.split(':')
  const { stdout } = await runGit(world, ['config', '-z', '--get-all', 'notes.rewriteRef'])
  return decodeLatin1(stdout).split('\0').slice(0, -1)
}

/** Git's wildmatch without its flag for paths: `*` is anything. */
function matches(pattern: string, ref: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 's').test(ref)
}

async function linesOf(world: World, args: readonly string[]): Promise<readonly string[]> {
  const { status, stdout, complaint } = await runGit(world, args)
  if (status !== 0) throw new Fault('git', `git ${args[0]}: ${complaint || 'it failed'}`)
  return decodeUtf8(stdout).split('\n').slice(0, -1)
}
