// Sigstore bundles (dev.sigstore.bundle.v1, media types 0.1 to 0.3) in JSON: a signature and what it takes to verify it.
// Refuses what a verifier could take in two ways: two kinds of content or of key, entries that are there twice.
import { toHex } from '../bytes.ts'
import { Fault, malformed } from '../errors.ts'
import type { LogEntry } from '../rekor/entry.ts'
import { logEntryFromJson } from '../rekor/entry-json.ts'
import type { Envelope } from '../rekor/envelope.ts'
import {
  bytesOf,
  type JsonObject,
  MAX_ATTESTATION,
  objectOf,
  objectsOf,
  optionalObject,
  optionalText,
  parseDocument,
  textOf,
} from '../trust/json.ts'
import { parseTimestampResponse } from '../tsa/request.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import type { Hash } from '../x509/key.ts'
import { envelopeFromJson } from './envelope.ts'

/** What is in a bundle. Nothing in it is vouched for. */
export interface Bundle {
  readonly version: BundleVersion
  readonly signer: BundleSigner
  readonly content: BundleContent
  /** At most 32, no two the same. */
  readonly entries: readonly LogEntry[]
  /** DER of RFC 3161 TimeStampTokens over the signature, taken out of their responses. */
  readonly timestampTokens: readonly Uint8Array[]
}

export type BundleVersion = '0.1' | '0.2' | '0.3'

/** `hint` helps to find the managed key, and proves nothing. Roots that old bundles carry are left out of `intermediates`. */
export type BundleSigner =
  | { readonly kind: 'certificate'; readonly leaf: Certificate; readonly intermediates: readonly Certificate[] }
  | { readonly kind: 'key'; readonly hint: string }

/** A signature over the artifact itself, or an envelope whose statement names it. `stated` is the signer's word alone. */
export type BundleContent =
  | { readonly kind: 'message'; readonly signature: Uint8Array; readonly stated?: Digest }
  | { readonly kind: 'envelope'; readonly envelope: Envelope }

export interface Digest {
  readonly hash: Hash
  readonly digest: Uint8Array
}

const WHAT = 'bundle'
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=(0\.[123])|\.v(0\.[123])\+json)$/
const MAX_CERTIFICATES = 8
const MAX_EVIDENCE = 32
const HASHES: Readonly<Record<string, readonly [hash: Hash, length: number]>> = {
  SHA2_256: ['sha256', 32],
  SHA2_384: ['sha384', 48],
  SHA2_512: ['sha512', 64],
}

/** Reads a bundle. Throws `parse`; verifies nothing. */
export function parseBundle(bytes: Uint8Array): Bundle {
  const bundle = parseDocument(bytes, WHAT, MAX_ATTESTATION)
  const version = parseVersion(textOf(bundle, 'mediaType'))
  const material = objectOf(bundle, 'verificationMaterial')
  return {
    version,
    signer: parseSigner(material, version),
    content: parseContent(bundle),
    entries: parseEntries(material, version),
    timestampTokens: parseTimestamps(material),
  }
}

function parseVersion(mediaType: string): BundleVersion {
  const [, parameter, name] = MEDIA_TYPE.exec(mediaType) ?? []
  const version = parameter ?? name
  if (version !== '0.1' && version !== '0.2' && version !== '0.3') throw malformed(WHAT, 'unknown media type')
  return version
}

/** The one member of these that is there. Readers differ in which of two they take. */
function only(object: JsonObject, names: readonly string[]): readonly [name: string, value: JsonObject] {
  const there = names.flatMap((name) => {
    const value = optionalObject(object, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const [one, another] = there
  if (one === undefined || another !== undefined) throw malformed(WHAT, `not one of ${names.join(', ')}`)
  return one
}

function parseSigner(material: JsonObject, version: BundleVersion): BundleSigner {
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

function parseContent(bundle: JsonObject): BundleContent {
  const [name, value] = only(bundle, ['messageSignature', 'dsseEnvelope'])
  if (name === 'dsseEnvelope') return { kind: 'envelope', envelope: envelopeFromJson(value) }
  const signature = bytesOf(value, 'signature')
  if (signature.length === 0) throw malformed(WHAT, 'the signature is empty')
  const digest = optionalObject(value, 'messageDigest')
  return { kind: 'message', signature, ...(digest === undefined ? {} : { stated: parseDigest(digest) }) }
}

function parseDigest(object: JsonObject): Digest {
  const algorithm = textOf(object, 'algorithm')
  const [hash, length] = (Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined) ?? []
  if (hash === undefined) throw malformed(WHAT, 'unknown digest algorithm')
  const digest = bytesOf(object, 'digest')
  if (digest.length !== length) throw malformed(WHAT, `the digest is not a ${hash}`)
  return { hash, digest }
}

function parseEntries(material: JsonObject, version: BundleVersion): readonly LogEntry[] {
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

function parseTimestamps(material: JsonObject): readonly Uint8Array[] {
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
