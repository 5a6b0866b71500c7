// The log entries that a repository keeps of its signatures in online mode: in notes, where anybody may have written them.
import { NOTES_REF, parseNote } from '../attest/notes.ts'
import { parseBundle } from '../bundle/bundle.ts'
import { entriesOf } from '../bundle/online.ts'
import { Fault } from '../errors.ts'
import type { LogEntry } from '../rekor/entry.ts'
import { type FoundNote, readNoted, readNotes } from '../system/git-notes.ts'
import type { GitObject } from '../system/git-object.ts'
import { findObjects } from '../system/git-objects.ts'
import type { World } from '../system/world.ts'
import type { Certificate } from '../x509/certificate.ts'

/** Ours, and where `setup --notes` has those of the remote put. */
export const NOTES_REFS: readonly string[] = [NOTES_REF, 'refs/notes/origin/gitsigil']

/** Of one object, a ref each. */
export type Notes = readonly FoundNote[]

export interface KeptEntries {
  readonly entries: readonly LogEntry[]
  /** Why a line of a note is passed over; a line each. */
  readonly ignored: readonly string[]
}

/** The notes on an object, and the object itself as it lies in the repository: undefined where it does not. */
export async function readHeld(world: World, oid: string): Promise<{ object: GitObject | undefined; notes: Notes }> {
  return await orNothing(readNoted(world, oid, NOTES_REFS), { object: undefined, notes: [] })
}

/** Those of the refs that are there. */
export async function findNotesRefs(world: World): Promise<readonly string[]> {
  const found = await orNothing(findObjects(world, NOTES_REFS), [])
  return NOTES_REFS.filter((_, at) => found[at] !== undefined)
}

/** The notes on objects, by one child. */
export async function readAllNotes(
  world: World,
  oids: readonly string[],
  refs = NOTES_REFS,
): Promise<ReadonlyMap<string, Notes>> {
  return await orNothing(readNotes(world, oids, refs), new Map())
}

// Outside of a repository, and where Git cannot read them, there are none.
async function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  try {
    return await reading
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'git') return nothing
    throw thrown
  }
}

/** What an object's notes keep of this certificate's entries. */
export function parseKept(notes: Notes, certificate: Certificate): KeptEntries {
  const kept = notes.map((note) => parseOne(note, certificate))
  return { entries: kept.flatMap(({ entries }) => entries), ignored: kept.flatMap(({ ignored }) => ignored) }
}

function parseOne({ ref, bytes }: FoundNote, certificate: Certificate): KeptEntries {
  try {
    const { bundles, ignored } = parseNote(bytes)
    const entries = bundles.flatMap((bundle) => entriesOf(parseBundle(bundle), certificate))
    return { entries, ignored: ignored.map((why) => `${ref}: ${why}`) }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse')
      return { entries: [], ignored: [`${ref}: ${thrown.message}`] }
    throw thrown
  }
}
