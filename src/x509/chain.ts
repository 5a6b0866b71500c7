// From a leaf to an authority's root at one moment (RFC 5280 6.1 without policies and name constraints, which are refused
// where they are critical): names, signatures, validity, and what each certificate may be used for.
import { equalBytes } from '../bytes.ts'
import { type Certificate, checkIssued } from './certificate.ts'
import { checkCAUse, checkLeafUse, type Purpose } from './use.ts'

export type Chain =
  | { readonly ok: true; readonly issuers: readonly Certificate[] }
  | { readonly ok: false; readonly why: string }

/**
 * Finds the chain above `leaf`: `issuers` has the issuing CA first and the authority's root last.
 * @param intermediates what came with the signature, vouched for by nobody; they may link the leaf to the authority
 * @param authority its chain from the trusted root, the root last; a timestamp authority's own leaf may stand first
 * @param time milliseconds since 1970; every certificate must be valid then, both ends inclusive
 */
export function checkChain(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  authority: readonly Certificate[],
  time: number,
  purpose: Purpose,
): Chain {
  // A root that comes with the signature invites someone to trust it. Timestamp tokens carry theirs by custom: not used.
  if (purpose === 'codeSigning' && intermediates.some(isSelfIssued)) return refuse('a root stands in the signature')
  const use = checkLeafUse(leaf, purpose)
  if (use !== undefined) return refuse(use)
  const links = new Set(intermediates.filter((one) => isValidAt(one, time) && !isSelfIssued(one)))
  const issuers = findPath(leaf, links, authority)
  if (issuers === undefined) return refuse('not issued by an authority of the trusted root')
  // A key that leaked after its certificate ended must not sign on.
  if (!isValidAt(leaf, time)) return refuse('the certificate was not valid at the proven time')
  return checkIssuers(issuers, time, purpose) ?? { ok: true, issuers }
}

function checkIssuers(issuers: readonly Certificate[], time: number, purpose: Purpose): Chain | undefined {
  for (const [below, ca] of issuers.entries()) {
    // A CA that has ended vouches for nothing that was signed afterwards.
    if (!isValidAt(ca, time)) return refuse('a CA of the chain was not valid at the proven time')
    const why = checkCAUse(ca, below, purpose)
    if (why !== undefined) return refuse(why)
  }
  return undefined
}

/**
 * Climbs from `child`: to the authority's own certificates where one issued it, else through `links`. Each link is taken
 * away when it is tried, so that certificates made to issue each other in circles cost a few checks and not thousands.
 */
function findPath(
  child: Certificate,
  links: Set<Certificate>,
  authority: readonly Certificate[],
): readonly Certificate[] | undefined {
  const known = authority.find((one) => equalBytes(one.bytes, child.bytes)) ?? child
  for (const [i, ca] of authority.entries())
    if (ca !== known && isIssued(known, ca) && isLinked(authority, i)) return authority.slice(i)
  for (const link of links) {
    if (!isIssued(child, link)) continue
    links.delete(link)
    const rest = findPath(link, links, authority)
    if (rest !== undefined) return [link, ...rest]
  }
  return undefined
}

/** Whether each certificate from `i` up is issued by the next: a list of strangers is no chain. */
function isLinked(authority: readonly Certificate[], i: number): boolean {
  return authority.every((ca, k) => {
    const next = authority[k + 1]
    return k < i || next === undefined || isIssued(ca, next)
  })
}

/** What was found between two certificates, by their identity as objects: no other pair, and no other root, can meet it. */
const answers = new WeakMap<Certificate, Map<Certificate, boolean>>()

function isIssued(child: Certificate, issuer: Certificate): boolean {
  // Only matching names are remembered, so the map holds an entry or two.
  if (!equalBytes(child.issuer, issuer.subject)) return false
  const known = answers.get(child) ?? new Map<Certificate, boolean>()
  const answer = known.get(issuer) ?? checkIssued(child, issuer) === undefined
  answers.set(child, known.set(issuer, answer))
  return answer
}

function isSelfIssued(certificate: Certificate): boolean {
  return equalBytes(certificate.subject, certificate.issuer)
}

function isValidAt(certificate: Certificate, time: number): boolean {
  return time >= certificate.notBefore && time <= certificate.notAfter
}

function refuse(why: string): Chain {
  return { ok: false, why }
}
