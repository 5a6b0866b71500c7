// Check 5: the certificate was issued by a CA of the trusted root that was in force, at every proven time.
import { Fault } from '../errors.ts'
import { type Identity, parseIdentity } from '../fulcio/identity.ts'
import type { CertificateAuthority, TrustedRoot } from '../trust/root.ts'
import { isWithin } from '../trust/window.ts'
import type { Certificate } from '../x509/certificate.ts'
import { checkChain } from '../x509/chain.ts'
import type { SignedMaterial } from './material.ts'

type Certified = Pick<SignedMaterial, 'certificate' | 'intermediates'>
type Issued =
  | {
      readonly ok: true
      readonly issuer: Certificate
      readonly issuers: readonly Certificate[]
      readonly identity: Identity
    }
  | { readonly ok: false; readonly why: string }

/**
 * Finds the CA. `issuers` is the chain above the leaf, the root last.
 * @param moments proven times in milliseconds, at least one
 */
export function findIssuers(material: Certified, trust: TrustedRoot, moments: readonly number[]): Issued {
  const reasons = new Set<string>()
  for (const authority of trust.authorities) {
    const found = issuersAt(material, authority, moments)
    if (!found.ok) reasons.add(found.why)
    else return withIdentity(material.certificate, found.issuers)
  }
  return { ok: false, why: [...reasons].join('; ') || 'the trusted root lists no certificate authority' }
}

function issuersAt(material: Certified, authority: CertificateAuthority, moments: readonly number[]) {
  let issuers: readonly Certificate[] = []
  for (const time of moments) {
    // A CA key that leaked after its window closed must not vouch for anything dated outside it.
    if (!isWithin(authority.validFor, time))
      return { ok: false as const, why: `${authority.uri} was not trusted at the proven time` }
    const checked = checkChain(material.certificate, material.intermediates, authority.chain, time, 'codeSigning')
    if (!checked.ok) return { ok: false as const, why: checked.why }
    issuers = checked.issuers
  }
  return { ok: true as const, issuers }
}

function withIdentity(leaf: Certificate, issuers: readonly Certificate[]): Issued {
  const [issuer] = issuers
  // Without a moment no chain was asked for, so none was found.
  if (issuer === undefined) return { ok: false, why: 'no time was proven' }
  try {
    return { ok: true, issuer, issuers, identity: parseIdentity(leaf) }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return { ok: false, why: thrown.message }
    throw thrown
  }
}
