// What is looked for in a log, and whether an entry is that. By the entry's own word: whose certificate it holds, and
// whether its signature is good, nobody has asked.
import { equalBytes } from '../bytes.ts'
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
    const identity = identityOf(one)
    if (identity === undefined || (issuer !== undefined && identity.issuer !== issuer)) return false
    return subject === undefined || identity.subject.toLowerCase() === subject.toLowerCase()
  })
}

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}
