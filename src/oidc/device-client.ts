// The device flow (RFC 8628): the page and the code are shown here and used anywhere, and the issuer is asked now and
// then, as often as it wishes, whether somebody has.
import { Fault } from '../errors.ts'
import { waitFor } from '../system/wait.ts'
import { type LoginPorts, readTokens, scopeFor } from './grant-client.ts'
import { type Issuer, pageAddress } from './issuer-client.ts'
import { ISSUER, type Login, type LoginOptions } from './login.ts'
import { deviceText, lateFault, reminderText } from './login-text.ts'

const MAX_CODE = 40

export async function logInByDevice(issuer: Issuer, options: LoginOptions, ports: LoginPorts): Promise<Login> {
  const { library, config, metadata } = issuer
  if (metadata.device_authorization_endpoint === undefined)
    throw new Fault('identity', `${ISSUER} has no codes for other devices`, {
      hint: 'log in where there is a browser (gitsigil.tokenProvider=interactive), or set SIGSTORE_ID_TOKEN',
    })
  // Dex ties the code to who asked for it; others ignore that.
  const verifier = library.randomPKCECodeVerifier()
  const device = await library.initiateDeviceAuthorization(config, {
    scope: scopeFor(issuer, options),
    code_challenge: await library.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(options.connectorID ? { connector_id: options.connectorID } : {}),
  })
  ports.tell(deviceText(pageAddress(device.verification_uri), device.user_code.slice(0, MAX_CODE)))
  const stop = new AbortController()
  // An issuer that wants to be asked without a pause would keep this machine busy.
  const polled = { ...device, interval: Math.max(device.interval ?? 5, 1) }
  const tokens = library.pollDeviceAuthorizationGrant(
    config,
    polled,
    { code_verifier: verifier },
    { signal: stop.signal },
  )
  const timeout = Math.min(options.timeout, device.expires_in * 1000)
  try {
    const patience = { timeout, signal: ports.signal, late: () => lateFault({ ...options, timeout }) }
    return readTokens(
      await waitFor(tokens, { ...patience, remind: (left) => ports.tell(reminderText(left)) }),
      options,
      ports,
    )
  } finally {
    stop.abort()
  }
}
