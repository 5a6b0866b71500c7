// Which log entries a signed object of a repository accounts for: by what its signature logged. An entry counts as the
// object's only by the same certificate, and where the log holds the signature itself, by that very one.
import { hash } from 'node:crypto'
import { parseBundle } from '../bundle/bundle.ts'
import { encodeUtf8, equalBytes, toHex } from '../bytes.ts'
import { parseArmor } from '../cms/armor.ts'
import { parseSignedData, type SignedData } from '../cms/signed-data.ts'
import { Fault } from '../errors.ts'
import { type Identity, parseIdentity } from '../fulcio/identity.ts'
import { loggedIds } from '../git/logged-id.ts'
import type { Format, Place } from '../history/places.ts'
import { keyHash } from '../rekor/body.ts'
import type { Certificate } from '../x509/certificate.ts'

/** What an object's signature had logged. */
export interface Claim {
  readonly identity: Identity
  /** `sha256:HEX`, as the entry has it. */
  readonly hash: string
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly certificate: string
  /** Lower-case hexadecimal; absent where the log holds another signature by the same key. */
  readonly signature?: string
  readonly how: How
}

/** By its signed attributes, by its id as text, or as a further signature of it that a note keeps. */
export type How = 'embedded' | 'online' | 'endorsement'

/** None where there is no signature that could be logged, or it is not of these bytes. */
export function claimsOf({ kind, bytes, split }: Place, { algorithm }: Format): readonly Claim[] {
  const { payload, signature, format, problem } = split
  if (signature === undefined || format !== 'x509' || problem !== undefined) return []
  const signed = readSigned(signature)
  // A signature of other bytes that was put here would account for an entry about those.
  if (signed === undefined || !equalBytes(hash('sha256', payload, 'buffer'), signed.messageDigest)) return []
  const attributes = attributeClaims(signed)
  if (kind === 'push certificate' || attributes === undefined) return attributes?.claims ?? []
  const object = { type: kind === 'commit' ? ('commit' as const) : ('tag' as const), bytes, algorithm }
  const ids = loggedIds(object, payload, signature)
  // With its entry inside nothing was logged by an id that gitsign computed wrongly.
  const logged = signed.logEntry === undefined ? ids : ids.slice(0, 1)
  return [
    ...attributes.claims,
    ...logged.map((id) => ({ ...attributes.who, hash: hashOfId(id), how: 'online' as const })),
  ]
}

/** What the notes on an object account for: further signatures of its id. A line that cannot be read accounts for none. */
export function noteClaims(oid: string, bundles: readonly Uint8Array[]): readonly Claim[] {
  return bundles.flatMap((bytes) => {
    const signer = attempt(() => parseBundle(bytes).signer)
    const who = signer?.kind === 'certificate' ? whoOf(signer.leaf) : undefined
    return who === undefined ? [] : [{ ...who, hash: hashOfId(oid), how: 'endorsement' as const }]
  })
}

/** SHA-256 of a certificate, lower-case hexadecimal. */
export function certificateDigest({ bytes }: Certificate): string {
  return hash('sha256', bytes)
}

function attributeClaims({ signer, signedAttributes, signature }: SignedData) {
  const who = whoOf(signer)
  if (who === undefined) return undefined
  const hashes = attempt(() => [...new Set(['sha256' as const, keyHash(signer.key)])]) ?? []
  const claims = hashes.map((algorithm) => ({
    ...who,
    hash: `${algorithm}:${hash(algorithm, signedAttributes)}`,
    signature: toHex(signature),
    how: 'embedded' as const,
  }))
  return { who, claims }
}

function whoOf(certificate: Certificate): Pick<Claim, 'identity' | 'certificate'> | undefined {
  const identity = attempt(() => parseIdentity(certificate))
  return identity === undefined ? undefined : { identity, certificate: certificateDigest(certificate) }
}

function readSigned(armored: Uint8Array): SignedData | undefined {
  return attempt(() => parseSignedData(parseArmor(armored)))
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}

function hashOfId(id: string): string {
  return `sha256:${hash('sha256', encodeUtf8(id))}`
}
