// A person logs in at an OpenID Provider: on a page of a browser, with a code on another device, or with a code typed
// here. Each wait is bounded and can be interrupted; the address or code is always shown, whatever a browser does.
import type { Secret } from '../secret.ts'
import { logInByBrowser, logInByCode } from './authorization-client.ts'
import { logInByDevice } from './device-client.ts'
import { type LoginPorts, readTokens } from './grant-client.ts'
import { fetchIssuer } from './issuer-client.ts'
import type { Login, LoginOptions } from './login.ts'
import { explainLogin, isGrantGone } from './login-fault.ts'

export type { LoginPorts } from './grant-client.ts'

/**
 * A validated ID token: issuer, audience, nonce, expiry, and the signature by the issuer's keys.
 * @throws `network`, `identity` with what to do, `config`, `interrupted`
 */
export async function logIn(options: LoginOptions, ports: LoginPorts): Promise<Login> {
  const issuer = await fetchIssuer(options, ports)
  // Where no other device can be used, a browser anywhere may show a code to be typed here.
  const isTyped = options.flow === 'device' && !issuer.metadata.device_authorization_endpoint && ports.ask !== undefined
  try {
    const flow = { browser: logInByBrowser, device: logInByDevice, code: logInByCode }[isTyped ? 'code' : options.flow]
    return await flow(issuer, options, ports)
  } catch (thrown) {
    throw explainLogin(thrown, options.issuer)
  }
}

/** Ends a refresh token where it came from (RFC 7009); false where the issuer has no such service. */
export async function revokeLogin(
  options: LoginOptions,
  refreshToken: Secret,
  ports: Pick<LoginPorts, 'http' | 'now'>,
): Promise<boolean> {
  const { library, config, metadata } = await fetchIssuer(options, ports)
  if (metadata.revocation_endpoint === undefined) return false
  try {
    await library.tokenRevocation(config, refreshToken.reveal(), { token_type_hint: 'refresh_token' })
    return true
  } catch (thrown) {
    throw explainLogin(thrown, options.issuer)
  }
}

/** A new token without anybody's doing; undefined where the issuer has no more of the refresh token. */
export async function refreshLogin(
  options: LoginOptions,
  refreshToken: Secret,
  ports: Pick<LoginPorts, 'http' | 'now'>,
): Promise<Login | undefined> {
  const { library, config } = await fetchIssuer(options, ports)
  try {
    const tokens = await library.refreshTokenGrant(config, refreshToken.reveal(), { scope: 'openid email' })
    return readTokens({ refresh_token: refreshToken.reveal(), ...tokens }, options, ports)
  } catch (thrown) {
    if (isGrantGone(thrown)) return undefined
    throw explainLogin(thrown, options.issuer)
  }
}
