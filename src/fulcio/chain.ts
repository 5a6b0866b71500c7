// What a CA's answer must be before anything is signed with it: a certificate for our key, valid now, published.
import { equalBytes } from '../bytes.ts'
import { type Certificate, findExtension } from '../x509/certificate.ts'

/** Embedded signed certificate timestamps (RFC 6962 3.3). */
const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2'
/** How far clocks may be apart, in milliseconds. */
const SKEW = 5 * 60_000

export interface Expected {
  /** DER SubjectPublicKeyInfo of our key. */
  readonly spki: Uint8Array
  /** Milliseconds since 1970. */
  readonly now: number
  /** An instance without a CT log, by the opt-out of whoever runs it. */
  readonly mayLackSct: boolean
}

/** Why this leaf is of no use; continues `Fulcio at HOST ...`. Whether the CA is trusted is not asked here. */
export function checkIssuedLeaf(leaf: Certificate, expected: Expected): string | undefined {
  // A certificate for another key would vouch for whoever holds that one.
  if (!equalBytes(leaf.spki, expected.spki)) return 'issued a certificate for another key'
  const [from, to] = [leaf.notBefore, leaf.notAfter].map((time) => new Date(time).toISOString())
  if (expected.now < leaf.notBefore - SKEW || expected.now > leaf.notAfter)
    return `issued a certificate for ${from} to ${to}, and the clock here says ${new Date(expected.now).toISOString()}`
  // The signature has no place for a detached one, and without any it is rejected everywhere.
  if (!expected.mayLackSct && findExtension(leaf, SCT_LIST) === undefined)
    return 'issued a certificate without an embedded SCT, which a verifier would reject'
  return undefined
}
