// An OpenID Provider for clients under test that logs everybody in as Kim, or does one thing wrong that a real one never
// would. Faithful where it is not told otherwise: codes are used once, PKCE and the redirect must fit, tokens are signed.
import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { type Answer, json, type Loopback, serve } from './loopback.ts'

export interface Wrong {
  /** Claims that stand above the right ones. */
  readonly claims?: (right: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** Members of the discovery document that stand above the right ones; undefined takes one away. */
  readonly discovery?: (url: string) => Readonly<Record<string, unknown>>
  /** Parameters of the redirect that stand above the right ones. */
  readonly redirect?: Readonly<Record<string, string>>
  /** Signs with a key that is not in the JWKS. */
  readonly key?: boolean
  /** Answers of the token endpoint, in order, before the right one. */
  readonly token?: readonly (readonly [status: number, body: unknown])[]
  readonly expiresIn?: number
}

export interface Provider extends Loopback {
  /** What a browser does that is sent to the authorization page: the address that it is sent to next. */
  visit(url: string): Promise<URL>
  /** All that was posted to the token endpoint. */
  readonly grants: URLSearchParams[]
}

interface Code {
  readonly parameters: URLSearchParams
}

const keys = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
const jwk = { ...(await exportJWK(keys[0].publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }

export async function serveProvider(wrong: Wrong = {}): Promise<Provider> {
  const codes = new Map<string, Code>()
  const grants: URLSearchParams[] = []
  const early = [...(wrong.token ?? [])]
  const answer: Answer = async ({ path, headers, body }, response) => {
    const issuer = `http://${headers.host}`
    const url = new URL(path, issuer)
    if (url.pathname === '/.well-known/openid-configuration') return json(response, 200, discovery(issuer, wrong))
    if (url.pathname === '/keys') return json(response, 200, { keys: [jwk] })
    if (url.pathname === '/auth') return authorize(url.searchParams)
    const form = new URLSearchParams(body.toString())
    if (url.pathname === '/device') return json(response, 200, device(issuer, form))
    if (url.pathname !== '/token') return json(response, 404, {})
    grants.push(form)
    const [status, said] = early.shift() ?? (await grant(issuer, form))
    return json(response, status, said)

    function authorize(parameters: URLSearchParams): void {
      const code = randomUUID()
      codes.set(code, { parameters })
      const back = new URL(parameters.get('redirect_uri') ?? '')
      const sent = { code, state: parameters.get('state') ?? '', ...wrong.redirect }
      back.search = new URLSearchParams(sent).toString()
      response.writeHead(303, { location: back.href }).end()
    }
  }

  function device(issuer: string, parameters: URLSearchParams): unknown {
    codes.set('device', { parameters })
    return {
      device_code: 'device',
      user_code: 'ABCD-EFGH',
      verification_uri: `${issuer}/activate`,
      expires_in: wrong.expiresIn ?? 300,
      interval: 1,
    }
  }

  async function grant(issuer: string, form: URLSearchParams): Promise<readonly [number, unknown]> {
    if (form.get('grant_type') === 'refresh_token') return [200, await tokens(issuer, {})]
    const code = form.get('code') ?? form.get('device_code') ?? ''
    const known = codes.get(code)?.parameters
    codes.delete(code)
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const fits = known?.get('code_challenge') === challenge && known.get('redirect_uri') === form.get('redirect_uri')
    if (known === undefined || !fits) return [400, { error: 'invalid_grant' }]
    return [200, await tokens(issuer, { nonce: known.get('nonce') ?? undefined })]
  }

  async function tokens(issuer: string, more: Readonly<Record<string, unknown>>): Promise<unknown> {
    const now = Math.floor(Date.now() / 1000)
    const right = { iss: issuer, sub: 'kim', aud: 'sigstore', iat: now, exp: now + 600, ...PERSON, ...more }
    const claims = { ...right, ...wrong.claims?.(right) }
    const { privateKey } = keys[wrong.key === true ? 1 : 0]
    const idToken = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(privateKey)
    return { access_token: 'access', token_type: 'bearer', id_token: idToken, refresh_token: 'refresh-1' }
  }

  const loopback = await serve(answer)
  return { ...loopback, grants, visit }
}

const PERSON = { email: 'kim@example.com', email_verified: true }

async function visit(url: string): Promise<URL> {
  const { headers } = await fetch(url, { redirect: 'manual' })
  return new URL(headers.get('location') ?? '')
}

function discovery(issuer: string, wrong: Wrong): unknown {
  return {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    device_authorization_endpoint: `${issuer}/device`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'email', 'offline_access'],
    id_token_signing_alg_values_supported: ['RS256'],
    ...wrong.discovery?.(issuer),
  }
}
