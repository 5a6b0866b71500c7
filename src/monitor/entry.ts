// What an entry of a log says of its signers, for those who watch: each certificate with the identity that it claims. What
// holds no certificate is nobody's; what should hold one and cannot be read is said to be so, never passed over.
import { concatBytes, decodeLatin1, fromBase64 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { CLAIMED_ISSUER, type Identity, parseIdentity } from '../fulcio/identity.ts'
import { type BodyFacts, readBody } from '../rekor/read-body.ts'
import { type Certificate, findExtension, parseCertificate } from '../x509/certificate.ts'

export interface Claimant {
  readonly identity: Identity
  readonly certificate: Certificate
  readonly signature: Uint8Array | undefined
}

export interface ReadEntry {
  readonly facts?: BodyFacts
  readonly claimants: readonly Claimant[]
  /** Why a signer could not be read, and the bytes that may name one. */
  readonly unreadable?: { readonly why: string; readonly bytes: Uint8Array }
}

/** Rekor v1 holds certificates as base64 of their PEM, v2 as base64 of their DER. */
const PEM_CERTIFICATE = 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0t'

/** Nothing of it is verified. */
export function readEntry(body: Uint8Array): ReadEntry {
  try {
    const facts = readBody(body)
    const claimants: Claimant[] = []
    for (const [at, { kind, der }] of facts.verifiers.entries()) {
      if (kind !== 'certificate') continue
      const read = readClaimant(der)
      if (read === undefined) continue
      if ('why' in read) return { facts, claimants, unreadable: { why: read.why, bytes: der } }
      claimants.push({ ...read, signature: facts.signatures[at] })
    }
    return { facts, claimants }
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'parse') throw thrown
    return { claimants: [], ...(hasCertificate(body) && { unreadable: { why: thrown.message, bytes: textIn(body) } }) }
  }
}

/** Undefined for a certificate of no OIDC identity: the log takes those too, and no Git signature is by one. */
function readClaimant(
  der: Uint8Array,
): Pick<Claimant, 'identity' | 'certificate'> | { readonly why: string } | undefined {
  const certificate = orWhy(() => parseCertificate(der))
  if ('why' in certificate) return certificate
  const identity = orWhy(() => parseIdentity(certificate))
  if (!('why' in identity)) return { certificate, identity }
  return CLAIMED_ISSUER.some((oid) => findExtension(certificate, oid) !== undefined) ? identity : undefined
}

function orWhy<T>(read: () => T): T | { readonly why: string } {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return { why: thrown.message }
    throw thrown
  }
}

// Signatures by OpenPGP, minisign and SSH keys are in logs too, and nobody's identity is in them.
function hasCertificate(body: Uint8Array): boolean {
  const text = decodeLatin1(body)
  return text.includes(PEM_CERTIFICATE) || text.includes('x509Certificate')
}

/** The body with what is base64 in it decoded, and with the base64 of PEM in that. */
function textIn(body: Uint8Array): Uint8Array {
  const parts = base64In(decodeLatin1(body))
  const inner = parts.flatMap((part) => base64In(decodeLatin1(part).replace(/-----[A-Z ]+-----|\n/g, '')))
  return concatBytes(...parts, ...inner)
}

function base64In(text: string): readonly Uint8Array[] {
  return Array.from(text.matchAll(/[A-Za-z0-9+/]{64,}={0,2}/g), ([part]) => decoded(part))
}

function decoded(text: string): Uint8Array {
  try {
    return fromBase64(text)
  } catch {
    return new Uint8Array()
  }
}
