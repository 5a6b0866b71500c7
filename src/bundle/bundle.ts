// Sigstore bundles (dev.sigstore.bundle.v1, media types 0.1 to 0.3) in JSON: a signature and what it takes to verify it.
// Refuses what a verifier could take in two ways: two kinds of content or of key, entries that are there twice.
import { malformed } from '../errors.ts'
import type { LogEntry } from '../rekor/entry.ts'
import type { Envelope } from '../rekor/envelope.ts'
import {
  bytesOf,
  type JsonObject,
  MAX_ATTESTATION,
  objectOf,
  optionalObject,
  parseDocument,
  textOf,
} from '../trust/json.ts'
import type { Hash } from '../x509/key.ts'
import { envelopeFromJson } from './envelope.ts'
import { type BundleSigner, type BundleVersion, only, parseEntries, parseSigner, parseTimestamps } from './material.ts'

export type { BundleSigner, BundleVersion } from './material.ts'

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
