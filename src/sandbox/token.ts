// ID tokens as Fulcio checks them: an issuer it knows by URL, keys found by discovery and JWKS, signature, audience
// `sigstore`, expiry and not-before. Nothing about an issuer is configured but its URL and type.
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import type { TrustedIssuer } from './principal.ts'
import { Refusal } from './service.ts'

export interface TokenDeps {
  readonly issuers: readonly TrustedIssuer[]
  /** Answers a GET with a JSON value, or throws. */
  readonly fetchJson: (url: string) => Promise<unknown>
  now(): number
}

export interface VerifiedToken {
  readonly issuer: TrustedIssuer
  readonly claims: JWTPayload
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

/** Verifies tokens; keys are kept an hour and fetched again when a token names one that is not among them. */
export function createTokenVerifier(deps: TokenDeps): (token: string) => Promise<VerifiedToken> {
  const keys = new Map<string, KnownKeys>()
  return async (token) => {
    const issuer = issuerOf(token, deps.issuers)
    try {
      return { issuer, claims: await verify(token, issuer, await keysOf(issuer, keys, deps), deps) }
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalFor(error)
    }
    keys.delete(issuer.url)
    try {
      return { issuer, claims: await verify(token, issuer, await keysOf(issuer, keys, deps), deps) }
    } catch (error) {
      throw refusalFor(error)
    }
  }
}

interface KnownKeys {
  readonly set: JSONWebKeySet
  readonly until: number
}

async function verify(token: string, issuer: TrustedIssuer, set: JSONWebKeySet, deps: TokenDeps): Promise<JWTPayload> {
  const audience = [...(issuer.audiences ?? ['sigstore'])]
  const options = { audience, algorithms: ALGORITHMS, requiredClaims: ['exp', 'sub', 'iss'] }
  const currentDate = new Date(deps.now())
  return (await jwtVerify(token, createLocalJWKSet(set), { ...options, currentDate })).payload
}

function issuerOf(token: string, issuers: readonly TrustedIssuer[]): TrustedIssuer {
  const claimed = claimsOf(token).iss
  const issuer = issuers.find(({ url }) => url === claimed)
  if (issuer === undefined) throw identityRefusal(`issuer ${JSON.stringify(claimed ?? null)} is not known here`)
  return issuer
}

function claimsOf(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch {
    throw identityRefusal('it is not a JWT')
  }
}

async function keysOf(issuer: TrustedIssuer, known: Map<string, KnownKeys>, deps: TokenDeps): Promise<JSONWebKeySet> {
  const kept = known.get(issuer.url)
  if (kept !== undefined && kept.until > deps.now()) return kept.set
  const set = await fetchKeys(issuer, deps)
  known.set(issuer.url, { set, until: deps.now() + 3_600_000 })
  return set
}

async function fetchKeys({ url }: TrustedIssuer, { fetchJson }: TokenDeps): Promise<JSONWebKeySet> {
  const discovery = await fetchDocument(fetchJson, `${url.replace(/\/$/, '')}/.well-known/openid-configuration`)
  if (discovery['issuer'] !== url) throw identityRefusal(`discovery at ${url} names another issuer`)
  if (typeof discovery['jwks_uri'] !== 'string') throw identityRefusal(`discovery at ${url} has no jwks_uri`)
  const { keys } = await fetchDocument(fetchJson, discovery['jwks_uri'])
  if (!Array.isArray(keys)) throw identityRefusal(`the JWKS of ${url} has no keys`)
  return { keys }
}

async function fetchDocument(
  fetchJson: TokenDeps['fetchJson'],
  url: string,
): Promise<Readonly<Record<string, unknown>>> {
  const value = await fetchJson(url).catch(() => undefined)
  if (typeof value !== 'object' || value === null) throw identityRefusal(`cannot read ${url}`)
  return value as Readonly<Record<string, unknown>>
}

function refusalFor(error: unknown): Error {
  if (error instanceof Refusal) return error
  if (error instanceof errors.JWTExpired) return identityRefusal('it has expired')
  if (error instanceof errors.JWTClaimValidationFailed) return identityRefusal(`its ${error.claim} claim is not right`)
  if (error instanceof errors.JOSEError)
    return identityRefusal('its signature does not verify by its issuer\u2019s keys')
  return error instanceof Error ? error : new Error(String(error))
}

/** The public good Fulcio stops after the first half of the sentence; a sandbox may say why. */
function identityRefusal(why: string): Refusal {
  return new Refusal(400, 3, `There was an error processing the identity token: ${why}`)
}
