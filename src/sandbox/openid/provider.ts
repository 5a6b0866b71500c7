// The OpenID Provider behind the sandbox's issuer (OpenID Connect Core, RFC 7636, 8252, 8628): oidc-provider, set up as
// Sigstore's Dex behaves. Sessions live in memory and end with their login: each asks who is there.
import type { KeyObject } from 'node:crypto'
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js'
import { base } from 'oidc-provider/lib/helpers/interaction_policy/index.js'
import LRU from 'oidc-provider/lib/helpers/lru.js'
import { type Context, Provider } from 'oidc-provider/lib/provider.js'
import { emailClaims, federatedClaims, subjectOf } from './account.ts'
import { clientsWith, isLoopbackRedirect } from './clients.ts'
import { deviceFlow, rememberUserCode } from './device.ts'
import { exchange, failWith } from './exchange.ts'
import { loginPage, loginPath } from './login.ts'
import { AUTH_METHODS, CLAIMS, ROUTES, SCOPES } from './metadata.ts'
import { html, sendPage } from './page.ts'
import { ownSession } from './session.ts'

export interface ProviderOptions {
  readonly issuer: string
  readonly key: KeyObject
  readonly keyId: string
  readonly clientSecret: string
  /** Seconds that an ID token lives. */
  readonly ttl: number
}

export function openProvider(options: ProviderOptions): (request: Request) => Promise<Response> {
  const people = new Map<string, string>()
  const provider = new Provider(options.issuer, configuration(options, people))
  provider.Client.prototype.redirectUriAllowed = isLoopbackRedirect
  provider.silent = true
  provider.on('server_error', (context, error) => failWith(context.res, error))
  provider.on('error', (error, context) => {
    if (context.status >= 500) failWith(context.res, error)
  })
  const admit = (email: string) => {
    people.set(subjectOf(email), email)
    return subjectOf(email)
  }
  provider.use(ownSession).use(rememberUserCode).use(allowOffline).use(loginPage({ provider, admit }))
  const handle = provider.callback()
  return (request) => exchange(handle, request)
}

function configuration(
  { issuer, key, keyId, clientSecret, ttl }: ProviderOptions,
  people: ReadonlyMap<string, string>,
) {
  const account = (_: unknown, accountId: string) => {
    const email = people.get(accountId)
    if (email === undefined) return undefined
    return { accountId, claims: () => ({ ...emailClaims(email), federated_claims: federatedClaims(email, issuer) }) }
  }
  const store = new LRU({ maxSize: KEPT })
  return {
    adapter: (model: string) => new MemoryAdapter(model, store),
    clients: clientsWith(clientSecret),
    clientBasedCORS: () => false,
    claims: CLAIMS,
    clientAuthMethods: AUTH_METHODS,
    // Fulcio reads the address in the ID token.
    conformIdTokenClaims: false,
    expiresWithSession: () => false,
    features: FEATURES,
    findAccount: account,
    interactions: { policy: promptsOf(), url: (_: unknown, { uid }: { readonly uid: string }) => loginPath(uid) },
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' }] },
    loadExistingGrant: grantAll,
    renderError: sendError,
    responseTypes: ['code'],
    rotateRefreshToken: true,
    routes: ROUTES,
    scopes: SCOPES,
    ttl: { ...LIFETIMES, IdToken: ttl },
  }
}

const FEATURES = {
  devInteractions: { enabled: false },
  deviceFlow,
  dPoP: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  resourceIndicators: { enabled: false },
  revocation: { enabled: true, allowedPolicy: isOwnToken },
  rpInitiatedLogout: { enabled: false },
  userinfo: { enabled: true },
}

// A login leaves about eight. The adapter's own thousand would forget refresh tokens after a hundred logins.
const KEPT = 20_000

const [HOUR, DAY] = [3600, 86_400]
const LIFETIMES = {
  AccessToken: HOUR,
  AuthorizationCode: 60,
  DeviceCode: 600,
  Grant: 30 * DAY,
  Interaction: HOUR,
  RefreshToken: 30 * DAY,
  Session: HOUR,
}

// `prompt=consent` is taken, and nothing asked: there is nothing here to protect from the programs of this machine.
function promptsOf() {
  const prompts = base()
  prompts.get('consent')?.checks.clear()
  return prompts
}

interface Asking {
  readonly oidc: {
    readonly session: { readonly accountId: string }
    readonly client: { readonly clientId: string }
    readonly params: { readonly scope?: string }
    readonly provider: Provider
  }
}

async function grantAll({ oidc: { session, client, params, provider } }: Asking) {
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
  grant.addOIDCScope(params.scope ?? 'openid')
  await grant.save()
  return grant
}

function isOwnToken(_: unknown, client: { readonly clientId: string }, token: { readonly clientId: string }): boolean {
  return client.clientId === token.clientId
}

// Dex gives a refresh token to who asks for `offline_access`; the provider only to who asks for consent as well.
async function allowOffline(context: Context, next: () => Promise<void>): Promise<void> {
  const params = new URLSearchParams(context.querystring)
  const isAsked = context.path === ROUTES.authorization && params.get('scope')?.split(' ').includes('offline_access')
  if (isAsked === true && params.get('prompt') !== 'none') {
    params.set('prompt', [...new Set([...(params.get('prompt')?.split(' ') ?? []), 'consent'])].join(' '))
    context.querystring = params.toString()
  }
  await next()
}

function sendError(context: Context, out: Readonly<Record<string, string | undefined>>): void {
  sendPage(context, context.status, {
    title: 'This did not work',
    body: html`<p role="alert">${out['error'] ?? 'error'}: ${out['error_description'] ?? 'no reason was given'}</p>`,
  })
}
