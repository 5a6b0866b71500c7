// Looks at the entries of a log, one batch after the other: those by somebody who is watched become sightings.
import { toHex } from '../bytes.ts'
import { leafHash } from '../rekor/merkle.ts'
import type { TrustedRoot } from '../trust/root.ts'
import { certificateDigest } from './claim.ts'
import { type Claimant, type ReadEntry, readEntry } from './entry.ts'
import { doubtOf, isAsOfOurs, strangenessOf } from './genuine.ts'
import type { Covering, Signer } from './objects.ts'
import type { EntryKind, EntrySighting } from './sighting.ts'
import type { Watch } from './watch.ts'

/** Kinds that are told, and are an alert only where somebody asks. */
export type AlertChoice = 'attestation' | 'doubtful'

export interface Looking {
  readonly watch: Watch
  readonly trust: TrustedRoot
  /** Base URL of the log, and what its sightings' ids begin with. */
  readonly log: string
  readonly prefix: string
  /** Global index of the tree's first entry. */
  readonly firstIndex: bigint
  readonly alertOn: readonly AlertChoice[]
  /** Place of the first entry with this body that was seen, by its leaf hash. */
  first(leaf: string): number | undefined
  /** The objects that an entry is about, in the repositories as they are now. */
  find(hashes: readonly string[], signer: Signer): Promise<Covering>
  /** Milliseconds since 1970. */
  now(): number
}

/** One entry of the log. `unreadable` is set where a signer could not be read. */
export interface Looked {
  readonly sighting?: EntrySighting
  readonly signer?: Signer
  readonly unreadable?: string
  /** No CA of the trusted root vouches for the name: anybody's own, or one of a CA that the root should know by now. */
  readonly stranger?: Stranger
}

export type Stranger = 'anybody' | 'expected'

const NOBODY: Looked = {}
const ATTESTATIONS: readonly string[] = ['dsse', 'intoto']

export async function lookAtEntry(body: Uint8Array, index: number, looking: Looking): Promise<Looked> {
  const entry = readEntry(body)
  const { facts, claimants, unreadable } = entry
  const seen: Looked[] = []
  for (const claimant of claimants) {
    const watched = looking.watch.match(claimant.identity)
    if (watched === undefined) continue
    const { identity, certificate } = claimant
    const named = { ...pick(identity), watched, certificate: certificateDigest(certificate), ...begun(certificate) }
    const judged = await judge(body, entry, claimant, looking)
    seen.push({
      sighting: sightingOf(body, index, facts, named, judged, looking),
      signer: signerOf(claimant),
      ...strangerOf(judged),
    })
  }
  if (unreadable !== undefined && looking.watch.isNamedIn(unreadable.bytes)) {
    // Another reader may be content with what this one refuses.
    const why = `its signer cannot be read, and a watched name is in it: ${unreadable.why}`
    seen.push({ sighting: sightingOf(body, index, facts, NO_SIGNER, { kind: 'doubtful', why }, looking) })
  }
  return { ...gravest(seen), ...(unreadable === undefined ? {} : { unreadable: unreadable.why }) }
}

/** Of several signers the one whom somebody should look at first. */
const BY_GRAVITY: readonly EntryKind[] = ['uncovered', 'other', 'attestation', 'covered', 'doubtful', 'repeat']

function gravest(seen: readonly Looked[]): Looked {
  const gravity = ({ sighting }: Looked): number =>
    sighting === undefined ? Infinity : BY_GRAVITY.indexOf(sighting.kind) - (sighting.alert ? BY_GRAVITY.length : 0)
  const [first] = seen.toSorted((one, other) => gravity(one) - gravity(other))
  return first ?? NOBODY
}

function signerOf({ certificate, signature }: Claimant): Signer {
  return { certificate: certificateDigest(certificate), ...(signature && { signature: toHex(signature) }) }
}

function strangerOf({ stranger }: Judged): Pick<Looked, 'stranger'> {
  return stranger === undefined ? {} : { stranger }
}

function pick({ subject, issuer }: Claimant['identity']) {
  return { subject, issuer }
}

function begun({ notBefore }: Claimant['certificate']) {
  return { notBefore: new Date(notBefore).toISOString() }
}

type Named = Pick<EntrySighting, 'subject' | 'issuer' | 'watched' | 'certificate' | 'notBefore'>
const NO_SIGNER: Named = { subject: '', issuer: '', watched: '', certificate: '', notBefore: '' }

interface Judged extends Partial<Covering> {
  readonly kind: EntryKind
  readonly why?: string
  readonly repeats?: number
  readonly stranger?: Stranger
}

async function judge(
  body: Uint8Array,
  { facts, isOther }: ReadEntry,
  claimant: Claimant,
  looking: Looking,
): Promise<Judged> {
  const repeats = looking.first(toHex(leafHash(body)))
  if (repeats !== undefined) return { kind: 'repeat', repeats, why: `the same as entry ${repeats}` }
  const strange = strangenessOf(claimant.certificate, looking.trust)
  if (strange !== undefined) {
    const { objects } = await looking.find(facts?.hashes ?? [], signerOf(claimant))
    const isExpected = objects.length > 0 || isAsOfOurs(claimant.certificate, looking.trust)
    return { kind: 'doubtful', why: strange, stranger: isExpected ? 'expected' : 'anybody' }
  }
  if (isOther || facts === undefined)
    return { kind: 'other', why: 'signed as you, in an entry of a kind that is not known here' }
  const doubt = doubtOf(body)
  if (doubt !== undefined) return { kind: 'doubtful', why: doubt }
  if (ATTESTATIONS.includes(facts.kind)) return { kind: 'attestation', why: 'of a statement, and not of a Git object' }
  const covering = await looking.find(facts.hashes, signerOf(claimant))
  if (covering.objects.length > 0) return { kind: 'covered', ...covering }
  const [near] = covering.near
  const why =
    near === undefined
      ? 'signed as you, not in any repository you named'
      : `signed as you, over ${near.kind} ${near.oid} and not by its signature`
  return { kind: 'uncovered', ...covering, why }
}

function sightingOf(
  body: Uint8Array,
  index: number,
  facts: ReadEntry['facts'],
  named: Named,
  { kind, why, repeats, objects = [], near = [] }: Judged,
  { prefix, log, firstIndex, alertOn, now }: Looking,
): EntrySighting {
  const isChosen = alertOn.some((choice) => choice === kind)
  return {
    id: `${prefix}:${index}`,
    kind,
    alert: kind === 'uncovered' || kind === 'other' || isChosen,
    log,
    index,
    logIndex: String(firstIndex + BigInt(index)),
    leaf: toHex(leafHash(body)),
    entryKind: facts === undefined ? '' : `${facts.kind} ${facts.version}`,
    hashes: facts?.hashes ?? [],
    ...named,
    objects,
    near,
    ...(repeats === undefined ? {} : { repeats }),
    ...(why === undefined ? {} : { why }),
    seen: new Date(now()).toISOString(),
  }
}
