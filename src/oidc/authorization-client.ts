// The authorization code flow with PKCE (RFC 7636, S256), state and nonce: the browser brings the code back to this
// machine, or the person types it, where no page can come back.
import { Fault } from '../errors.ts'
import { waitFor } from '../system/wait.ts'
import { expectedIdentity } from './expected-identity.ts'
import { type LoginPorts, readTokens, scopeFor } from './grant-client.ts'
import { type Issuer, pageAddress } from './issuer-client.ts'
import { ISSUER, type Login, type LoginOptions } from './login.ts'
import { explainLogin } from './login-fault.ts'
import { browserText, lateFault, noBrowserText, reminderText } from './login-text.ts'
import { type Callback, openRedirect } from './loopback-client.ts'
import { failurePage, successPage } from './pages.ts'

/** What ties an answer to this login and nobody else's. */
interface Ties {
  readonly pkceCodeVerifier: string
  readonly expectedState: string
  readonly expectedNonce: string
}

const OUT_OF_BAND = 'urn:ietf:wg:oauth:2.0:oob'

export async function logInByBrowser(issuer: Issuer, options: LoginOptions, ports: LoginPorts): Promise<Login> {
  const ties = newTies(issuer)
  const redirect = await openRedirect(ties.expectedState, options.redirectURL)
  try {
    const url = await authorizationUrl(issuer, options, ties, redirect.uri)
    await showPage(url, ports)
    const callback = await waitFor(redirect.callback, {
      timeout: options.timeout,
      signal: ports.signal,
      remind: (left) => ports.tell(reminderText(left)),
      late: () => lateFault(options),
    })
    return await finish(issuer, options, ports, ties, callback)
  } finally {
    redirect.close()
  }
}

/** For issuers that show the code to the person (out of band), where nothing else is possible. */
export async function logInByCode(issuer: Issuer, options: LoginOptions, ports: LoginPorts): Promise<Login> {
  const ties = newTies(issuer)
  const url = await authorizationUrl(issuer, options, ties, OUT_OF_BAND)
  ports.tell(browserText(url, 'not opened'))
  const stop = new AbortController()
  const asked = ports.ask?.('gitsigil: the code that the page shows: ', stop.signal) ?? Promise.resolve(undefined)
  const { timeout } = options
  const code = await waitFor(asked, { timeout, signal: ports.signal, late: () => lateFault(options) }).finally(() =>
    stop.abort(),
  )
  if (code === undefined || code.trim() === '') throw new Fault('identity', 'no code was entered')
  const back = new URL(`${OUT_OF_BAND}?${new URLSearchParams({ code: code.trim(), state: ties.expectedState })}`)
  return await exchange(issuer, options, ports, ties, back)
}

function newTies({ library }: Issuer): Ties {
  return {
    pkceCodeVerifier: library.randomPKCECodeVerifier(),
    expectedState: library.randomState(),
    expectedNonce: library.randomNonce(),
  }
}

async function authorizationUrl(issuer: Issuer, options: LoginOptions, ties: Ties, uri: string): Promise<string> {
  const { library, config, metadata } = issuer
  if (metadata.authorization_endpoint === undefined)
    throw new Fault('identity', `${ISSUER} has no page to log in on`, { hint: 'use gitsigil.tokenProvider=device' })
  const scope = scopeFor(issuer, options)
  const url = library.buildAuthorizationUrl(config, {
    redirect_uri: uri,
    scope,
    state: ties.expectedState,
    nonce: ties.expectedNonce,
    code_challenge: await library.calculatePKCECodeChallenge(ties.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...(scope.includes('offline_access') ? { prompt: 'consent' } : {}),
    ...(options.connectorID ? { connector_id: options.connectorID } : {}),
  })
  return pageAddress(url.href)
}

// Shown before it is opened: what opens it may take its time, or do nothing.
async function showPage(url: string, { openBrowser, tell }: LoginPorts): Promise<void> {
  tell(browserText(url, openBrowser === undefined ? 'not opened' : 'opened'))
  try {
    await openBrowser?.(url)
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    tell(noBrowserText(thrown instanceof Error ? thrown.message : String(thrown)))
  }
}

async function finish(issuer: Issuer, options: LoginOptions, ports: LoginPorts, ties: Ties, { url, show }: Callback) {
  try {
    const login = await exchange(issuer, options, ports, ties, url)
    const closeAfter = options.autoclose ? options.autocloseTimeout : undefined
    await show(successPage(expectedIdentity(login.token), { closeAfter }))
    return login
  } catch (thrown) {
    const fault = explainLogin(thrown, options.issuer)
    await show(failurePage(`${fault.message}.`))
    throw fault
  }
}

async function exchange(
  { library, config }: Issuer,
  options: LoginOptions,
  ports: LoginPorts,
  ties: Ties,
  url: URL,
): Promise<Login> {
  const checks = { ...ties, idTokenExpected: true }
  return readTokens(await library.authorizationCodeGrant(config, url, checks), options, ports)
}
