// What an entry may stand for: the log it names, and the bodies that this signature would have there. The body is never
// taken from the entry: it is rebuilt from digest, signature and certificate.
import { hash as digestOf } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { LogAuthority } from '../trust/root.ts'
import { isWithin } from '../trust/window.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Hash, PublicKey } from '../x509/key.ts'
import { type BodyVersion, bodyHashes, hashedRekordBody, type Verifier } from './body.ts'
import type { LogEntry } from './entry.ts'

/** A signature by a certificate's key, or by a managed key, and the entry that came with it. */
export type LoggedSignature = Logged &
  ({ readonly certificate: Certificate } | { readonly certificate?: undefined; readonly key: PublicKey })

interface Logged {
  readonly entry?: LogEntry
  /** The bytes that were signed, or their digests where only those are at hand: undefined for one that is not. */
  readonly artifact: Uint8Array | ((hash: Hash) => Uint8Array | undefined)
  readonly signature: Uint8Array
  /** A v1 entry may come with the SET alone, without a proof: bundles of media type 0.1. */
  readonly mayLackProof?: boolean
  /** A v1 entry may come with the proof alone, its time proven by someone else: bundles from media type 0.2 on. What it says
   * of its global index is then its bearer's word. */
  readonly mayLackPromise?: boolean
  /** The entry's version is what it says, as in bundles: in a CMS gitsign's may be another, see `trueVersion`. */
  readonly asStamped?: boolean
  /** Bodies of entries that are no hashedrekord over `artifact`: DSSE envelopes have their own kinds. Throws `parse`. */
  readonly otherBodies?: (entry: LogEntry) => readonly Uint8Array[]
}

/**
 * The version of the entry's body; undefined for one that is not known. gitsign 0.17 stamps v2 entries as 0.0.1: without
 * SET and time they cannot be v1.
 */
export function trueVersion(entry: LogEntry): BodyVersion | undefined {
  const { version, promise, integratedTime } = entry
  if (version === '0.0.1') return promise === undefined && integratedTime === 0n ? '0.0.2' : '0.0.1'
  return version === '0.0.2' ? version : undefined
}

/** Undefined for one that is not known. */
function versionOf({ asStamped }: LoggedSignature, entry: LogEntry): BodyVersion | undefined {
  if (asStamped !== true) return trueVersion(entry)
  return entry.version === '0.0.1' || entry.version === '0.0.2' ? entry.version : undefined
}

/** Whether Rekor v1 wrote it, which alone proves a time. */
export function isVersion1(logged: LoggedSignature, entry: LogEntry): boolean {
  return entry.kind === 'intoto' || versionOf(logged, entry) === '0.0.1'
}

/**
 * The log that the entry names by its id, valid at each of `moments` (milliseconds, ends inclusive).
 * @returns or why there is none
 */
export function findLog(
  entry: LogEntry,
  logs: readonly LogAuthority[],
  moments: readonly number[],
): LogAuthority | string {
  // A key that came with the entry would vouch for anything (CVE-2023-47122).
  const known = logs.filter((log) => equalBytes(log.id, entry.logId))
  if (known.length === 0) return 'the log entry is of a log that is not in the trusted root'
  // A key that leaked after its log was retired must not vouch for anything new.
  return (
    known.find((log) => moments.every((moment) => isWithin(log.validFor, moment))) ??
    'the log that the entry names was not valid at the time of the signature'
  )
}

/** What was rebuilt last for an entry: time and place are both checked over the same bodies. */
const rebuilt = new WeakMap<LogEntry, { readonly logged: LoggedSignature; readonly bodies: readonly Uint8Array[] }>()

/** Every body that would log this signature in the entry's version; throws `parse` where there can be none. */
export function rebuildBodies(logged: LoggedSignature, entry: LogEntry): readonly Uint8Array[] {
  const kept = rebuilt.get(entry)
  if (kept !== undefined && isSameClaim(kept.logged, logged)) return kept.bodies
  const bodies = bodiesOf(logged, entry)
  rebuilt.set(entry, { logged, bodies })
  return bodies
}

/** By identity: equal parts of other objects are rebuilt from. */
function isSameClaim(one: LoggedSignature, other: LoggedSignature): boolean {
  return (
    one.signature === other.signature &&
    one.artifact === other.artifact &&
    one.certificate === other.certificate &&
    verifierOf(one).key === verifierOf(other).key &&
    one.asStamped === other.asStamped &&
    one.otherBodies === other.otherBodies
  )
}

function bodiesOf(logged: LoggedSignature, entry: LogEntry): readonly Uint8Array[] {
  // Other kinds log other things than this signature.
  if (entry.kind !== 'hashedrekord') {
    if (logged.otherBodies === undefined) throw malformed('log entry', 'not a hashedrekord')
    return logged.otherBodies(entry)
  }
  const version = versionOf(logged, entry)
  if (version === undefined) throw malformed('log entry', 'unknown version of hashedrekord')
  const { signature } = logged
  const verifier = verifierOf(logged)
  const { key } = verifier
  return bodyHashes(version, key).flatMap((hash) => {
    const digest = digestArtifact(logged, hash)
    return digest === undefined ? [] : [hashedRekordBody({ version, digest, signature, ...verifier })]
  })
}

export function verifierOf(logged: LoggedSignature): Verifier {
  if (logged.certificate === undefined) return { key: logged.key }
  return { certificate: logged.certificate.bytes, key: logged.certificate.key }
}

function digestArtifact({ artifact }: LoggedSignature, hash: Hash): Uint8Array | undefined {
  return artifact instanceof Uint8Array ? digestOf(hash, artifact, 'buffer') : artifact(hash)
}
