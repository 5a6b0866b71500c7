import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseIdentity } from '../../src/fulcio/identity.ts'
import type { TokenRequest } from '../../src/sandbox/issuer.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { requestCertificate, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const EMAIL = 'kim@example.com'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

async function refusal(request: TokenRequest): Promise<string> {
  const { status, message } = await requestCertificate(sandbox, await sandbox.mintToken(request), EMAIL)
  expect(status).toBe(400)
  expect(message).not.toContain('\n')
  return message
}

describe('a token is refused', () => {
  test('that has expired', async () => {
    expect(await refusal({ email: EMAIL, ttl: -1 })).toContain('it has expired')
  })

  test('for another audience', async () => {
    expect(await refusal({ email: EMAIL, audience: 'npm' })).toContain('its aud claim is not right')
  })

  test('that is not valid yet', async () => {
    const nbf = Math.floor(Date.now() / 1000) + 3600
    expect(await refusal({ email: EMAIL, claims: { nbf } })).toContain('its nbf claim is not right')
  })

  test('without an expiry', async () => {
    expect(await refusal({ email: EMAIL, claims: { exp: undefined } })).toContain('its exp claim is not right')
  })

  test('whose email address nobody verified', async () => {
    expect(await refusal({ email: EMAIL, claims: { email_verified: false } })).toBe('email_verified claim was false')
  })

  test('of an issuer that is not known', async () => {
    expect(await refusal({ email: EMAIL, claims: { iss: 'https://example.com' } })).toContain('is not known here')
  })

  test('of another issuer that signs with the same key', async () => {
    const iss = `${sandbox.urls.issuer}/`
    expect(await refusal({ email: EMAIL, claims: { iss } })).toContain('is not known here')
  })

  test('whose claims were changed', async () => {
    const [head, body = '', signature] = (await sandbox.mintToken({ email: 'eve@example.com' })).split('.')
    const claims = Buffer.from(body, 'base64url').toString().replaceAll('eve@', 'kim@')
    const token = [head, Buffer.from(claims).toString('base64url'), signature].join('.')
    const { status, message } = await requestCertificate(sandbox, token, EMAIL)
    expect([status, message]).toEqual([400, expect.stringContaining('its signature does not verify')])
  })

  test('that nobody signed', async () => {
    const [, body] = (await sandbox.mintToken({ email: EMAIL })).split('.')
    const token = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
    expect((await requestCertificate(sandbox, token, EMAIL)).status).toBe(400)
  })

  test('that is no token', async () => {
    const { message } = await requestCertificate(sandbox, 'hello', EMAIL)
    expect(message).toBe('There was an error processing the identity token: it is not a JWT')
  })
})

describe('a second issuer', () => {
  let issuer: TestIssuer
  beforeAll(async () => {
    issuer = await startIssuer()
  })
  afterAll(() => issuer.server.close())

  test('is known once its URL is, by discovery and JWKS alone', async () => {
    const token = await issuer.mint({ sub: 'x', email: EMAIL, email_verified: true })
    expect((await requestCertificate(sandbox, token, EMAIL)).status).toBe(400)
    sandbox.trustIssuer({ url: issuer.url, type: 'email' })
    const { status, chain } = await requestCertificate(sandbox, token, EMAIL)
    expect(status).toBe(200)
    expect(parseIdentity(chain[0] as Certificate)).toMatchObject({ subject: EMAIL, issuer: issuer.url })
  })

  test('may change its key', async () => {
    issuer.rotate()
    const token = await issuer.mint({ sub: 'x', email: EMAIL, email_verified: true })
    expect((await requestCertificate(sandbox, token, EMAIL)).status).toBe(200)
  })

  test('cannot speak for the first', async () => {
    const token = await issuer.mint({ iss: sandbox.urls.issuer, sub: 'x', email: EMAIL, email_verified: true })
    expect((await requestCertificate(sandbox, token, EMAIL)).status).toBe(400)
  })

  test('that federates has the upstream issuer named in the certificate', async () => {
    const federating = await startIssuer()
    sandbox.trustIssuer({ url: federating.url, type: 'email', federated: true })
    const upstream = { federated_claims: { connector_id: 'https://accounts.example.com' } }
    const token = await federating.mint({ sub: 'x', email: EMAIL, email_verified: true, ...upstream })
    const { chain } = await requestCertificate(sandbox, token, EMAIL)
    federating.server.close()
    expect(parseIdentity(chain[0] as Certificate).issuer).toBe('https://accounts.example.com')
  })
})

interface TestIssuer {
  readonly url: string
  readonly server: Server
  mint(claims: Readonly<Record<string, unknown>>): Promise<string>
  rotate(): void
}

async function startIssuer(): Promise<TestIssuer> {
  let pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  let kid = 'first'
  const server = createServer((request, response) => void answer(request.url).then((body) => response.end(body)))
  const answer = async (path: string | undefined) =>
    JSON.stringify(
      path === '/jwks'
        ? { keys: [{ ...(await exportJWK(pair.publicKey as KeyObject)), kid, alg: 'ES256' }] }
        : { issuer: url, jwks_uri: `${url}/jwks` },
    )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const mint = async (claims: Readonly<Record<string, unknown>>) =>
    await new SignJWT({ iss: url, aud: 'sigstore', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setExpirationTime('5m')
      .sign(pair.privateKey)
  const rotate = () => {
    pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    kid = 'second'
  }
  return { url, server, mint, rotate }
}
