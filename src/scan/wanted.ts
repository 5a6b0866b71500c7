// What is looked for in a log, and whether an entry is that. By the entry's own word: whose certificate it holds, and
// whether its signature is good, nobody has asked.
import { decodeLatin1, encodeUtf8, equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { type Identity, parseIdentity } from '../fulcio/identity.ts'
import { type BodyFacts, type BodyVerifier, readBody } from '../rekor/read-body.ts'
import { parseCertificate } from '../x509/certificate.ts'

/** Every one that is there must hold. Plain data: threads are given it. */
export interface Wanted {
  /** `sha256:HEX`, any of them. */
  readonly hashes?: readonly string[]
  readonly verifier?: BodyVerifier
  readonly subject?: string
  readonly issuer?: string
}

/** An entry that cannot be read is not what anybody looks for. */
export function isWanted(body: Uint8Array, wanted: Wanted): boolean {
  const facts = unlessMalformed(() => readBody(body))
  return facts !== undefined && isByAndAbout(facts, wanted) && isNamed(facts, wanted)
}

/** By the certificate's own word: whose CA it is nobody has asked. */
export function identityOf({ kind, der }: BodyVerifier): Identity | undefined {
  return kind === 'key' ? undefined : unlessMalformed(() => parseIdentity(parseCertificate(der)))
}

function isByAndAbout(facts: BodyFacts, { hashes, verifier }: Wanted): boolean {
  if (hashes !== undefined && !facts.hashes.some((one) => hashes.includes(one))) return false
  return verifier === undefined || facts.verifiers.some(({ der }) => equalBytes(der, verifier.der))
}

function isNamed({ verifiers }: BodyFacts, { subject, issuer }: Wanted): boolean {
  if (subject === undefined && issuer === undefined) return true
  return verifiers.some((one) => {
    const identity = mayName(one.der, { subject, issuer }) ? identityOf(one) : undefined
    if (identity === undefined || (issuer !== undefined && identity.issuer !== issuer)) return false
    return subject === undefined || identity.subject.toLowerCase() === subject.toLowerCase()
  })
}

/**
 * Whether a certificate may name these, told without reading it: DER has every text in one piece, so one that stands nowhere
 * in the bytes is no name in it. Letters outside of ASCII have small forms of their own, so with them only reading tells.
 */
export function mayName(der: Uint8Array, { subject, issuer }: NameWanted): boolean {
  const bytes = decodeLatin1(der)
  if (issuer !== undefined && !bytes.includes(decodeLatin1(encodeUtf8(issuer)))) return false
  if (subject === undefined || NOT_ASCII.test(subject)) return true
  return bytes.toLowerCase().includes(subject.toLowerCase()) || bytes.includes(KELVIN)
}

interface NameWanted {
  readonly subject: string | undefined
  readonly issuer: string | undefined
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII, control characters too
const NOT_ASCII = /[^\x00-\x7f]/
/** The one other letter whose small form is in ASCII, a k; its UTF-8 as Latin-1. */
const KELVIN = decodeLatin1(encodeUtf8('\u212a'))

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}
