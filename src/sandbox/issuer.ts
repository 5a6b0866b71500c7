// The sandbox's OpenID issuer: discovery, JWKS, and tokens minted with a key from the state directory. One issuer a type
// of identity, as in the world: the email issuer at the root, the others in folders under it.
import { createPublicKey, type KeyObject, randomUUID } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import { toHex } from '../bytes.ts'
import { sha256 } from './authority.ts'
import { publicKeyOf } from './certificate.ts'
import { NOTICE } from './notice.ts'
import type { TrustedIssuer } from './principal.ts'
import { json, type Routes, routed, type Service } from './service.ts'

/** Folders of the issuer and the type of identity that each mints. */
export const ISSUER_FOLDERS = {
  email: { path: '', type: 'email' },
  github: { path: '/github', type: 'github-workflow' },
  gitlab: { path: '/gitlab', type: 'gitlab-pipeline' },
  buildkite: { path: '/buildkite', type: 'buildkite-job' },
  username: { path: '/username', type: 'username' },
  uri: { path: '/uri', type: 'uri' },
} as const
export type IssuerFolder = keyof typeof ISSUER_FOLDERS

/** What a token is to say. Claims stand above everything else that is set here, so a test can break each one. */
export interface TokenRequest {
  readonly folder?: IssuerFolder
  readonly email?: string
  readonly audience?: string
  /** Seconds until it expires, from `now`; negative for one that has. */
  readonly ttl?: number
  readonly claims?: Readonly<Record<string, unknown>>
}

/** Longest that a token of the sandbox lives unless asked otherwise, in seconds. */
export const TOKEN_TTL = 600

/** The issuers that the sandbox's own Fulcio accepts from the start. */
export function ownIssuers(base: string): readonly TrustedIssuer[] {
  return Object.values(ISSUER_FOLDERS).map(({ path, type }) => {
    const url = `${base}${path}`
    if (type === 'username') return { url, type, subjectDomain: 'sandbox.example' }
    return type === 'uri' ? { url, type, subjectDomain: 'https://sandbox.example' } : { url, type }
  })
}

/** A signed token. `base` is the issuer's URL. */
export async function mintToken(key: KeyObject, base: string, request: TokenRequest, now: number): Promise<string> {
  const issued = Math.floor(now / 1000)
  const claims = {
    iss: `${base}${ISSUER_FOLDERS[request.folder ?? 'email'].path}`,
    aud: request.audience ?? 'sigstore',
    iat: issued,
    nbf: issued,
    exp: issued + (request.ttl ?? TOKEN_TTL),
    jti: randomUUID(),
    ...emailClaims(request.email),
    ...request.claims,
  }
  return await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: keyIdOf(key), typ: 'JWT' }).sign(key)
}

// As at Dex, `sub` is not the address: who signs the wrong claim as proof of possession must be found out.
function emailClaims(email: string | undefined): Readonly<Record<string, unknown>> {
  if (email === undefined) return {}
  return { sub: `sandbox|${toHex(sha256(new TextEncoder().encode(email))).slice(0, 24)}`, email, email_verified: true }
}

export function createIssuer(key: KeyObject, base: string): Service {
  const routes: Record<string, Routes[string]> = {}
  for (const { path } of Object.values(ISSUER_FOLDERS)) {
    routes[`GET ${path}/.well-known/openid-configuration`] = () => json(200, discovery(base, `${base}${path}`))
    routes[`GET ${path}/keys`] = async () => json(200, { keys: [await publicJwk(key)] })
  }
  return routed('issuer', routes)
}

function discovery(base: string, issuer: string): unknown {
  return {
    issuer,
    jwks_uri: `${issuer}/keys`,
    authorization_endpoint: `${base}/auth`,
    token_endpoint: `${base}/token`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email'],
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp', 'email', 'email_verified'],
    service_documentation: NOTICE,
  }
}

async function publicJwk(key: KeyObject): Promise<unknown> {
  return { ...(await exportJWK(createPublicKey(key))), use: 'sig', alg: 'RS256', kid: keyIdOf(key) }
}

function keyIdOf(key: KeyObject): string {
  return toHex(sha256(publicKeyOf(key))).slice(0, 16)
}
