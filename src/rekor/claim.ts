// What an entry may stand for: the log it names, and the bodies that this signature would have there. The body is never
// taken from the entry: it is rebuilt from digest, signature and certificate.
import { hash as digestOf } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { LogAuthority } from '../trust/root.ts'
import { isWithin } from '../trust/window.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Hash } from '../x509/key.ts'
import { type BodyVersion, bodyHashes, hashedRekordBody } from './body.ts'
import type { LogEntry } from './entry.ts'

/** A signature and the entry that came with it. */
export interface LoggedSignature {
  readonly entry?: LogEntry
  /** The bytes that were signed, or their digests where only those are at hand: undefined for one that is not. */
  readonly artifact: Uint8Array | ((hash: Hash) => Uint8Array | undefined)
  readonly signature: Uint8Array
  readonly certificate: Certificate
  /** A v1 entry may come with the SET alone, without a proof: bundles of media type 0.1. */
  readonly mayLackProof?: boolean
}

/**
 * The version of the entry's body; undefined for one that is not known. gitsign 0.17 stamps v2 entries as 0.0.1: without
 * SET and time they cannot be v1.
 */
export function trueVersion({ version, promise, integratedTime }: LogEntry): BodyVersion | undefined {
  if (version === '0.0.1') return promise === undefined && integratedTime === 0n ? '0.0.2' : '0.0.1'
  return version === '0.0.2' ? version : undefined
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

/** Every body that would log this signature in the entry's version; throws `parse` where there can be none. */
export function rebuildBodies(logged: LoggedSignature, entry: LogEntry): readonly Uint8Array[] {
  // Other kinds log other things than this signature.
  if (entry.kind !== 'hashedrekord') throw malformed('log entry', 'not a hashedrekord')
  const version = trueVersion(entry)
  if (version === undefined) throw malformed('log entry', 'unknown version of hashedrekord')
  const { signature, certificate } = logged
  const key = certificate.key
  return bodyHashes(version, key).flatMap((hash) => {
    const digest = digestArtifact(logged, hash)
    return digest === undefined
      ? []
      : [hashedRekordBody({ version, digest, signature, certificate: certificate.bytes, key })]
  })
}

function digestArtifact({ artifact }: LoggedSignature, hash: Hash): Uint8Array | undefined {
  return artifact instanceof Uint8Array ? digestOf(hash, artifact, 'buffer') : artifact(hash)
}
