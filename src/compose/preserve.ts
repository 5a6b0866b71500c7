// `preserve`: each signature of a range, whether it verifies by what the repository holds; for those that lack their log
// entry, the log is asked, and what verifies is kept as a note. What was written stays, so a run goes on where one ended.
import { joinNote, NOTES_REF } from '../attest/notes.ts'
import { bundleOfEntry } from '../bundle/online.ts'
import { parseArmor } from '../cms/armor.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { Fault } from '../errors.ts'
import { loggedIds, type SignedBytes } from '../git/logged-id.ts'
import { type HeldSignature, signaturesIn } from '../git/signatures.ts'
import { changeNotes } from '../system/git-note-batch.ts'
import { readObjects } from '../system/git-objects.ts'
import { onlineCheck } from '../verify/online.ts'
import { isEvidenceMissing } from '../verify/verdict.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Assessor, Configured } from './assessor.ts'
import type { FindOnline } from './further.ts'
import { type Notes, parseKept, readAllNotes } from './kept-entries.ts'

/** How one signature stands. */
export type Standing =
  /** It verifies by what is inside, or by a note. */
  | { readonly state: 'embedded' | 'kept' }
  /** Its entry was found and verified just now, and is kept from here on. */
  | { readonly state: 'added' }
  /** Its entry is not at hand; `why` where the log was asked. */
  | { readonly state: 'missing'; readonly why?: string }
  | { readonly state: 'rejected'; readonly why: string }
  /** Another format's, or none. */
  | { readonly state: 'unsigned' | 'foreign' }

export interface Preserved {
  readonly oid: string
  readonly kind: 'commit' | 'tag' | 'mergetag'
  readonly standing: Standing
}

interface Missing {
  readonly object: SignedBytes
  readonly payload: Uint8Array
  readonly armored: Uint8Array
  readonly certificate: Certificate
}

type Row = Preserved & { readonly missing?: Missing }

/** Objects that are read, asked for and written together. */
const BATCH = 500

/**
 * Yields how each signature stands, in the order of `oids`; what a batch found is in the notes before it is yielded.
 * @param find asks the logs; without it nothing is asked and nothing is written
 * @throws `log` or `network` where a log did not answer, once everything that it did answer is kept
 */
export async function* preserve(
  configured: Configured,
  assessor: Assessor,
  oids: readonly string[],
  find?: FindOnline,
): AsyncGenerator<Preserved> {
  const { world } = configured
  for (let at = 0; at < oids.length; at += BATCH) {
    const objects = await readObjects(world, oids.slice(at, at + BATCH))
    const rows = objects.flatMap((object, i) => {
      if (object === undefined) throw new Fault('git', `object ${oids[at + i]} is missing`)
      return signaturesIn(object)
    })
    const kept = await readAllNotes(
      world,
      rows.map(({ oid }) => oid),
    )
    yield* settle(
      configured,
      assessor,
      rows.map((row) => stand(assessor, row, kept.get(row.oid) ?? [])),
      find,
    )
  }
}

async function* settle(
  { world }: Configured,
  assessor: Assessor,
  rows: readonly Row[],
  find: FindOnline | undefined,
): AsyncGenerator<Preserved> {
  const looked = find === undefined ? [] : await Promise.allSettled(rows.map((row) => look(assessor, row, find)))
  const found = looked.map((one) => (one.status === 'fulfilled' ? one.value : undefined))
  const bundles = new Map(
    found.flatMap((one) => (one?.bundle === undefined ? [] : [[one.row.oid, one.bundle] as const])),
  )
  await changeNotes(
    world,
    NOTES_REF,
    new Map([...bundles].map(([oid, bundle]) => [oid, (note: Uint8Array) => joinNote(note, bundle)])),
  )
  for (const [at, row] of rows.entries()) yield describe(found[at]?.row ?? row)
  for (const one of looked) if (one.status === 'rejected') throw one.reason
}

function describe({ oid, kind, standing }: Row): Preserved {
  return { oid, kind, standing }
}

async function look(assessor: Assessor, row: Row, find: FindOnline): Promise<{ row: Row; bundle?: Uint8Array }> {
  const { missing } = row
  if (missing === undefined) return { row }
  const { object, payload, armored, certificate } = missing
  const ids = loggedIds(object, payload, armored)
  const entries = await find({ ids, certificate })
  const entry = entries.find((one) => assessor.assess(payload, armored, onlineCheck({ object, entries: [one] })).ok)
  if (entry !== undefined) {
    const { oid, kind } = row
    return { row: { oid, kind, standing: { state: 'added' } }, bundle: bundleOfEntry(entry, certificate, ids) }
  }
  const refused = assessor.assess(payload, armored, onlineCheck({ object, entries }))
  return { row: { ...row, standing: { state: 'missing', why: refused.ok ? '' : refused.rejection.why } } }
}

/** By what is inside, then by what is kept. */
function stand(assessor: Assessor, held: HeldSignature, notes: Notes): Row {
  const { oid, kind, object, split } = held
  const { payload, signature: armored, format, problem } = split
  const row = (standing: Standing): Row => ({ oid, kind, standing })
  if (armored === undefined) return row({ state: 'unsigned' })
  if (format !== 'x509') return row({ state: 'foreign' })
  if (problem !== undefined) return row({ state: 'rejected', why: problem })
  const first = assessor.assess(payload, armored)
  if (first.ok) return row({ state: 'embedded' })
  const { certificate, why } = first.rejection
  if (!isEvidenceMissing(first.rejection) || certificate === undefined || hasEntry(armored))
    return row({ state: 'rejected', why })
  const { entries } = parseKept(notes, certificate)
  if (entries.length > 0 && assessor.assess(payload, armored, onlineCheck({ object, entries })).ok)
    return row({ state: 'kept' })
  return { ...row({ state: 'missing' }), missing: { object, payload, armored, certificate } }
}

function hasEntry(armored: Uint8Array): boolean {
  return parseSignedData(parseArmor(armored)).logEntry !== undefined
}
