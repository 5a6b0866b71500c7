import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Fault } from '../../src/errors.ts'
import type { Login, LoginOptions } from '../../src/oidc/login.ts'
import { type LoginPorts, logIn, refreshLogin } from '../../src/oidc/login-client.ts'
import { Secret } from '../../src/secret.ts'
import { createHttp } from '../../src/system/http.ts'
import { serve } from '../support/loopback.ts'
import { type Provider, serveProvider, type Wrong } from '../support/provider.ts'

interface Told {
  readonly login: Promise<Login>
  readonly text: () => string
}

const http = () => createHttp({ userAgent: 'test', sleep: async () => undefined })
const standard = { flow: 'browser', clientID: 'sigstore', autoclose: true, autocloseTimeout: 6, timeout: 5000 } as const

/** Starts a login at `issuer`; a fault it ends with is looked at later. */
function start(issuer: string, options: Partial<LoginOptions> = {}, ports: Partial<LoginPorts> = {}): Told {
  const told: string[] = []
  const tell = (text: string) => told.push(text)
  const login = logIn({ ...standard, issuer, ...options }, { http: http(), tell, now: Date.now, ...ports })
  login.catch(() => undefined)
  return { login, text: () => told.join('') }
}

/** A browser that follows the login to its end; what its last page said. */
function browser(provider: Provider) {
  const pages: Promise<string>[] = []
  const openBrowser = async (url: string) => {
    pages.push(provider.visit(url).then(async (back) => (await fetch(back)).text()))
  }
  return { openBrowser, page: async () => (await pages[0]) ?? '' }
}

async function faultOf({ login }: Told): Promise<Pick<Fault, 'code' | 'message' | 'hint'>> {
  const thrown = await login.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(thrown instanceof Fault)) throw new Error(`no fault: ${String(thrown)}`)
  expect(thrown.cause).toBeUndefined()
  return { code: thrown.code, message: thrown.message, hint: thrown.hint }
}

async function wrongLogin(wrong: Wrong, ports: Partial<LoginPorts> = {}) {
  const provider = await serveProvider(wrong)
  const { openBrowser, page } = browser(provider)
  const told = start(provider.url, {}, { openBrowser, ...ports })
  return { fault: await faultOf(told), page: await page(), host: new URL(provider.url).host }
}

describe('in a browser', () => {
  test('a login gives the validated token, and the page says who is signed in', async () => {
    const provider = await serveProvider()
    const { openBrowser, page } = browser(provider)
    const { login, text } = start(provider.url, {}, { openBrowser })
    const { token, refreshToken } = await login
    expect(token.claims).toMatchObject({ issuer: provider.url, email: 'kim@example.com', audience: ['sigstore'] })
    expect(refreshToken?.reveal()).toBe('refresh-1')
    expect(await page()).toContain('<strong>kim@example.com</strong>')
    expect(text()).toContain(`\n\n    ${provider.url}/auth?`)
  })

  test('the request has PKCE by S256, state, nonce and the scopes that Fulcio needs', async () => {
    const provider = await serveProvider()
    const { openBrowser } = browser(provider)
    await start(provider.url, { connectorID: 'https://github.com/login/oauth' }, { openBrowser }).login
    const asked = provider.asked.find(({ path }) => path.startsWith('/auth'))
    const { searchParams } = new URL(asked?.path ?? '', provider.url)
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'sigstore',
      response_type: 'code',
      scope: 'openid email',
      redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+\/auth\/callback$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      connector_id: 'https://github.com/login/oauth',
    })
  })

  test('a refresh token is asked for only by who keeps it', async () => {
    const provider = await serveProvider()
    const { openBrowser } = browser(provider)
    await start(provider.url, { keep: true }, { openBrowser }).login
    const asked = provider.asked.find(({ path }) => path.startsWith('/auth'))
    expect(new URL(asked?.path ?? '', provider.url).searchParams.get('scope')).toBe('openid email offline_access')
  })

  test('the configured redirect URL is used as it is', async () => {
    const provider = await serveProvider()
    const { openBrowser } = browser(provider)
    const redirectURL = `http://127.0.0.1:${await freePort()}/here`
    await start(provider.url, { redirectURL }, { openBrowser }).login
    expect(provider.grants[0]?.get('redirect_uri')).toBe(redirectURL)
  })

  test('a redirect URL elsewhere is refused before anything is opened', async () => {
    const { url } = await serveProvider()
    const told = start(url, { redirectURL: 'https://example.com/callback' }, { openBrowser: unwanted })
    expect(await faultOf(told)).toMatchObject({ code: 'config', message: expect.stringContaining('redirectURL') })
  })

  test('a client secret is sent as HTTP Basic, and stands in no address', async () => {
    const provider = await serveProvider()
    const { openBrowser } = browser(provider)
    await start(provider.url, { clientSecret: new Secret('hush') }, { openBrowser }).login
    const authorization = `Basic ${Buffer.from('sigstore:hush').toString('base64')}`
    expect(provider.asked.find(({ path }) => path === '/token')?.headers).toMatchObject({ authorization })
    expect(provider.asked.filter(({ path }) => path.includes('hush'))).toEqual([])
  })

  test('an answer with another state is shown the door, and the login goes on', async () => {
    const provider = await serveProvider()
    let stray: Response | undefined
    const openBrowser = async (url: string) => {
      const back = await provider.visit(url)
      const forged = new URL(back)
      forged.searchParams.set('state', 'forged')
      stray = await fetch(forged)
      fetch(back).catch(() => undefined)
    }
    const { token } = await start(provider.url, {}, { openBrowser }).login
    expect(token.claims.email).toBe('kim@example.com')
    expect(stray?.status).toBe(400)
    expect(await stray?.text()).toContain('belongs to no login')
  })

  test('an issuer that always sends another state ends in the time limit', async () => {
    const provider = await serveProvider({ redirect: { state: 'other' } })
    const { openBrowser } = browser(provider)
    expect(await faultOf(start(provider.url, { timeout: 300 }, { openBrowser }))).toMatchObject({
      code: 'identity',
      message: 'nobody logged in within 0 s',
    })
    expect(provider.grants).toEqual([])
  })

  test.each<[string, Wrong, string]>([
    ['nonce', { claims: () => ({ nonce: 'other' }) }, 'gave an ID token of another login (its nonce is wrong)'],
    ['audience', { claims: () => ({ aud: 'other' }) }, 'gave an ID token for another audience'],
    ['issuer', { claims: () => ({ iss: 'http://127.0.0.1:1' }) }, 'gave an ID token of another issuer'],
    ['expiry', { claims: () => ({ iat: 1, exp: 2 }) }, 'gave an ID token that is not valid now'],
    ['key', { key: true }, 'gave an answer that is not accepted: JWT signature verification failed'],
  ])('a token with a wrong %s is refused, here and on the page', async (_, wrong, why) => {
    const { fault, page, host } = await wrongLogin(wrong)
    expect(fault).toMatchObject({ code: 'identity', message: `the OIDC issuer ${host} ${why}` })
    expect(page).toContain('Not signed in')
  })

  test('a clock that is hours ahead is named as what may be wrong', async () => {
    const { fault } = await wrongLogin({}, { now: () => Date.now() + 3 * 3_600_000 })
    expect(fault).toMatchObject({ message: expect.stringContaining('not valid now'), hint: 'is this clock right?' })
  })

  test('a person who cancels ends the login at once', async () => {
    const redirect = { error: 'access_denied', error_description: 'the login was cancelled', code: '' }
    const { fault, page } = await wrongLogin({ redirect })
    expect(fault).toMatchObject({
      code: 'identity',
      message: expect.stringMatching(/refused: the login was cancelled or denied$/),
    })
    expect(page).toContain('cancelled or denied')
  })

  test('a browser that cannot be started is told, and the address still works', async () => {
    const provider = await serveProvider()
    const { login, text } = start(
      provider.url,
      {},
      { openBrowser: () => Promise.reject(new Error('spawn xdg-open ENOENT')) },
    )
    await expect.poll(text).toContain('no browser could be opened: spawn xdg-open ENOENT')
    const [url = ''] = /http:\S+auth\?\S+/.exec(text()) ?? []
    await fetch(await provider.visit(url))
    expect((await login).token.claims.email).toBe('kim@example.com')
  })

  test('nobody comes: the port is closed again in time', async () => {
    const provider = await serveProvider()
    let back: URL | undefined
    const openBrowser = async (url: string) => {
      back = await provider.visit(url)
    }
    const fault = await faultOf(start(provider.url, { timeout: 200 }, { openBrowser }))
    expect(fault).toMatchObject({ code: 'identity', hint: expect.stringContaining('gitsigil.loginTimeout') })
    await expect(fetch(back ?? '')).rejects.toThrow()
  })

  test('Ctrl-C ends it at once', async () => {
    const { url } = await serveProvider()
    const stop = new AbortController()
    const told = start(url, {}, { openBrowser: async () => stop.abort(), signal: stop.signal })
    expect(await faultOf(told)).toMatchObject({ code: 'interrupted', message: 'interrupted' })
  })

  test.each(['file:///etc/passwd', 'javascript:alert(1)', 'http://example.com/auth'])(
    'an issuer that would have %s opened is refused',
    async (endpoint) => {
      const { fault } = await wrongLogin(
        { discovery: () => ({ authorization_endpoint: endpoint }) },
        {
          openBrowser: unwanted,
        },
      )
      expect(fault.code).toMatch(/config|identity/)
    },
  )

  test('a page elsewhere whose name leads to this machine is not answered', async () => {
    const provider = await serveProvider()
    let status: number | undefined
    const openBrowser = async (url: string) => {
      const back = await provider.visit(url)
      status = await statusFor(back, 'attacker.example')
      fetch(back).catch(() => undefined)
    }
    await start(provider.url, {}, { openBrowser }).login
    expect(status).toBe(404)
  })
})

describe('with a device code', () => {
  const pending = [400, { error: 'authorization_pending' }] as const

  test('the page and the code are shown, and the issuer is asked until somebody has logged in', async () => {
    const provider = await serveProvider({ token: [pending] })
    const { login, text } = start(provider.url, { flow: 'device' }, { openBrowser: unwanted })
    expect((await login).token.claims.email).toBe('kim@example.com')
    expect(text()).toBe(
      `gitsigil: to sign, open this page on any device:\n\n    ${provider.url}/activate\n\n` +
        `gitsigil: and enter the code ABCD-EFGH\n`,
    )
    expect(provider.grants).toHaveLength(2)
  })

  test.each<[string, Wrong, string]>([
    ['cancels', { token: [[400, { error: 'access_denied' }]] }, 'refused: the login was cancelled or denied'],
    ['comes too late', { token: [[400, { error: 'expired_token' }]] }, 'says that the code has expired'],
    ['logs in for another audience', { claims: () => ({ aud: 'other' }) }, 'gave an ID token for another audience'],
    ['gets a forged token', { key: true }, 'gave an answer that is not accepted: JWT signature verification failed'],
  ])('a person who %s', async (_, wrong, why) => {
    const { url } = await serveProvider(wrong)
    const fault = await faultOf(start(url, { flow: 'device' }))
    expect(fault).toMatchObject({ code: 'identity', message: `the OIDC issuer ${new URL(url).host} ${why}` })
  })

  test('nobody comes: it ends when the code does', async () => {
    const { url } = await serveProvider({ token: Array.from({ length: 9 }, () => pending), expiresIn: 1 })
    expect(await faultOf(start(url, { flow: 'device' }))).toMatchObject({ message: 'nobody logged in within 1 s' })
  })

  test('an issuer without device codes shows a code to be typed, where somebody can type', async () => {
    const provider = await serveProvider({ discovery: () => ({ device_authorization_endpoint: undefined }) })
    let shown = ''
    const ask = async () =>
      (await provider.visit(/http:\S+auth\?\S+/.exec(shown)?.[0] ?? '')).searchParams.get('code') ?? ''
    const tell = (text: string) => {
      shown += text
    }
    const { token } = await start(provider.url, { flow: 'device' }, { ask, tell }).login
    expect(token.claims.email).toBe('kim@example.com')
    expect(provider.grants[0]?.get('redirect_uri')).toBe('urn:ietf:wg:oauth:2.0:oob')
  })

  test('and says so where nobody can', async () => {
    const { url } = await serveProvider({ discovery: () => ({ device_authorization_endpoint: undefined }) })
    expect(await faultOf(start(url, { flow: 'device' }))).toMatchObject({
      code: 'identity',
      message: 'the OIDC issuer has no codes for other devices',
    })
  })
})

describe('an issuer that', () => {
  test('is down is named, with nothing opened', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    expect(await faultOfAny(start(url, {}, { openBrowser: unwanted }))).toMatchObject({
      code: 'network',
      message: expect.stringContaining(`the OIDC issuer at ${new URL(url).host} refused the connection`),
    })
  })

  test('is no OpenID Provider', async () => {
    const { url } = await serve((_, response) => response.writeHead(200).end('hello'))
    expect(await faultOf(start(url))).toMatchObject({ code: 'identity', hint: 'is gitsigil.issuer right?' })
  })

  test('names another', async () => {
    const { url } = await serveProvider({ discovery: () => ({ issuer: 'http://127.0.0.1:1' }) })
    expect(await faultOf(start(url))).toMatchObject({ message: expect.stringContaining('names another issuer') })
  })

  test('sends endless documents is cut off', async () => {
    const { url } = await serve((_, response) => response.end('x'.repeat(300_000)))
    expect(await faultOfAny(start(url))).toMatchObject({ message: expect.stringContaining('sent more than') })
  })

  test('would be asked in the clear is refused', async () => {
    expect(await faultOf(start('http://issuer.example'))).toMatchObject({ code: 'config' })
  })

  test('would have the code sent in the clear is refused', async () => {
    const { fault } = await wrongLogin({ discovery: () => ({ token_endpoint: 'http://issuer.example/token' }) })
    expect(fault).toMatchObject({ code: 'config', message: expect.stringContaining('plain http to issuer.example') })
  })

  test('repeats what it was sent does not get it into a message', async () => {
    const { fault } = await wrongLogin({
      token: [[400, { error: 'invalid_request', error_description: 'eyJh.eyJi.x' }]],
    })
    expect(fault.message).toMatch(/refused: invalid_request: \[secret\]$/)
  })
})

describe('a refresh token', () => {
  const refresh = (provider: Provider) =>
    refreshLogin({ ...standard, issuer: provider.url }, new Secret('refresh-0'), { http: http(), now: Date.now })

  test('gives a new token without anybody', async () => {
    const provider = await serveProvider()
    const login = await refresh(provider)
    expect(login?.token.claims.email).toBe('kim@example.com')
    expect(login?.refreshToken?.reveal()).toBe('refresh-1')
    expect(provider.grants[0]?.get('refresh_token')).toBe('refresh-0')
  })

  test('that is no longer good is no fault', async () => {
    expect(await refresh(await serveProvider({ token: [[400, { error: 'invalid_grant' }]] }))).toBeUndefined()
  })

  test.each<[string, Wrong]>([
    ['another audience', { claims: () => ({ aud: 'other' }) }],
    ['a forged signature', { key: true }],
  ])('whose token has %s is one', async (_, wrong) => {
    await expect(refresh(await serveProvider(wrong))).rejects.toThrow(Fault)
  })
})

async function unwanted(): Promise<void> {
  throw new Error('no browser may be opened')
}

// The network's own failures keep the runtime's error as their cause.
async function faultOfAny({ login }: Told): Promise<Fault> {
  return await login.then(
    () => Promise.reject(new Error('no fault')),
    (error: Fault) => error,
  )
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function statusFor(url: URL, host: string): Promise<number> {
  const { request } = await import('node:http')
  return await new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host }, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    onTestFinished(() => void asked.destroy())
    asked.on('error', reject).end()
  })
}
