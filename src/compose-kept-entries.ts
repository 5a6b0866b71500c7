// The log entries that a repository keeps of its signatures in online mode: in notes, where anybody may have written them.
import { NOTES_REF, parseNote } from './attest/notes.ts'
import { parseBundle } from './bundle/bundle.ts'
import { entriesOf } from './bundle/online.ts'
import { Fault } from './errors.ts'
import type { LogEntry } from './rekor/entry.ts'
import { readNote } from './system/git-notes.ts'
import type { World } from './system/world.ts'
import type { Certificate } from './x509/certificate.ts'

/** Ours, and where `setup --notes` has those of the remote put. */
export const NOTES_REFS: readonly string[] = [NOTES_REF, 'refs/notes/origin/gitsigil']

export interface KeptEntries {
  readonly entries: readonly LogEntry[]
  /** Why a line of a note is passed over; a line each. */
  readonly ignored: readonly string[]
}

/** Those by this certificate. Nothing of them is verified. */
export async function readKept(world: World, oid: string, certificate: Certificate): Promise<KeptEntries> {
  const notes = await Promise.all(NOTES_REFS.map((ref) => readAny(world, oid, ref)))
  const kept = notes.flatMap((note, at) => (note === undefined ? [] : [parseKept(note, certificate, NOTES_REFS[at])]))
  return { entries: kept.flatMap(({ entries }) => entries), ignored: kept.flatMap(({ ignored }) => ignored) }
}

export function parseKept(note: Uint8Array, certificate: Certificate, ref: string = NOTES_REF): KeptEntries {
  try {
    const { bundles, ignored } = parseNote(note)
    const entries = bundles.flatMap((bundle) => entriesOf(parseBundle(bundle), certificate))
    return { entries, ignored: ignored.map((why) => `${ref}: ${why}`) }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse')
      return { entries: [], ignored: [`${ref}: ${thrown.message}`] }
    throw thrown
  }
}

// Outside of a repository, and where an old Git cannot read a tree's path, there are none.
async function readAny(world: World, oid: string, ref: string): Promise<Uint8Array | undefined> {
  try {
    return await readNote(world, oid, ref)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'git') return undefined
    throw thrown
  }
}
