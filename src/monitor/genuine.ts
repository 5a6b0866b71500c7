// Whether somebody really signed as the identity that an entry names. A log takes any certificate, so anybody can have one
// of their own making logged with anybody's name in it: that is told, and is no use of the identity.
import { equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { checkOwnSignature } from '../rekor/alone.ts'
import type { TrustedRoot } from '../trust/root.ts'
import { findIssuers } from '../verify/chain.ts'
import type { Certificate } from '../x509/certificate.ts'

/**
 * Why nothing vouches for the name in a certificate; undefined where a CA does. The chain is held against the moment at
 * which the certificate began: no other is in the log.
 */
export function strangenessOf(certificate: Certificate, trust: TrustedRoot): string | undefined {
  const issued = findIssuers({ certificate, intermediates: [] }, trust, [certificate.notBefore])
  return issued.ok ? undefined : `no CA of the trusted root vouches for its certificate: ${issued.why}`
}

/** Whether a certificate names a CA of the trusted root as its issuer: that CA may have got another key since. */
export function isAsOfOurs({ issuer }: Certificate, { authorities }: TrustedRoot): boolean {
  return authorities.some(({ chain }) => chain.some(({ subject }) => equalBytes(subject, issuer)))
}

/**
 * Why an entry of a known kind is not by the key that it names; undefined where it is, and where that cannot be told here:
 * then the log's word counts, as who signed chose the key.
 */
export function doubtOf(body: Uint8Array): string | undefined {
  try {
    return checkOwnSignature(body)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}
