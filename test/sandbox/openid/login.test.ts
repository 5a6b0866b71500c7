import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parseFault } from '../../../src/sandbox/fault.ts'
import { NOTICE } from '../../../src/sandbox/notice.ts'
import { loginMetadata } from '../../../src/sandbox/openid/metadata.ts'
import { Browser, logInByHttp, textOf } from '../../support/login.ts'
import { beginLogin, discoverIssuer, logIn as logInAt, type Parameters, REDIRECT } from '../../support/openid.ts'
import { requestCertificate, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts'

const EMAIL = 'kim@example.com'

let sandbox: TestSandbox
let known: client.Configuration
beforeAll(async () => {
  sandbox = await startTestSandbox()
  known = await discoverIssuer(sandbox.urls.issuer)
})
afterEach(() => sandbox.setFaults([]))
afterAll(() => sandbox.close())

function begin(more: Parameters = {}) {
  return beginLogin(known, more)
}

function logIn(email = EMAIL, more: Parameters = {}, configuration = known) {
  return logInAt(configuration, email, more)
}

function confidential(secret: string) {
  return discoverIssuer(sandbox.urls.issuer, 'sigstore-confidential', secret)
}

test('whoever gives an email address gets a token for it, and a certificate for the token', async () => {
  const tokens = await logIn()
  expect(tokens.claims()).toMatchObject({
    iss: sandbox.urls.issuer,
    aud: 'sigstore',
    email: EMAIL,
    email_verified: true,
  })
  expect((await requestCertificate(sandbox, tokens.id_token ?? '', EMAIL)).status).toBe(200)
})

test('a token says of a person what a minted one says', async () => {
  const { sub } = (await logIn()).claims() ?? {}
  const [, payload = ''] = (await sandbox.mintToken({ email: EMAIL })).split('.')
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub })
})

test('as at Dex, `sub` is not the address, and the token says who vouched for it', async () => {
  const claims: Readonly<Record<string, unknown>> = (await logIn()).claims() ?? {}
  const { user_id: user, ...rest } = claims['federated_claims'] as Record<string, string>
  expect(rest).toEqual({ connector_id: sandbox.urls.issuer })
  expect(Buffer.from(String(claims['sub']), 'base64url').toString('latin1')).toBe(`\n\u0018${user}\u0012\u0007sandbox`)
})

test.each([
  'http://localhost:1234/auth/callback',
  'http://127.0.0.1:1234/auth/callback',
  'http://[::1]:1234/auth/callback',
  'http://localhost/elsewhere',
])('a program may wait for the answer at %s', async (redirect_uri) => {
  const { url, finish } = await begin({ redirect_uri })
  const back = await logInByHttp(url.href, EMAIL)
  expect(back.href.startsWith(redirect_uri)).toBe(true)
  expect((await finish(back)).id_token).toBeDefined()
})

test.each([
  'https://evil.example/auth/callback',
  'http://localhost.evil.example/auth/callback',
  'http://user@localhost/auth/callback',
  'https://localhost/auth/callback',
  'http://localhost/auth/callback#fragment',
])('but not at %s', async (redirect_uri) => {
  const { url } = await begin({ redirect_uri })
  const { status, body, redirect } = await new Browser().open(url)
  expect([status, redirect]).toEqual([400, undefined])
  expect(textOf(body)).toContain('redirect_uri')
})

test('without PKCE the public client is refused', async () => {
  const url = client.buildAuthorizationUrl(known, { redirect_uri: REDIRECT, scope: 'openid email', state: 'abc' })
  const { redirect } = await new Browser().open(url)
  expect(Object.fromEntries(redirect?.searchParams ?? [])).toMatchObject({ error: 'invalid_request', state: 'abc' })
})

test('a code challenge that shows the verifier is refused', async () => {
  const { url } = await begin({ code_challenge_method: 'plain' })
  expect((await new Browser().open(url)).redirect?.searchParams.get('error')).toBe('invalid_request')
})

test('the address is at the userinfo endpoint too', async () => {
  const tokens = await logIn()
  const sub = tokens.claims()?.sub ?? ''
  expect(await client.fetchUserInfo(known, tokens.access_token, sub)).toMatchObject({
    sub,
    email: EMAIL,
    email_verified: true,
  })
})

test('fifty people may log in at once', async () => {
  const people = Array.from({ length: 50 }, (_, at) => `kim${at}@example.com`)
  const tokens = await Promise.all(people.map((email) => logIn(email)))
  expect(tokens.map((one) => one.claims()?.['email'])).toEqual(people)
})

test('another code verifier gets no token', async () => {
  const { url } = await begin()
  const back = await logInByHttp(url.href, EMAIL)
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: back.searchParams.get('state') ?? '',
  }
  const exchanged = client.authorizationCodeGrant(known, back, checks)
  await expect(exchanged).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('a code is good once', async () => {
  const { url, finish } = await begin()
  const back = await logInByHttp(url.href, EMAIL)
  await finish(back)
  await expect(finish(back)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('a connector that is asked for changes nothing', async () => {
  const claims = (await logIn(EMAIL, { connector_id: 'https://accounts.google.com' })).claims()
  expect(claims).toMatchObject({ iss: sandbox.urls.issuer, email: EMAIL })
})

test('whoever cancels has refused', async () => {
  const { url } = await begin()
  const back = await logInByHttp(url.href, { cancel: true })
  expect(Object.fromEntries(back.searchParams)).toMatchObject({ error: 'access_denied', state: expect.any(String) })
  expect(back.searchParams.has('code')).toBe(false)
})

test('a client that is not known is told so on the page', async () => {
  const { url } = await begin({ client_id: 'nobody' })
  const { status, body } = await new Browser().open(url)
  expect(status).toBe(400)
  expect(textOf(body)).toContain('invalid_client: client is invalid')
})

describe('a confidential client', () => {
  let secret: string
  beforeAll(async () => {
    secret = (await readFile(join(sandbox.directory, 'client_secret'), 'utf8')).trim()
  })

  test('proves itself by the secret of the state directory, and Fulcio takes its tokens', async () => {
    const tokens = await logIn(EMAIL, {}, await confidential(secret))
    expect(tokens.claims()?.aud).toBe('sigstore-confidential')
    expect((await requestCertificate(sandbox, tokens.id_token ?? '', EMAIL)).status).toBe(200)
  })

  test('may send the secret in a header', async () => {
    const options = { execute: [client.allowInsecureRequests] }
    const basic = client.ClientSecretBasic(secret)
    const url = new URL(sandbox.urls.issuer)
    const configuration = await client.discovery(url, 'sigstore-confidential', undefined, basic, options)
    expect((await logIn(EMAIL, {}, configuration)).id_token).toBeDefined()
  })

  test('gets nothing with another', async () => {
    const wrong = await confidential('guess')
    await expect(logIn(EMAIL, {}, wrong)).rejects.toMatchObject({ error: 'invalid_client' })
  })
})

describe('a refresh token', () => {
  const OFFLINE = { scope: 'openid email offline_access' }

  test('comes to who asks for offline access', async () => {
    expect((await logIn()).refresh_token).toBeUndefined()
    expect((await logIn(EMAIL, OFFLINE)).refresh_token).toEqual(expect.any(String))
  })

  test('gets another token for the same person, and another refresh token', async () => {
    const first = await logIn(EMAIL, OFFLINE)
    const second = await client.refreshTokenGrant(known, first.refresh_token ?? '')
    expect(second.claims()).toMatchObject({ sub: first.claims()?.sub, email: EMAIL, email_verified: true })
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await requestCertificate(sandbox, second.id_token ?? '', EMAIL)).status).toBe(200)
  })

  test('used twice is thought stolen: neither it nor its successor is good any more', async () => {
    const { refresh_token: first = '' } = await logIn(EMAIL, OFFLINE)
    const { refresh_token: second = '' } = await client.refreshTokenGrant(known, first)
    for (const token of [first, second])
      await expect(client.refreshTokenGrant(known, token)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  test('can be given back', async () => {
    const { refresh_token: token = '' } = await logIn(EMAIL, OFFLINE)
    await client.tokenRevocation(known, token)
    await expect(client.refreshTokenGrant(known, token)).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

describe('the login page', () => {
  const shown = async (more = {}) => await new Browser().open((await begin(more)).url)

  test('says what it is for, has a label for its field, and no script', async () => {
    const { status, body } = await shown()
    expect(status).toBe(200)
    expect(textOf(body)).toContain(NOTICE)
    expect(body).toContain('<label for="email">')
    expect(body).not.toContain('<script')
    expect(body).not.toMatch(/(?:src|href)=/)
  })

  test('may load nothing, be framed by nobody, and lead on only to where the program waits', async () => {
    const { headers, body } = await shown()
    const style = createHash('sha256')
      .update(/<style>(.*?)<\/style>/s.exec(body)?.[1] ?? '')
      .digest('base64')
    expect(headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${style}'`,
      "form-action 'self' http://localhost:54321",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('fills in the address that the program hints at', async () => {
    expect((await shown({ login_hint: '"><b>kim@example.com' })).body).toContain(
      'value="&#34;&#62;&#60;b&#62;kim@example.com"',
    )
  })

  test.each(['', 'kim', 'kim@example', 'a b@example.com'])('does not take %j for an address', async (email) => {
    const browser = new Browser()
    const { url, finish } = await begin()
    const again = await browser.submit(await browser.open(url), { email })
    expect(again.status).toBe(400)
    expect(textOf(again.body)).toContain('That is not an email address.')
    const { redirect } = await browser.submit(again, { email: EMAIL })
    expect((await finish(redirect as URL)).claims()?.['email']).toBe(EMAIL)
  })

  test('is nobody else\u2019s: another browser is told to start again', async () => {
    const { url } = await shown()
    const { status, body } = await new Browser().open(url)
    expect([status, textOf(body)]).toEqual([400, expect.stringContaining('No login is under way here')])
  })

  test('takes no form from a page of another site, or of another port of this machine', async () => {
    const browser = new Browser()
    const { url } = await browser.open((await begin()).url)
    const body = new URLSearchParams({ email: 'eve@example.com' })
    for (const site of ['cross-site', 'same-site'])
      expect((await browser.open(url, { method: 'POST', body, headers: { 'sec-fetch-site': site } })).status).toBe(403)
  })

  test('comes at each login, and each may be somebody else', async () => {
    const browser = new Browser()
    for (const email of ['kim@example.com', 'sam@example.com']) {
      const { url, finish } = await begin()
      const { redirect } = await browser.submit(await browser.open(url), { email })
      expect((await finish(redirect as URL)).claims()?.['email']).toBe(email)
    }
  })

  test('two logins at once in one browser do not meet', async () => {
    const browser = new Browser()
    const [one, two] = [await begin(), await begin()]
    const pages = [await browser.open(one.url), await browser.open(two.url)] as const
    const second = await browser.submit(pages[1], { email: 'sam@example.com' })
    const first = await browser.submit(pages[0], { email: 'kim@example.com' })
    expect((await one.finish(first.redirect as URL)).claims()?.['email']).toBe('kim@example.com')
    expect((await two.finish(second.redirect as URL)).claims()?.['email']).toBe('sam@example.com')
  })
})

test('what discovery says of the login is what the provider does', async () => {
  const { openProvider } = await import('../../../src/sandbox/openid/provider.ts')
  const { generateKeyPairSync } = await import('node:crypto')
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const issuer = 'http://localhost:1'
  const ask = openProvider({ issuer, key, keyId: 'key', clientSecret: 'x'.repeat(32), ttl: 600 })
  const answer = await ask(new Request(`${issuer}/.well-known/openid-configuration`))
  const own = (await answer.json()) as Record<string, unknown>
  const { claims_supported: claims, ...rest } = loginMetadata(issuer)
  expect(own).toMatchObject({ ...rest, issuer, jwks_uri: `${issuer}/keys` })
  expect(own['claims_supported']).toEqual(
    expect.arrayContaining([claims].flat().filter((one) => /^email|_claims/.test(String(one)))),
  )
})

describe('a fault of the issuer', () => {
  test('shows on the login as on every answer', async () => {
    const { url } = await begin()
    sandbox.setFaults([parseFault('issuer:500:1')])
    expect((await new Browser().open(url)).status).toBe(500)
    expect((await new Browser().open(url)).status).toBe(200)
  })

  test('loses the answer to a code, which is then used up', async () => {
    const { url, finish } = await begin()
    const back = await logInByHttp(url.href, EMAIL)
    sandbox.setFaults([parseFault('issuer:drop:1')])
    await expect(finish(back)).rejects.toThrow()
    await expect(finish(back)).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})
