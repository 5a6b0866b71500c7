// The sandbox's OpenID issuer: discovery, JWKS, tokens minted with a key from the state directory, and a login. One
// issuer a type of identity, as in the world: the email issuer at the root, the others in folders under it.
import { createPublicKey, type KeyObject, randomUUID } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import { toHex } from '../bytes.ts'
import { sha256 } from './authority.ts'
import { publicKeyOf } from './certificate.ts'
import { NOTICE } from './notice.ts'
import { emailClaims } from './openid/account.ts'
import { CONFIDENTIAL_CLIENT, PUBLIC_CLIENT } from './openid/clients.ts'
import { LOGIN_ROUTES, loginMetadata, ROUTES } from './openid/metadata.ts'
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
    if (type === 'email') return { url, type, audiences: [PUBLIC_CLIENT, CONFIDENTIAL_CLIENT] }
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
    ...(request.email === undefined ? {} : emailClaims(request.email)),
    ...request.claims,
  }
  return await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: keyIdOf(key), typ: 'JWT' }).sign(key)
}

export interface IssuerOptions {
  readonly key: KeyObject
  /** The issuer's URL. */
  readonly base: string
  /** Of the confidential client. */
  readonly clientSecret: string
}

/**
 * The issuer at the root is an OpenID Provider at which people log in (folder openid); the folders only have keys.
 * Discovery and keys are answered without it, because it takes a while to load and most sandboxes only mint tokens.
 */
export function createIssuer({ key, base, clientSecret }: IssuerOptions): Service {
  const routes: Record<string, Routes[string]> = {}
  for (const { path } of Object.values(ISSUER_FOLDERS)) {
    const issuer = `${base}${path}`
    routes[`GET ${path}/.well-known/openid-configuration`] = () => json(200, discovery(issuer, path === ''))
    routes[`GET ${path}/keys`] = async () => json(200, { keys: [await publicJwk(key)] })
  }
  let provider: Promise<Service['handle']> | undefined
  const ask = async (request: Request) => {
    provider ??= open()
    return await (await provider)(request)
  }
  const open = async () => {
    const { openProvider } = await import('./openid/provider.ts')
    return openProvider({ issuer: base, key, keyId: keyIdOf(key), clientSecret, ttl: TOKEN_TTL })
  }
  for (const route of LOGIN_ROUTES) routes[route] = ask
  const { name, handle } = routed('issuer', routes)
  return { name, handle: (request) => (isUnderWay(new URL(request.url).pathname) ? ask(request) : handle(request)) }
}

/** Whether it is the path of one login, as opposed to where logins begin. */
function isUnderWay(path: string): boolean {
  return path !== ROUTES.device_authorization && /^\/(?:auth|login|device)\/[\w-]+$/.test(path)
}

function discovery(issuer: string, hasLogin: boolean): unknown {
  return {
    issuer,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    service_documentation: NOTICE,
    ...(hasLogin ? loginMetadata(issuer) : {}),
  }
}

async function publicJwk(key: KeyObject): Promise<unknown> {
  return { ...(await exportJWK(createPublicKey(key))), use: 'sig', alg: 'RS256', kid: keyIdOf(key) }
}

function keyIdOf(key: KeyObject): string {
  return toHex(sha256(publicKeyOf(key))).slice(0, 16)
}
