// Which tokens a Fulcio accepts, and what of them the key signs: `GET /api/v2/configuration`.
import { objectsOf, optionalText, parseDocument } from '../trust/json.ts'

/** Bounds for what a pattern may cost. */
const MAX_PARTS = 5
const MAX_NAME = 512

export interface AcceptedIssuer {
  /** Whether tokens of this issuer are meant; a pattern may stand for many. */
  matches(issuer: string): boolean
  readonly audience: string | undefined
  /** The claim that the proof of possession signs: `email`, `sub` or what Fulcio comes to write. */
  readonly challengeClaim: string | undefined
}

/** What of a token's claims takes part in the challenge. */
export interface ChallengeClaims {
  readonly subject: string
  readonly email?: string
  readonly emailVerified: boolean
}

/** Throws `parse`. */
export function parseConfiguration(body: Uint8Array): readonly AcceptedIssuer[] {
  return objectsOf(parseDocument(body, "Fulcio's configuration"), 'issuers').map((issuer) => {
    const url = optionalText(issuer, 'issuerUrl')
    const pattern = optionalText(issuer, 'wildcardIssuerUrl')
    return {
      matches: (name) => name === url || (pattern !== undefined && pattern !== '' && fitsWildcard(pattern, name)),
      audience: optionalText(issuer, 'audience'),
      challengeClaim: optionalText(issuer, 'challengeClaim'),
    }
  })
}

/** The challenge by Fulcio's own rule where its configuration is not known: the email address if verified, else `sub`. */
export function likelyChallenge(claims: ChallengeClaims): string {
  return claims.email !== undefined && claims.emailVerified ? claims.email : claims.subject
}

/** The challenge by the claim that the configuration names; undefined where the token lacks it. */
export function namedChallenge(claim: string | undefined, claims: ChallengeClaims): string | undefined {
  return claim === 'email' ? claims.email : claims.subject
}

/** Fulcio's `*` stands for letters, digits, `-` and `_`: never for a dot or a slash. */
function fitsWildcard(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
  return (
    parts.length <= MAX_PARTS && name.length <= MAX_NAME && new RegExp(`^${parts.join('[-_a-zA-Z0-9]+')}$`).test(name)
  )
}
