// The verification material of a bundle: who signed, the log entries, the timestamps; and what each version of the format
// asks of them.
import { toHex } from '../bytes.ts'
import { Fault, malformed } from '../errors.ts'
import type { LogEntry } from '../rekor/entry.ts'
import { logEntryFromJson } from '../rekor/entry-json.ts'
import { bytesOf, type JsonObject, objectsOf, optionalObject, optionalText } from '../trust/json.ts'
import { parseTimestampResponse } from '../tsa/request.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'

export type BundleVersion = '0.1' | '0.2' | '0.3'

/** `hint` helps to find the managed key, and proves nothing. Roots that old bundles carry are left out of `intermediates`. */
export type BundleSigner =
  | { readonly kind: 'certificate'; readonly leaf: Certificate; readonly intermediates: readonly Certificate[] }
  | { readonly kind: 'key'; readonly hint: string }

const WHAT = 'bundle'
const MAX_CERTIFICATES = 8
const MAX_EVIDENCE = 32

/** The one member of these that is there. Readers differ in which of two they take. */
export function only(object: JsonObject, names: readonly string[]): readonly [name: string, value: JsonObject] {
  const there = names.flatMap((name) => {
    const value = optionalObject(object, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const [one, another] = there
  if (one === undefined || another !== undefined) throw malformed(WHAT, `not one of ${names.join(', ')}`)
  return one
}

export function parseSigner(material: JsonObject, version: BundleVersion): BundleSigner {
  const [name, value] = only(material, ['certificate', 'x509CertificateChain', 'publicKey'])
  if (name === 'publicKey') return { kind: 'key', hint: optionalText(value, 'hint') ?? '' }
  // Version 0.3 has the leaf alone: a verifier has the CAs itself.
  if (name === 'x509CertificateChain' && version === '0.3') throw malformed(WHAT, 'a chain in a bundle of version 0.3')
  const ders = name === 'certificate' ? [value] : objectsOf(value, 'certificates')
  if (ders.length > MAX_CERTIFICATES) throw malformed(WHAT, 'too many certificates')
  const [leaf, ...others] = ders.map((der) => parseCertificate(bytesOf(der, 'rawBytes')))
  // An empty set of certificates once passed as verified (CVE-2026-44310).
  if (leaf === undefined) throw malformed(WHAT, 'the certificate chain is empty')
  return { kind: 'certificate', leaf, intermediates: others.filter((one) => toHex(one.subject) !== toHex(one.issuer)) }
}

export function parseEntries(material: JsonObject, version: BundleVersion): readonly LogEntry[] {
  const objects = objectsOf(material, 'tlogEntries')
  if (objects.length > MAX_EVIDENCE) throw malformed(WHAT, 'too many log entries')
  const entries = objects.map((object) => checkEntry(logEntryFromJson(Object.fromEntries(object.fields)), version))
  // Counted twice, one entry would pass for two witnesses.
  if (new Set(entries.map(({ logId, logIndex }) => `${toHex(logId)} ${logIndex}`)).size !== entries.length)
    throw malformed(WHAT, 'a log entry is there twice')
  return entries
}

/** What each version of the format asks of an entry. */
function checkEntry(entry: LogEntry, version: BundleVersion): LogEntry {
  if (version !== '0.1') {
    if (entry.proof === undefined) throw malformed(WHAT, 'the log entry has no inclusion proof')
    return entry
  }
  if (entry.promise === undefined) throw malformed(WHAT, 'the log entry has no inclusion promise')
  if (entry.proof?.checkpoint !== '') return entry
  // Early logs gave proofs without a checkpoint, which prove nothing.
  const { proof: _, ...rest } = entry
  return rest
}

export function parseTimestamps(material: JsonObject): readonly Uint8Array[] {
  const data = optionalObject(material, 'timestampVerificationData')
  const stamps = data === undefined ? [] : objectsOf(data, 'rfc3161Timestamps')
  if (stamps.length > MAX_EVIDENCE) throw malformed(WHAT, 'too many timestamps')
  const tokens = stamps.map((stamp) => parseStamp(bytesOf(stamp, 'signedTimestamp')))
  if (new Set(tokens.map(toHex)).size !== tokens.length) throw malformed(WHAT, 'a timestamp is there twice')
  return tokens
}

function parseStamp(der: Uint8Array): Uint8Array {
  try {
    return parseTimestampResponse(der)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'tsa') throw malformed(WHAT, thrown.message)
    throw thrown
  }
}
