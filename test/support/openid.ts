// A relying party that is not ours: openid-client as a program uses it, against the sandbox's issuer.
import * as client from 'openid-client'
import { logInByHttp } from './login.ts'

export const REDIRECT = 'http://localhost:54321/auth/callback'

export type Parameters = Readonly<Record<string, string>>

/** Without a secret it is a public client. */
export async function discoverIssuer(issuer: string, id = 'sigstore', secret?: string): Promise<client.Configuration> {
  const authentication = secret === undefined ? client.None() : undefined
  const options = { execute: [client.allowInsecureRequests] }
  return await client.discovery(new URL(issuer), id, secret, authentication, options)
}

export interface PendingLogin {
  readonly url: URL
  /** Gets the tokens for what the browser was sent back with. */
  finish(back: URL): ReturnType<typeof client.authorizationCodeGrant>
}

export async function beginLogin(known: client.Configuration, more: Parameters = {}): Promise<PendingLogin> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const url = client.buildAuthorizationUrl(known, {
    redirect_uri: REDIRECT,
    scope: 'openid email',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  })
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  return { url, finish: (back) => client.authorizationCodeGrant(known, back, checks) }
}

export async function logIn(known: client.Configuration, email: string, more: Parameters = {}) {
  const { url, finish } = await beginLogin(known, more)
  return await finish(await logInByHttp(url.href, email))
}

export async function beginDevice(known: client.Configuration, scope = 'openid email') {
  const device = await client.initiateDeviceAuthorization(known, { scope })
  // The client waits five seconds before each poll; a test need not.
  const poll = () => client.pollDeviceAuthorizationGrant(known, { ...device, interval: 0.05 })
  return { device, poll }
}
