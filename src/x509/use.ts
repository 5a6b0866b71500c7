// What a certificate may be used for in a chain, by its extensions alone (RFC 5280 4.2.1, RFC 3161 2.3).
import { Fault } from '../errors.ts'
import type { Certificate } from './certificate.ts'
import {
  ANY_PURPOSE,
  EXTENSION,
  KEY_USAGE,
  PURPOSE,
  parseBasicConstraints,
  parseExtKeyUsage,
  parseKeyUsage,
} from './extensions.ts'

export type Purpose = keyof typeof PURPOSE

/** The critical extensions that are looked at here or, for the names, in fulcio/identity.ts. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.extKeyUsage,
])

/** Why `leaf` may not sign for `purpose`. */
export function checkLeafUse(leaf: Certificate, purpose: Purpose): string | undefined {
  return checked(() => {
    const critical = checkCritical(leaf)
    if (critical !== undefined) return critical
    // A CA's key that signs commits would let who holds the commit's key issue certificates, and the reverse.
    if (parseBasicConstraints(leaf)?.isCA === true) return 'the signing certificate is a CA'
    return checkSignatureBit(leaf, purpose) ?? checkPurpose(leaf, purpose)
  })
}

/** What was found about a CA, by place and purpose: of the object, because a few CAs stand above thousands of leaves. */
const answers = new WeakMap<Certificate, Map<string, string | undefined>>()

/**
 * Why `ca` may not stand in a chain for `purpose`.
 * @param below how many CA certificates stand between it and the leaf
 */
export function checkCAUse(ca: Certificate, below: number, purpose: Purpose): string | undefined {
  const known = answers.get(ca) ?? new Map<string, string | undefined>()
  const question = `${purpose}:${below}`
  if (!known.has(question)) answers.set(ca, known.set(question, judgeCA(ca, below, purpose)))
  return known.get(question)
}

function judgeCA(ca: Certificate, below: number, purpose: Purpose): string | undefined {
  return checked(() => {
    const critical = checkCritical(ca)
    if (critical !== undefined) return critical
    const constraints = parseBasicConstraints(ca)
    // Any leaf could otherwise issue leaves in other people's names.
    if (constraints?.isCA !== true) return 'a certificate of the chain is no CA'
    // A CA that may only issue leaves must not make further CAs.
    if (constraints.pathLength !== undefined && below > constraints.pathLength)
      return 'the chain is longer than a CA allows'
    // A CA's certificate for another key use (revocation lists) is no licence to issue.
    if (parseKeyUsage(ca)?.has(KEY_USAGE.keyCertSign) === false) return 'a CA of the chain may not sign certificates'
    const usage = parseExtKeyUsage(ca)
    // A CA made for another purpose (TLS) must not issue for this one.
    if (usage !== undefined && !usage.purposes.includes(PURPOSE[purpose]) && !usage.purposes.includes(ANY_PURPOSE))
      return `a CA of the chain may not issue for ${purpose}`
    return undefined
  })
}

/** A critical extension nobody here understands may say that the certificate is not for this (RFC 5280 4.2). */
function checkCritical(certificate: Certificate): string | undefined {
  const unknown = certificate.extensions.find((one) => one.critical && !UNDERSTOOD.has(one.oid))
  return unknown === undefined ? undefined : `unknown critical extension ${unknown.oid}`
}

/** A key certified for agreement or encryption must not be taken for its owner's word. */
function checkSignatureBit(leaf: Certificate, purpose: Purpose): string | undefined {
  const bits = parseKeyUsage(leaf)
  const allowed =
    purpose === 'codeSigning'
      ? bits?.has(KEY_USAGE.digitalSignature) === true
      : bits === undefined || bits.has(KEY_USAGE.digitalSignature) || bits.has(KEY_USAGE.contentCommitment)
  return allowed ? undefined : 'the signing certificate is not for signatures'
}

function checkPurpose(leaf: Certificate, purpose: Purpose): string | undefined {
  const usage = parseExtKeyUsage(leaf)
  // A certificate for TLS or mail from the same CA is not for this, and "any purpose" is not said on purpose.
  if (usage?.purposes.includes(PURPOSE[purpose]) !== true) return `the signing certificate is not for ${purpose}`
  // RFC 3161 2.3: a key that also signs other things could be made to sign what reads as a timestamp.
  if (purpose === 'timeStamping' && (!usage.critical || usage.purposes.length !== 1))
    return 'the timestamping purpose is not critical and alone'
  return undefined
}

function checked(check: () => string | undefined): string | undefined {
  try {
    return check()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return thrown.message
    throw thrown
  }
}
