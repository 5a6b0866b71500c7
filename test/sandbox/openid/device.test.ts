import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approveDevice, Browser, textOf } from '../../support/login.ts'
import { beginDevice, discoverIssuer } from '../../support/openid.ts'
import { requestCertificate, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts'

const EMAIL = 'kim@example.com'

let sandbox: TestSandbox
let known: client.Configuration
beforeAll(async () => {
  sandbox = await startTestSandbox()
  known = await discoverIssuer(sandbox.urls.issuer)
})
afterAll(() => sandbox.close())

function begin(scope?: string) {
  return beginDevice(known, scope)
}

test('a terminal gets a token for whoever enters its code', async () => {
  const { device, poll } = await begin()
  expect(device.user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/)
  expect(device.verification_uri).toBe(`${sandbox.urls.issuer}/device`)
  const browser = new Browser()
  const login = await browser.submit(await browser.open(device.verification_uri), { user_code: device.user_code })
  const end = await browser.submit(login, { email: EMAIL })
  expect(textOf(end.body)).toContain('You are logged in')
  const tokens = await poll()
  expect(tokens.claims()).toMatchObject({ iss: sandbox.urls.issuer, aud: 'sigstore', email: EMAIL })
  expect((await requestCertificate(sandbox, tokens.id_token ?? '', EMAIL)).status).toBe(200)
})

test('an address with the code in it shows the code to be compared before anything else', async () => {
  const { device, poll } = await begin()
  const { body } = await new Browser().open(device.verification_uri_complete ?? '')
  expect(textOf(body)).toContain(`Go on only if your own terminal shows this code: ${device.user_code}`)
  expect(body).not.toContain('<script')
  expect(await approveDevice(device.verification_uri_complete ?? '', EMAIL)).toBe('You are logged in')
  expect((await poll()).claims()).toMatchObject({ email: EMAIL })
})

test('a refresh token comes to who asks for offline access', async () => {
  const { device, poll } = await begin('openid email offline_access')
  await approveDevice(device.verification_uri_complete ?? '', EMAIL)
  const { refresh_token: token = '' } = await poll()
  expect((await client.refreshTokenGrant(known, token)).claims()).toMatchObject({ email: EMAIL })
})

test('whoever cancels at the login has refused', async () => {
  const { device, poll } = await begin()
  expect(await approveDevice(device.verification_uri_complete ?? '', { cancel: true })).toBe('The login was cancelled')
  await expect(poll()).rejects.toMatchObject({ error: 'access_denied' })
})

test('whoever does not know the code that is shown cancels', async () => {
  const { device, poll } = await begin()
  const browser = new Browser()
  const shown = await browser.open(device.verification_uri_complete ?? '')
  const { body } = await browser.submit(shown, { abort: 'yes' })
  expect(textOf(body)).toContain('The login was cancelled')
  await expect(poll()).rejects.toMatchObject({ error: 'access_denied' })
})

test('until somebody has logged in, the terminal is told to wait', async () => {
  const { device } = await begin()
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: 'sigstore',
    device_code: device.device_code,
  })
  const answer = await fetch(`${sandbox.urls.issuer}/token`, { method: 'POST', body })
  expect([answer.status, await answer.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'authorization_pending' }),
  ])
})

test('a wrong code is told on the page, which takes the right one', async () => {
  const { device, poll } = await begin()
  const browser = new Browser()
  const wrong = await browser.submit(await browser.open(device.verification_uri), { user_code: 'WRNG-CODE' })
  expect(wrong.status).toBe(400)
  expect(textOf(wrong.body)).toContain('There is no such code.')
  const login = await browser.submit(wrong, { user_code: device.user_code.toLowerCase() })
  await browser.submit(login, { email: EMAIL })
  expect((await poll()).claims()).toMatchObject({ email: EMAIL })
})

test('a code is good once', async () => {
  const { device } = await begin()
  await approveDevice(device.verification_uri_complete ?? '', EMAIL)
  const browser = new Browser()
  const again = await browser.submit(await browser.open(device.verification_uri), { user_code: device.user_code })
  expect(textOf(again.body)).toContain('That code has been used')
})

test('one browser may approve two terminals for two people', async () => {
  const browser = new Browser()
  for (const email of ['kim@example.com', 'sam@example.com']) {
    const { device, poll } = await begin()
    const login = await browser.submit(await browser.open(device.verification_uri_complete ?? ''), {})
    await browser.submit(login, { email })
    expect((await poll()).claims()).toMatchObject({ email })
  }
})
