// Notes on objects, in a ref of their own: read by their place in its tree, and written so that of two who write at once
// neither loses what the other wrote.
import { randomUUID } from 'node:crypto'
import { decodeLatin1 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { GitObject } from './git-object.ts'
import { readObjects } from './git-objects.ts'
import type { World } from './world.ts'

/** Git splits a full tree of notes by the first bytes of the ids. */
const DEPTHS = [0, 1, 2, 3, 4]
const ATTEMPTS = 8

export interface FoundNote {
  readonly ref: string
  readonly bytes: Uint8Array
}

/**
 * The note on an object; undefined where it has none.
 * @param at the notes' ref, or a commit of one: in a push the new value of that ref
 * @throws `git`
 */
export async function readNote(world: World, oid: string, at: string): Promise<Uint8Array | undefined> {
  return (await readNotes(world, [oid], [at])).get(oid)?.[0]?.bytes
}

/** The notes on many objects by one child: of each ref at most one, in the order of `refs`. Throws `git`. */
export async function readNotes(
  world: World,
  oids: readonly string[],
  refs: readonly string[],
): Promise<ReadonlyMap<string, readonly FoundNote[]>> {
  const asked = [...new Set(oids)]
  const found = await readObjects(
    world,
    asked.flatMap((oid) => namesOf(oid, refs)),
  )
  const each = refs.length * DEPTHS.length
  const notes = new Map<string, readonly FoundNote[]>()
  for (const [at, oid] of asked.entries()) {
    const own = notesIn(found.slice(at * each, (at + 1) * each), refs)
    if (own.length > 0) notes.set(oid, own)
  }
  return notes
}

/** An object, undefined where it is not there, and the notes on it, by one child. Throws `git`. */
export async function readNoted(world: World, oid: string, refs: readonly string[]) {
  const [object, ...found] = await readObjects(world, [oid, ...namesOf(oid, refs)])
  return { object, notes: notesIn(found, refs) }
}

function namesOf(oid: string, refs: readonly string[]): readonly string[] {
  return refs.flatMap((ref) => DEPTHS.map((depth) => `${ref}:${placeOf(oid, depth)}`))
}

function notesIn(found: readonly (GitObject | undefined)[], refs: readonly string[]): readonly FoundNote[] {
  return refs.flatMap((ref, at) => {
    const places = found.slice(at * DEPTHS.length, (at + 1) * DEPTHS.length)
    const object = places.find((one) => one?.type === 'blob')
    return object === undefined ? [] : [{ ref, bytes: object.bytes }]
  })
}

/**
 * Replaces the note on an object by what `change` makes of it (empty where it has none), and does so again where somebody
 * else wrote meanwhile. Throws `git`, and what `change` throws.
 */
export async function changeNote(
  world: World,
  oid: string,
  ref: string,
  change: (note: Uint8Array) => Uint8Array,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await refValue(world, ref)
    const note = before === undefined ? undefined : await readNote(world, oid, before)
    const after = await commitNote(world, oid, before, change(note ?? new Uint8Array()))
    const swapped = await runGit(world, [
      'update-ref',
      '-m',
      'gitsigil',
      ref,
      after,
      before ?? '0'.repeat(after.length),
    ])
    if (swapped.status === 0) return
  }
  throw new Fault('git', `cannot write ${ref}: somebody else writes there all the time, or it is locked`)
}

function placeOf(oid: string, depth: number): string {
  const folders = Array.from({ length: depth }, (_, index) => oid.slice(2 * index, 2 * index + 2))
  return [...folders, oid.slice(2 * depth)].join('/')
}

async function refValue(world: World, ref: string): Promise<string | undefined> {
  const { status, stdout } = await runGit(world, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
  return status === 0 ? decodeLatin1(stdout).trim() : undefined
}

// Git's own command makes the tree; it gives its ref away without looking, so it gets one that nobody else has.
async function commitNote(world: World, oid: string, before: string | undefined, note: Uint8Array): Promise<string> {
  const own = `refs/notes/gitsigil-${randomUUID()}`
  try {
    if (before !== undefined) await mustRun(world, ['update-ref', own, before])
    const blob = await mustRun(world, ['hash-object', '-w', '--stdin'], note)
    await mustRun(world, ['notes', `--ref=${own}`, 'add', '-f', '-C', blob, oid])
    return await mustRun(world, ['rev-parse', '--verify', own])
  } finally {
    await runGit(world, ['update-ref', '-d', own])
  }
}

async function mustRun(world: World, args: readonly string[], input?: Uint8Array): Promise<string> {
  const { status, stdout, complaint } = await runGit(world, args, input)
  if (status !== 0) throw new Fault('git', `git ${args[0]}: ${complaint || `status ${status}`}`)
  return decodeLatin1(stdout).trim()
}
