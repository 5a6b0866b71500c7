// Whether a log of the trusted root holds this signature, and when it took it in (formats: section 3, checks 4 and 7).
import { equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { LogAuthority } from '../trust/root.ts'
import { checkCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { findLog, isVersion1, type LoggedSignature, rebuildBodies, trueVersion } from './claim.ts'
import type { InclusionProof, LogEntry } from './entry.ts'
import { checkInclusion, leafHash } from './merkle.ts'
import { checkPromise } from './promise.ts'

/** The entry that a log of the trusted root holds. */
export interface LoggedEntry {
  /** Base URL of the log. */
  readonly log: string
  readonly logId: Uint8Array
  /** Of a bundle's v1 entry without a SET nobody proves it: it is the word of who brought the bundle. */
  readonly logIndex: bigint
  readonly kind: string
  /** Of the body: gitsign stamps some 0.0.2 as 0.0.1. */
  readonly version: string
  /** 32 bytes: what stands for its body in the log's tree. */
  readonly leafHash: Uint8Array
  /** Milliseconds; v1 alone. */
  readonly integratedTime?: number
}

export interface LogRefusal {
  readonly ok: false
  readonly why: string
}

export type CheckedEntry = { readonly ok: true; readonly entry: LoggedEntry } | LogRefusal
export type ProvenLogTime = { readonly ok: true; readonly time: number; readonly authority: string } | LogRefusal

/** A moment that was proven, in milliseconds. */
export interface ProvenMoment {
  readonly source: 'log' | 'timestamp'
  readonly time: number
  readonly authority: string
}

/**
 * The time that the log proves (check 4): a SET that verifies over the body, beside an inclusion proof, by a key that was
 * valid then. Whether that body is about this signature where the entry brings it, the proof itself, and whether that
 * time is in the future, are *not* checked here.
 */
export function provenLogTime(logged: LoggedSignature, logs: readonly LogAuthority[]): ProvenLogTime {
  const { entry } = logged
  if (entry === undefined) return refused('no log entry is embedded')
  // integratedTime without a SET is a number that anyone can write.
  if (entry.promise === undefined) return refused('the log entry has no signed entry timestamp')
  // Of a promise alone nobody who watches the log needs ever hear.
  if (entry.proof === undefined && logged.mayLackProof !== true) return refused('the log entry has no inclusion proof')
  const time = Number(entry.integratedTime) * 1000
  const log = findLog(entry, logs, [time])
  if (typeof log === 'string') return refused(log)
  const { canonicalizedBody } = entry
  const why =
    canonicalizedBody === undefined
      ? findBody(logged, entry, (body) => checkPromise(entry, body, log)).why
      : checkPromise(entry, canonicalizedBody, log)
  return why === undefined ? { ok: true, time, authority: log.baseUrl } : refused(why)
}

/**
 * Whether the log holds the signature (check 7), its key valid at the time that counts: integratedTime for v1, which must
 * be among `times`, every timestamp for v2 and for an entry that may lack the SET and does.
 * @param times all that check 4 proved
 */
export function checkLogEntry(
  logged: LoggedSignature,
  logs: readonly LogAuthority[],
  times: readonly ProvenMoment[],
): CheckedEntry {
  const { entry } = logged
  if (entry === undefined) return refused('no log entry is embedded')
  const isDated = isVersion1(logged, entry) && !(logged.mayLackPromise === true && entry.promise === undefined)
  const moments = times.filter(({ source }) => source === (isDated ? 'log' : 'timestamp')).map(({ time }) => time)
  const log = findLog(entry, logs, moments)
  if (typeof log === 'string') return refused(log)
  const integratedTime = Number(entry.integratedTime) * 1000
  // A v1 entry whose SET is cut off or false could hide behind a timestamp; v2 has no time of its own.
  if (isDated ? !moments.includes(integratedTime) : moments.length === 0)
    return refused(`the ${isDated ? 'signed entry timestamp' : 'time of the v2 log entry'} is not proven`)
  const { body, why } = findBody(logged, entry, (one) => checkPlace(logged, entry, one, log))
  if (body === undefined) return refused(why)
  // No SET covers the index of a v2 entry: anyone could write another, and it is shown. Its log has one tree.
  if (!isVersion1(logged, entry) && entry.proof !== undefined && entry.logIndex !== entry.proof.logIndex)
    return refused('the log entry has another index than its inclusion proof')
  return {
    ok: true,
    entry: { ...describe(logged, entry, log), leafHash: leafHash(body), ...(isDated ? { integratedTime } : {}) },
  }
}

function checkPlace(logged: LoggedSignature, entry: LogEntry, body: Uint8Array, log: LogAuthority): string | undefined {
  // A true entry of another signature has a good proof too (CVE-2022-36056): its body is not the one rebuilt here.
  if (entry.canonicalizedBody !== undefined && !equalBytes(entry.canonicalizedBody, body))
    return 'the log entry is about another signature'
  if (entry.proof !== undefined) return checkProof(body, entry.proof, log)
  return logged.mayLackProof === true ? checkPromise(entry, body, log) : 'the log entry has no inclusion proof'
}

function checkProof(body: Uint8Array, proof: InclusionProof, log: LogAuthority): string | undefined {
  return checkInclusion(leafHash(body), proof) ?? checkCheckpoint(parseCheckpoint(proof.checkpoint), log, proof)
}

type FoundBody =
  | { readonly body: Uint8Array; readonly why?: undefined }
  | { readonly body?: undefined; readonly why: string }

/** The one for which `check` passes of the bodies that the entry may stand for, else why the likeliest does not. */
function findBody(
  logged: LoggedSignature,
  entry: LogEntry,
  check: (body: Uint8Array) => string | undefined,
): FoundBody {
  try {
    const bodies = rebuildBodies(logged, entry)
    const problems = bodies.map(check)
    const body = bodies[problems.indexOf(undefined)]
    if (body !== undefined) return { body }
    return { why: problems[0] ?? 'the digest that the log entry holds is not at hand' }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return { why: thrown.message }
    throw thrown
  }
}

function describe({ asStamped }: LoggedSignature, entry: LogEntry, log: LogAuthority): Omit<LoggedEntry, 'leafHash'> {
  const { logId, logIndex, kind } = entry
  const version = asStamped === true ? entry.version : (trueVersion(entry) ?? entry.version)
  return { log: log.baseUrl, logId, logIndex, kind, version }
}

function refused(why: string): LogRefusal {
  return { ok: false, why }
}
