// What an entry of a log says of its signers, for those who watch: each certificate with the identity that it claims. What
// holds no certificate is nobody's; what should hold one and cannot be read is said to be so, never passed over.
import { concatBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { CLAIMED_ISSUER, type Identity, parseIdentity } from '../fulcio/identity.ts'
import { type BodyFacts, readBody } from '../rekor/read-body.ts'
import { type Certificate, findExtension, parseCertificate } from '../x509/certificate.ts'
import { certificatesIn, layersOf, mayHoldCertificate } from './layers.ts'

export interface Claimant {
  readonly identity: Identity
  readonly certificate: Certificate
  readonly signature: Uint8Array | undefined
}

export interface ReadEntry {
  readonly facts?: BodyFacts
  readonly claimants: readonly Claimant[]
  /** Of a kind that is not known here, or in no form of one: its certificates were found wherever they stand. */
  readonly isOther?: boolean
  /** Why a signer could not be read, and the bytes that may name one. */
  readonly unreadable?: { readonly why: string; readonly bytes: Uint8Array }
}

/** Nothing of it is verified. */
export function readEntry(body: Uint8Array): ReadEntry {
  const facts = orWhy(() => readBody(body))
  if ('why' in facts) return readOther(body, undefined, facts.why)
  // Of kinds that are not known here the log's word is where certificates are, and not what they stand for.
  if (facts.verifiers.length === 0) return readOther(body, facts, `${facts.kind} ${facts.version} is not known here`)
  const signers = facts.verifiers.flatMap(({ kind, der }, at) =>
    kind === 'certificate' ? [{ der, signature: facts.signatures[at] }] : [],
  )
  const { claimants, unreadable } = readSigners(signers)
  return { facts, claimants, ...(unreadable && { unreadable }) }
}

function readOther(body: Uint8Array, facts: BodyFacts | undefined, why: string): ReadEntry {
  const layers = layersOf(body)
  const found = certificatesIn(layers)
  const read = readSigners((found ?? []).map((der) => ({ der, signature: undefined })))
  const known = { ...(facts && { facts }), claimants: read.claimants, isOther: true }
  const isBroken = facts === undefined || read.unreadable !== undefined || read.count === 0
  if (!isBroken || !mayHoldCertificate(layers)) return known
  return { ...known, unreadable: { why: read.unreadable?.why ?? why, bytes: concatBytes(...layers) } }
}

interface SignerBytes {
  readonly der: Uint8Array
  readonly signature: Uint8Array | undefined
}

/** Each is read, whatever the others are. */
function readSigners(signers: readonly SignerBytes[]) {
  const claimants: Claimant[] = []
  const broken: { readonly why: string; readonly der: Uint8Array }[] = []
  for (const { der, signature } of signers) {
    const read = readClaimant(der)
    if (read === undefined) continue
    if ('why' in read) broken.push({ why: read.why, der })
    else claimants.push({ ...read, signature })
  }
  const [first] = broken
  const unreadable = first && { why: first.why, bytes: concatBytes(...broken.map(({ der }) => der)) }
  return { claimants, count: signers.length, ...(unreadable && { unreadable }) }
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
