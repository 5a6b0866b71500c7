// Whether somebody really signed as the identity that an entry names. A log takes any certificate, so anybody can have one
// of their own making logged with anybody's name in it: that is told, and is no use of the identity.
import { Fault } from '../errors.ts'
import { checkOwnSignature } from '../rekor/alone.ts'
import type { TrustedRoot } from '../trust/root.ts'
import { findIssuers } from '../verify/chain.ts'
import type { Certificate } from '../x509/certificate.ts'

/**
 * Why an entry is not by whom its certificate names; undefined where it is. The chain is held against the moment at which
 * the certificate began: no other is in the log.
 */
export function doubtOf(body: Uint8Array, certificate: Certificate, trust: TrustedRoot): string | undefined {
  const issued = findIssuers({ certificate, intermediates: [] }, trust, [certificate.notBefore])
  if (!issued.ok) return `no CA of the trusted root vouches for its certificate: ${issued.why}`
  try {
    return checkOwnSignature(body)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return thrown.message
    throw thrown
  }
}
