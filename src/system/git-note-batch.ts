// Many notes at once, as one commit on their ref: what Git's own command would take a child for each. Where somebody else
// wrote meanwhile, it is made again on top of that.
import { randomUUID } from 'node:crypto'
import { concatBytes, decodeLatin1, encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import { readObjects } from './git-objects.ts'
import type { World } from './world.ts'

const ATTEMPTS = 8

/** Where the notes of a ref are: for each object id the path in its tree and the blob. Empty where there is no such ref. */
export async function listNotes(world: World, at: string): Promise<ReadonlyMap<string, NotePlace>> {
  const { status, stdout } = await runGit(world, ['ls-tree', '-r', '-z', '--full-tree', at])
  const rows = status === 0 ? decodeLatin1(stdout).split('\0').slice(0, -1) : []
  const places = new Map<string, NotePlace>()
  for (const row of rows) {
    const [, blob, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(row) ?? []
    const oid = path?.replaceAll('/', '') ?? ''
    if (blob !== undefined && path !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid))
      places.set(oid, { path, blob })
  }
  return places
}

export interface NotePlace {
  readonly path: string
  readonly blob: string
}

/** Replaces the note of each object by what `change` makes of it (empty where it has none). Throws `git`. */
export async function changeNotes(
  world: World,
  ref: string,
  changes: ReadonlyMap<string, (note: Uint8Array) => Uint8Array>,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS && changes.size > 0; attempt++) {
    const before = await refValue(world, ref)
    const after = await commitNotes(world, before, await notesAfter(world, before, changes))
    const swap = ['update-ref', '-m', 'gitsigil preserve', ref, after, before ?? '0'.repeat(after.length)]
    if ((await runGit(world, swap)).status === 0) return
  }
  if (changes.size > 0)
    throw new Fault('git', `cannot write ${ref}: somebody else writes there all the time, or it is locked`)
}

async function notesAfter(
  world: World,
  before: string | undefined,
  changes: ReadonlyMap<string, (note: Uint8Array) => Uint8Array>,
): Promise<readonly (readonly [path: string, note: Uint8Array])[]> {
  const places = before === undefined ? new Map<string, NotePlace>() : await listNotes(world, before)
  const oids = [...changes.keys()]
  const known = oids.filter((oid) => places.has(oid))
  const blobs = await readObjects(
    world,
    known.map((oid) => places.get(oid)?.blob ?? ''),
  )
  const notes = new Map(known.map((oid, at) => [oid, blobs[at]?.bytes]))
  return oids.map((oid) => {
    const change = changes.get(oid)
    const note = notes.get(oid) ?? new Uint8Array()
    return [places.get(oid)?.path ?? `${oid.slice(0, 2)}/${oid.slice(2)}`, change?.(note) ?? note]
  })
}

async function commitNotes(
  world: World,
  before: string | undefined,
  notes: readonly (readonly [path: string, note: Uint8Array])[],
): Promise<string> {
  const own = `refs/notes/gitsigil-${randomUUID()}`
  const person = await committer(world)
  const head = `feature done\ncommit ${own}\ncommitter ${person}\n${data(encodeUtf8('notes of gitsigil\n'))}`
  const parts = [encodeUtf8(`${head}\n${before === undefined ? '' : `from ${before}\n`}`)]
  for (const [path, note] of notes)
    parts.push(encodeUtf8(`M 100644 inline ${path}\ndata ${note.length}\n`), note, encodeUtf8('\n'))
  try {
    await mustRun(world, ['fast-import', '--quiet', '--force'], concatBytes(...parts, encodeUtf8('\ndone\n')))
    return await mustRun(world, ['rev-parse', '--verify', own])
  } finally {
    await runGit(world, ['update-ref', '-d', own])
  }
}

// Where nobody has told Git who he is, as in a job, the notes are still worth keeping.
async function committer(world: World): Promise<string> {
  const { status, stdout } = await runGit(world, ['var', 'GIT_COMMITTER_IDENT'])
  return status === 0
    ? new TextDecoder().decode(stdout).trim()
    : `gitsigil <gitsigil@localhost> ${Math.floor(world.now() / 1000)} +0000`
}

function data(bytes: Uint8Array): string {
  return `data ${bytes.length}\n${new TextDecoder().decode(bytes)}`
}

async function refValue(world: World, ref: string): Promise<string | undefined> {
  const { status, stdout } = await runGit(world, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
  return status === 0 ? decodeLatin1(stdout).trim() : undefined
}

async function mustRun(world: World, args: readonly string[], input?: Uint8Array): Promise<string> {
  const { status, stdout, complaint } = await runGit(world, args, input)
  if (status !== 0) throw new Fault('git', `git ${args[0]}: ${complaint || `status ${status}`}`)
  return new TextDecoder().decode(stdout).trim()
}
