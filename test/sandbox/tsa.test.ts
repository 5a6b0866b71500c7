import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDer, TAG } from '../../src/asn1/read.ts'
import {
  encodeBoolean,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/write.ts'
import { toHex } from '../../src/bytes.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { checkTimestamp } from '../../src/tsa/check.ts'
import { parsePem } from '../../src/x509/pem.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const run = promisify(execFile)
const DATA = new TextEncoder().encode('a signature value')

let sandbox: TestSandbox
let folder: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
  folder = await mkdtemp(join(tmpdir(), 'gitsigil-tsa-'))
})
afterAll(async () => {
  await sandbox.close()
  await rm(folder, { recursive: true, force: true })
})

describe('openssl', () => {
  test.each(['sha256', 'sha384', 'sha512'])('makes a query with %s and verifies the answer', async (hash) => {
    const path = (name: string) => join(folder, name)
    await writeFile(path('data'), DATA)
    await run('openssl', ['ts', '-query', '-data', path('data'), `-${hash}`, '-cert', '-out', path('query')])
    const { readFile } = await import('node:fs/promises')
    const answer = await post(await readFile(path('query')))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/timestamp-reply'])
    await writeFile(path('reply'), new Uint8Array(await answer.arrayBuffer()))
    const chain = await (await fetch(`${sandbox.urls.tsa}/api/v1/timestamp/certchain`)).text()
    await writeFile(path('chain'), chain)
    const root = chain.slice(chain.lastIndexOf('-----BEGIN'))
    await writeFile(path('root'), root)
    const verify = ['ts', '-verify', '-queryfile', path('query'), '-in', path('reply'), '-CAfile', path('root')]
    expect((await run('openssl', verify)).stdout).toContain('Verification: OK')
  })
})

describe('a token', () => {
  test('proves the time under the trusted root', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000
    const checked = check(await tokenFor(query({ certificate: true })))
    expect(checked).toMatchObject({ ok: true, authority: `${sandbox.urls.tsa}/api/v1/timestamp` })
    if (checked.ok) expect(checked.time).toBeGreaterThanOrEqual(before)
  })

  test('holds no certificate unless one was asked for, and is verified all the same', async () => {
    const [bare, whole] = [await tokenFor(query({})), await tokenFor(query({ certificate: true }))]
    const leaf = await leafOf()
    expect(toHex(whole)).toContain(toHex(leaf))
    expect(toHex(bare)).not.toContain(toHex(leaf))
    expect(check(bare)).toMatchObject({ ok: true })
  })

  test('repeats the nonce', async () => {
    const nonce = BigInt(`0x${toHex(randomBytes(20))}`)
    expect(toHex(await tokenFor(query({ nonce })))).toContain(toHex(encodeInteger(nonce)))
  })

  test('for other bytes is refused', async () => {
    const token = await tokenFor(query({}))
    const other = new TextEncoder().encode('another signature')
    const { timestampAuthorities } = parseTrustedRoot(sandbox.trustedRoot)
    expect(checkTimestamp(token, other, timestampAuthorities)).toMatchObject({ ok: false })
  })
})

describe('a query', () => {
  test('with SHA-1 is rejected as a bad algorithm', async () => {
    const imprint = encodeSequence(
      encodeSequence(encodeOid('1.3.14.3.2.26'), encodeNull()),
      encodeOctetString(createHash('sha1').update(DATA).digest()),
    )
    const answer = await post(encodeSequence(encodeInteger(1), imprint))
    // PKIStatusInfo: rejection (2), no text, PKIFailureInfo with bit 0.
    expect(toHex(new Uint8Array(await answer.arrayBuffer()))).toBe('3009300702010203020780')
  })

  test('for another policy is rejected as an unaccepted policy', async () => {
    const answer = await post(query({ policy: '1.2.3' }))
    expect(toHex(new Uint8Array(await answer.arrayBuffer()))).toBe('300a30080201020303000001')
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('hello')],
    ['trailing bytes', Buffer.concat([query({}), Buffer.from([0])])],
    ['a digest of another length', encodeSequence(encodeInteger(1), imprintOf(new Uint8Array(20)))],
  ])('of %s is refused in one line', async (_, body) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { message: string }).message).toMatch(/^[^\n]+$/)
  })

  test('may be JSON, as the npm client sends it', async () => {
    const artifactHash = createHash('sha256').update(DATA).digest('base64')
    const answer = await postJson({ artifactHash, hashAlgorithm: 'sha256', certificates: true, nonce: 7 })
    expect(answer.status).toBe(201)
    const token = readToken(new Uint8Array(await answer.arrayBuffer()))
    expect(check(token)).toMatchObject({ ok: true })
    expect(toHex(token)).toContain(toHex(await leafOf()))
  })

  test.each([{}, { hashAlgorithm: 'md5' }, { hashAlgorithm: 'sha256', artifactHash: '?' }])(
    'in JSON that is wrong, %j, is refused',
    async (body) => {
      expect((await postJson(body)).status).toBe(400)
    },
  )

  test('of another type is refused', async () => {
    const answer = await fetch(`${sandbox.urls.tsa}/api/v1/timestamp`, { method: 'POST', body: 'x' })
    expect(answer.status).toBe(415)
  })
})

interface QueryFields {
  readonly nonce?: bigint
  readonly policy?: string
  readonly certificate?: boolean
}

function query({ nonce, policy, certificate }: QueryFields): Uint8Array {
  return encodeSequence(
    encodeInteger(1),
    imprintOf(createHash('sha256').update(DATA).digest()),
    ...(policy === undefined ? [] : [encodeOid(policy)]),
    ...(nonce === undefined ? [] : [encodeInteger(nonce)]),
    ...(certificate === undefined ? [] : [encodeBoolean(certificate)]),
  )
}

function imprintOf(digest: Uint8Array): Uint8Array {
  return encodeSequence(encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1')), encodeOctetString(digest))
}

function post(body: Uint8Array): Promise<Response> {
  const headers = { 'content-type': 'application/timestamp-query' }
  return fetch(`${sandbox.urls.tsa}/api/v1/timestamp`, { method: 'POST', headers, body: Uint8Array.from(body) })
}

async function tokenFor(body: Uint8Array): Promise<Uint8Array> {
  return readToken(new Uint8Array(await (await post(body)).arrayBuffer()))
}

function postJson(body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${sandbox.urls.tsa}/api/v1/timestamp`, { method: 'POST', headers, body: JSON.stringify(body) })
}

function readToken(response: Uint8Array): Uint8Array {
  const reader = readDer(response, TAG.sequence).reader()
  reader.read(TAG.sequence)
  return reader.read(TAG.sequence).bytes
}

function check(token: Uint8Array) {
  const { timestampAuthorities } = parseTrustedRoot(sandbox.trustedRoot)
  return checkTimestamp(token, DATA, timestampAuthorities)
}

async function leafOf(): Promise<Uint8Array> {
  const chain = await (await fetch(`${sandbox.urls.tsa}/api/v1/timestamp/certchain`)).text()
  return parsePem(chain, 'CERTIFICATE')[0] ?? new Uint8Array()
}
