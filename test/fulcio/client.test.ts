import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createFulcioClient } from '../../src/fulcio/client.ts'
import { newSigningKey } from '../../src/sign/key.ts'
import { createHttp } from '../../src/system/http.ts'
import { faultOf, printed } from '../support/faults.ts'
import { issuePem, type LeafOptions } from '../support/issue.ts'
import { type Asked, json, type Loopback, serve } from '../support/loopback.ts'
import { token } from '../support/token.ts'

const now = 1_900_000_000_000

interface Fake {
  /** Claims a proof must be over: others are refused as Fulcio does. */
  readonly challenge?: string
  readonly issuers?: readonly unknown[]
  readonly leaf?: Partial<LeafOptions>
  /** Instead of an honest answer. */
  readonly answer?: unknown
  readonly refuse?: string
}

/** A Fulcio that checks the proof of possession and issues for ten minutes. */
function serveFulcio(fake: Fake = {}): Promise<Loopback> {
  return serve((asked, response) => {
    if (asked.path === '/api/v2/configuration') return json(response, 200, { issuers: fake.issuers ?? [] })
    if (asked.path !== '/api/v2/signingCert') return json(response, 404, { code: 5, message: 'Not Found', details: [] })
    if (fake.refuse !== undefined) return json(response, 400, { code: 3, message: fake.refuse, details: [] })
    const { spki, proven } = readRequest(asked, fake.challenge ?? 'subject')
    if (!proven) return json(response, 400, { code: 3, message: 'The signature supplied could not be verified' })
    const leaf = { spki, notBefore: now, notAfter: now + 600_000, withSct: true, ...fake.leaf }
    const chain = { certificates: [issuePem(leaf)] }
    return json(response, 200, fake.answer ?? { signedCertificateEmbeddedSct: { chain } })
  })
}

function readRequest(asked: Asked, challenge: string) {
  const body = JSON.parse(asked.body.toString())
  const key = createPublicKey(body.publicKeyRequest.publicKey.content)
  const proof = Buffer.from(body.publicKeyRequest.proofOfPossession, 'base64')
  const spki = key.export({ type: 'spki', format: 'der' })
  return { spki, proven: verify('sha256', Buffer.from(challenge), key, proof) }
}

function clientOf(server: Loopback, more: { mayLackSct?: boolean } = {}) {
  const http = createHttp({ userAgent: 'gitsigil/test', sleep: async () => {} })
  return createFulcioClient({ http, url: `${server.url}/`, now: () => now, ...more })
}

const paths = (server: Loopback) => server.asked.map((one) => one.path)

test('a certificate for our key is taken, by one request with the token in its body alone', async () => {
  const server = await serveFulcio()
  const key = newSigningKey()
  const one = token()
  const { leaf, intermediates } = await clientOf(server).certify(one, key)
  expect(Buffer.from(leaf.spki).equals(Buffer.from(key.spki))).toBe(true)
  expect(intermediates).toEqual([])
  expect(paths(server)).toEqual(['/api/v2/signingCert'])
  const [asked] = server.asked
  expect(JSON.parse(asked?.body.toString() ?? '')).toMatchObject({
    credentials: { oidcIdentityToken: one.secret.reveal() },
    publicKeyRequest: { publicKey: { algorithm: 'ECDSA' } },
  })
  expect(JSON.stringify([asked?.path, asked?.headers])).not.toContain('eyJ')
})

describe('what the key signs to prove that it is ours', () => {
  const email = { email: 'kim@example.com', email_verified: true }
  const named = (challengeClaim: string) => [{ issuerUrl: 'https://issuer.test', audience: 'sigstore', challengeClaim }]

  test('is the subject where the token has no email address', async () => {
    await clientOf(await serveFulcio({ challenge: 'subject' })).certify(token(), newSigningKey())
  })

  test('is the email address where the token has a verified one', async () => {
    const server = await serveFulcio({ challenge: 'kim@example.com' })
    await clientOf(server).certify(token(email), newSigningKey())
    expect(paths(server)).toEqual(['/api/v2/signingCert'])
  })

  test('is the subject where the email address is not verified', async () => {
    await clientOf(await serveFulcio({ challenge: 'subject' })).certify(
      token({ ...email, email_verified: false }),
      newSigningKey(),
    )
  })

  test('is what this Fulcio’s configuration names, should it have meant another claim', async () => {
    const server = await serveFulcio({ challenge: 'subject', issuers: named('sub') })
    await clientOf(server).certify(token(email), newSigningKey())
    expect(paths(server)).toEqual(['/api/v2/signingCert', '/api/v2/configuration', '/api/v2/signingCert'])
  })

  test('may be named for a whole family of issuers', async () => {
    const issuers = [{ wildcardIssuerUrl: 'https://oidc.*.test/id/*', challengeClaim: 'sub' }]
    const server = await serveFulcio({ challenge: 'subject', issuers })
    const one = token({ ...email, iss: 'https://oidc.eu-1.test/id/AB12' })
    await clientOf(server).certify(one, newSigningKey())
    expect(server.asked.length).toBe(3)
  })

  test('a family does not reach over dots or slashes', async () => {
    const issuers = [{ wildcardIssuerUrl: 'https://oidc.*.test/', challengeClaim: 'sub' }]
    const server = await serveFulcio({ challenge: 'subject', issuers })
    const one = token({ ...email, iss: 'https://oidc.evil.example/x.test/' })
    const fault = await faultOf(clientOf(server).certify(one, newSigningKey()))
    expect(fault.hint).toContain('it takes no tokens of the issuer')
  })
})

describe('a refusal names Fulcio, repeats what it said, and hints at the cause', () => {
  const refuse = 'There was an error processing the identity token'
  const issuer = { issuerUrl: 'https://issuer.test', audience: 'sigstore', challengeClaim: 'sub' }

  test.each([
    [
      'an issuer it does not know',
      [{ ...issuer, issuerUrl: 'https://other.test' }],
      {},
      'it takes no tokens of the issuer "https://issuer.test"',
    ],
    ['another audience', [{ ...issuer, audience: 'mine' }], {}, 'for the audience "mine"'],
    [
      'an address that is not verified',
      [{ ...issuer, challengeClaim: 'email' }],
      { email: 'a@b.test' },
      'email_verified',
    ],
    ['anything else', [issuer], {}, 'id-token: write'],
  ])('%s', async (_, issuers, claims, hint) => {
    const server = await serveFulcio({ refuse, issuers })
    const fault = await faultOf(clientOf(server).certify(token(claims), newSigningKey()))
    expect(fault.message).toBe(`Fulcio at 127.0.0.1:${server.port} answered 400: ${refuse}`)
    expect(fault.code).toBe('ca')
    expect(fault.hint).toContain(hint)
  })

  test('a token that the refusal repeats is cut out', async () => {
    const one = token()
    const server = await serveFulcio({ refuse: `cannot use ${one.secret.reveal()} at all` })
    const fault = await faultOf(clientOf(server).certify(one, newSigningKey()))
    expect(fault.message).toContain('cannot use [secret] at all')
    expect(printed(fault)).not.toContain(one.secret.reveal().slice(-12))
  })

  test('other statuses too', async () => {
    const server = await serve((_, response) => json(response, 403, { code: 7, message: 'not for you' }))
    const fault = await faultOf(clientOf(server).certify(token(), newSigningKey()))
    expect(fault.message).toBe(`Fulcio at 127.0.0.1:${server.port} answered 403: not for you`)
    expect(server.asked.length).toBe(1)
  })
})

describe('what Fulcio answers is checked before it is used', () => {
  test.each([
    ['a certificate for another key', { leaf: { spki: newSigningKey().spki } }, 'issued a certificate for another key'],
    [
      'one that has expired',
      { leaf: { notBefore: now - 1200_000, notAfter: now - 1000 } },
      'and the clock here says 2030-',
    ],
    ['one from the future', { leaf: { notBefore: now + 301_000 } }, 'and the clock here says 2030-'],
    ['one without an SCT', { leaf: { withSct: false } }, 'without an embedded SCT'],
    ['no JSON object', { answer: [] }, 'answered with what is no certificate chain'],
    [
      'no certificate',
      { answer: { signedCertificateEmbeddedSct: { chain: { certificates: [] } } } },
      'no certificate chain',
    ],
    [
      'text that is no PEM',
      { answer: { signedCertificateEmbeddedSct: { chain: { certificates: ['x'] } } } },
      'no certificate chain',
    ],
  ])('%s is a fault', async (_, fake, why) => {
    const server = await serveFulcio(fake)
    const fault = await faultOf(clientOf(server).certify(token(), newSigningKey()))
    expect(fault.code).toBe('ca')
    expect(fault.message).toContain(`Fulcio at 127.0.0.1:${server.port} `)
    expect(fault.message).toContain(why)
  })

  test('a clock that is a few minutes behind does no harm', async () => {
    await clientOf(await serveFulcio({ leaf: { notBefore: now + 200_000 } })).certify(token(), newSigningKey())
  })

  test('an instance without a CT log answers without SCT, and is accepted where that was asked for', async () => {
    const key = newSigningKey()
    const leaf = issuePem({ spki: key.spki, notBefore: now, notAfter: now + 1000, withSct: false })
    const answer = { signedCertificateDetachedSct: { chain: { certificates: [leaf] }, signedCertificateTimestamp: '' } }
    const server = await serveFulcio({ answer })
    expect((await faultOf(clientOf(server).certify(token(), key))).message).toContain('without an embedded SCT')
    expect((await clientOf(server, { mayLackSct: true }).certify(token(), key)).intermediates).toEqual([])
  })
})
