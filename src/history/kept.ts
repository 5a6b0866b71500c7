// What a cache kept of an object, read back. Its sum says that it is what was written, not that it was written well: what is
// anything but the accepted findings of this object, one for each of its places, is as good as nothing.
import { contentsOf, type Frame } from '../git/frames.ts'
import { mergeTags } from '../git/object.ts'
import { decodeFindings } from './batch.ts'
import type { Finding } from './record.ts'

export type Accepted = Extract<Finding, { readonly state: 'accepted' }>

/** Undefined for any other text. */
export function readKept(text: string, frame: Frame): readonly Accepted[] | undefined {
  const findings = decode(text)
  if (!Array.isArray(findings) || findings.length !== placesIn(frame)) return undefined
  return findings.every(isAccepted) ? findings : undefined
}

function decode(text: string): unknown {
  try {
    return decodeFindings(text)
  } catch {
    return undefined
  }
}

function placesIn(frame: Frame): number {
  const carries = frame.type === 'commit' && frame.framed.includes('\nmergetag ')
  return 1 + (carries ? mergeTags(contentsOf(frame)).length : 0)
}

const TEXTS = {
  identity: ['subject', 'type', 'issuer'],
  certificate: ['id', 'fingerprint', 'issuer', 'issuerFingerprint', 'serial'],
  log: ['url', 'id', 'index', 'kind', 'version', 'leafHash'],
} as const

function isAccepted(value: unknown): value is Accepted {
  if (!isObject(value) || value['state'] !== 'accepted') return false
  const { facts } = value
  if (!isObject(facts) || typeof facts['instance'] !== 'string') return false
  const { identity, certificate, log, times, skipped } = facts
  return (
    hasTexts(identity, TEXTS.identity) &&
    isObject(identity['claims']) &&
    Object.values(identity['claims']).every((claim) => typeof claim === 'string') &&
    hasTexts(certificate, TEXTS.certificate) &&
    isTime(certificate['notBefore']) &&
    isTime(certificate['notAfter']) &&
    hasTexts(log, TEXTS.log) &&
    (log['integratedTime'] === undefined || isTime(log['integratedTime'])) &&
    Array.isArray(times) &&
    times.length > 0 &&
    times.every((proof) => hasTexts(proof, ['source', 'authority']) && isTime(proof['time'])) &&
    Array.isArray(skipped) &&
    skipped.every((check) => typeof check === 'string')
  )
}

function hasTexts(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return isObject(value) && names.every((name) => typeof value[name] === 'string')
}

/** Of a time that is no date nothing could be printed. */
function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
