import { Buffer } from 'node:buffer'
import { createPublicKey, generateKeyPairSync, hash, type KeyObject, sign, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contextTag } from '../../src/asn1/read.ts'
import { encodeBitString, encodeElement, encodeInteger, encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { toHex } from '../../src/bytes.ts'
import { parseIdentity } from '../../src/fulcio/identity.ts'
import { type Certificate, findExtension, parseCertificate } from '../../src/x509/certificate.ts'
import { checkChain } from '../../src/x509/chain.ts'
import { parsePublicKey } from '../../src/x509/key.ts'
import { encodePem, parsePem } from '../../src/x509/pem.ts'
import { checkScts } from '../../src/x509/sct.ts'
import {
  newKey,
  postSigningRequest,
  publicPem,
  requestCertificate,
  startTestSandbox,
  type TestSandbox,
} from '../support/sandbox.ts'

const EMAIL = 'kim@example.com'
const LEAF_LIFE = 600_000

let sandbox: TestSandbox
let token: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
  token = await sandbox.mintToken({ email: EMAIL })
})
afterAll(() => sandbox.close())

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey
const KEYS: readonly (readonly [string, string | null, () => KeyObject])[] = [
  ['P-256', 'sha256', () => ec('P-256')],
  ['P-384', 'sha384', () => ec('P-384')],
  ['P-521', 'sha512', () => ec('P-521')],
  ['RSA 2048', 'sha256', () => rsa(2048)],
  ['RSA 3072', 'sha256', () => rsa(3072)],
  ['Ed25519', null, () => generateKeyPairSync('ed25519').privateKey],
]

describe('a certificate', () => {
  test.each(KEYS)('is issued for a key of %s', async (_, hash, generate) => {
    const key = generate()
    const { status, chain } = await requestCertificate(sandbox, token, EMAIL, key, hash)
    expect(status).toBe(200)
    expect(chain).toHaveLength(3)
    expect(encodePem('PUBLIC KEY', (chain[0] as Certificate).spki)).toBe(publicPem(key))
    await expectAccepted(chain)
  })

  test('has the form of a certificate of the public good instance', async () => {
    const { chain } = await requestCertificate(sandbox, token, EMAIL)
    const leaf = chain[0] as Certificate
    expect(toHex(leaf.subject)).toBe('3000')
    expect(leaf.notAfter - leaf.notBefore).toBe(LEAF_LIFE)
    expect(Math.abs(Date.now() - leaf.notBefore)).toBeLessThan(30_000)
    expect(leaf.extensions.map(({ oid, critical }) => (critical ? `${oid}!` : oid))).toEqual([
      '2.5.29.15!',
      '2.5.29.37',
      '2.5.29.14',
      '2.5.29.35',
      '2.5.29.17!',
      '1.3.6.1.4.1.57264.1.1',
      '1.3.6.1.4.1.57264.1.8',
      '1.3.6.1.4.1.57264.1.24',
      '1.3.6.1.4.1.11129.2.4.2',
    ])
    expect(toHex(findExtension(leaf, '2.5.29.15')?.value ?? new Uint8Array())).toBe('03020780')
    expect(chain.slice(1).map(({ key }) => key.algorithm)).toEqual(['P-384', 'P-384'])
  })

  test('names the person and the issuer, and says that it is not to be trusted', async () => {
    const leaf = (await requestCertificate(sandbox, token, EMAIL)).chain[0] as Certificate
    expect(parseIdentity(leaf)).toMatchObject({ subject: EMAIL, type: 'email', issuer: sandbox.urls.issuer })
    expect(new X509Certificate(leaf.bytes).issuer).toContain('for testing only - do not trust')
  })

  test('comes by API v1 as PEM with status 201, leaf first', async () => {
    const key = newKey()
    const answer = await fetch(`${sandbox.urls.fulcio}/api/v1/signingCert`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        publicKey: { content: base64(spkiOf(key)), algorithm: 'ecdsa' },
        signedEmailAddress: base64(sign('sha256', Buffer.from(EMAIL), key)),
      }),
    })
    expect(answer.status).toBe(201)
    expect(answer.headers.get('content-type')).toBe('application/pem-certificate-chain')
    const chain = parsePem(await answer.text(), 'CERTIFICATE').map(parseCertificate)
    expect(encodePem('PUBLIC KEY', (chain[0] as Certificate).spki)).toBe(publicPem(key))
    await expectAccepted(chain)
  })

  test.each(KEYS)('comes for a certificate request that a key of %s signed', async (name, hash, generate) => {
    const key = generate()
    const request = encodeRequest(key, hash, ALGORITHMS[name] ?? '')
    const { status, chain } = await postRequest(request)
    expect(status).toBe(200)
    expect(encodePem('PUBLIC KEY', (chain[0] as Certificate).spki)).toBe(publicPem(key))
  })
})

describe('a proof of possession', () => {
  test('by another key is refused', async () => {
    const { status, message } = await postSigningRequest(sandbox, {
      credentials: { oidcIdentityToken: token },
      publicKeyRequest: {
        publicKey: { content: publicPem(newKey()) },
        proofOfPossession: base64(sign('sha256', Buffer.from(EMAIL), newKey())),
      },
    })
    expect([status, message]).toEqual([400, 'The signature supplied in the request could not be verified'])
  })

  test('over the subject is refused where the issuer challenges the email address', async () => {
    const sub = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub as string
    expect((await requestCertificate(sandbox, token, sub)).status).toBe(400)
  })

  test('with another hash than the key calls for is refused', async () => {
    expect((await requestCertificate(sandbox, token, EMAIL, ec('P-384'), 'sha256')).status).toBe(400)
  })

  test('in a certificate request whose signature is wrong is refused', async () => {
    const request = encodeRequest(newKey(), 'sha256', ALGORITHMS['P-256'] ?? '').slice()
    request[request.length - 1] = (request.at(-1) ?? 0) ^ 1
    const { status, message } = await postRequest(request)
    expect([status, message]).toEqual([400, 'The signature supplied in the request could not be verified'])
  })
})

test.each([
  ['RSA of 1024 bits', () => rsa(1024), 'sha256'],
  ['the curve secp256k1', () => ec('secp256k1'), 'sha256'],
  ['X25519', () => generateKeyPairSync('x25519').privateKey, 'sha256'],
])('a key that is %s is refused', async (_, generate) => {
  const { status, message } = await postSigningRequest(sandbox, {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: { publicKey: { content: publicPem(generate()) }, proofOfPossession: 'AAAA' },
  })
  expect(status).toBe(400)
  expect(message).toContain('public key supplied in the request could not be parsed')
})

test.each([
  ['', 'the request body is not JSON'],
  ['[]', 'the request body is not a JSON object'],
  ['{}', 'none was sent'],
])('the body %j is refused in one line', async (body, why) => {
  const answer = await fetch(`${sandbox.urls.fulcio}/api/v2/signingCert`, { method: 'POST', body })
  expect(answer.status).toBe(400)
  expect(((await answer.json()) as { message: string }).message).toContain(why)
})

test('the trust bundle is the chain of every certificate', async () => {
  const [, ...authority] = (await requestCertificate(sandbox, token, EMAIL)).chain
  const { chains } = (await getJson('/api/v2/trustBundle')) as { chains: { certificates: string[] }[] }
  const bundle = chains.map(({ certificates }) => certificates.flatMap((pem) => parsePem(pem, 'CERTIFICATE')))
  expect(bundle).toEqual([authority.map(({ bytes }) => bytes)])
})

test('the configuration names the challenge of each issuer', async () => {
  const { issuers } = (await getJson('/api/v2/configuration')) as { issuers: Record<string, string>[] }
  const { issuer } = sandbox.urls
  expect(issuers.map(({ issuerUrl, challengeClaim, audience }) => [issuerUrl, challengeClaim, audience])).toEqual([
    [issuer, 'email', 'sigstore'],
    [`${issuer}/github`, 'sub', 'sigstore'],
    [`${issuer}/gitlab`, 'sub', 'sigstore'],
    [`${issuer}/buildkite`, 'sub', 'sigstore'],
    [`${issuer}/username`, 'sub', 'sigstore'],
    [`${issuer}/uri`, 'sub', 'sigstore'],
  ])
})

async function expectAccepted(chain: readonly Certificate[]): Promise<void> {
  const [leaf, ...authority] = chain as [Certificate, ...Certificate[]]
  const checked = checkChain(leaf, [], authority, leaf.notBefore, 'codeSigning')
  expect(checked).toMatchObject({ ok: true })
  const key = parsePublicKey(await ctKey())
  const log = { id: hash('sha256', key.spki, 'buffer'), key, validFor: { start: 0 } }
  expect(checkScts(leaf, authority, [log], [leaf.notBefore])).toBeUndefined()
}

async function ctKey(): Promise<Uint8Array> {
  const pem = await readFile(`${sandbox.directory}/ct.pub.pem`, 'utf8')
  return parsePem(pem, 'PUBLIC KEY')[0] ?? new Uint8Array()
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  'P-256': '1.2.840.10045.4.3.2',
  'P-384': '1.2.840.10045.4.3.3',
  'P-521': '1.2.840.10045.4.3.4',
  'RSA 2048': '1.2.840.113549.1.1.11',
  'RSA 3072': '1.2.840.113549.1.1.11',
  Ed25519: '1.3.101.112',
}

function encodeRequest(key: KeyObject, hash: string | null, algorithm: string): Uint8Array {
  const info = encodeSequence(encodeInteger(0), encodeSequence(), spkiOf(key), encodeElement(contextTag(0)))
  return encodeSequence(info, encodeSequence(encodeOid(algorithm)), encodeBitString(sign(hash, info, key)))
}

function postRequest(request: Uint8Array) {
  const certificateSigningRequest = base64(Buffer.from(encodePem('CERTIFICATE REQUEST', request)))
  return postSigningRequest(sandbox, { certificateSigningRequest }, { authorization: `Bearer ${token}` })
}

async function getJson(path: string): Promise<unknown> {
  return await (await fetch(`${sandbox.urls.fulcio}${path}`)).json()
}

function spkiOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
