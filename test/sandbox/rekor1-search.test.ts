import { generateKeyPairSync, hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { encodeUtf8, fromHex, toBase64, toHex } from '../../src/bytes.ts'
import { rekordBody } from '../../src/rekor/body.ts'
import { parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { checkConsistency } from '../../src/rekor/consistency.ts'
import { openRekor1 } from '../../src/sandbox/rekor1.ts'
import { FIRST_INDEX } from '../../src/sandbox/rekor1-tree.ts'
import type { Service } from '../../src/sandbox/service.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { requestCertificate, startTestSandbox } from '../support/sandbox.ts'
import { type Body, bodyOf, get, NOW, post, proposalV1, type Signed, signArtifact, temporaryState } from './signed.ts'

const ENTRIES = '/api/v1/log/entries'
const SEARCH = '/api/v1/index/retrieve'
const RETRIEVE = '/api/v1/log/entries/retrieve'
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

function signed(text: string): Signed {
  return signArtifact(encodeUtf8(text), key)
}

async function upload(service: Service, what: Signed): Promise<string> {
  return Object.keys(await bodyOf(service.handle(post(ENTRIES, proposalV1(what)))))[0] ?? ''
}

function search(service: Service, query: unknown): Promise<Body> {
  return bodyOf(service.handle(post(SEARCH, query)))
}

function publicKey(what: Signed) {
  return { format: 'x509', content: toBase64(encodeUtf8(encodePem('CERTIFICATE', what.certificate.bytes))) }
}

function sha256(what: Signed): string {
  return `sha256:${toHex(what.digest)}`
}

test('an entry is found by its hash, with or without prefix and in any case, and by its certificate', async () => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  const [one, two] = [signed('one'), signed('two')]
  const [first] = [await upload(service, one), await upload(service, two)]
  expect(first).toMatch(/^[0-9a-f]{80}$/)
  for (const hash of [sha256(one), toHex(one.digest), toHex(one.digest).toUpperCase()])
    expect(await search(service, { hash })).toEqual([first])
  expect(await search(service, { publicKey: publicKey(one) })).toEqual([first])
  expect(await search(service, { hash: 'ab'.repeat(32) })).toEqual([])
})

test('two questions are joined by or, unless by and', async () => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  const [one, two] = [signed('one'), signed('two')]
  const uuids = [await upload(service, one), await upload(service, two)]
  const query = { hash: sha256(one), publicKey: publicKey(two) }
  expect((await search(service, query)).sort()).toEqual([...uuids].sort())
  expect(await search(service, { ...query, operator: 'and' })).toEqual([])
  expect(await search(service, { hash: sha256(one), publicKey: publicKey(one), operator: 'and' })).toEqual([uuids[0]])
})

test('an entry is found by the address in its certificate', async () => {
  const sandbox = await startTestSandbox()
  try {
    const token = await sandbox.mintToken({ email: 'Kim@example.com' })
    const { chain } = await requestCertificate(sandbox, token, 'Kim@example.com', key)
    const [certificate] = chain
    if (certificate === undefined) throw new Error('no certificate')
    const what = { ...signed('mail'), certificate }
    const ask = async (path: string, body: unknown) =>
      await (await fetch(`${sandbox.urls.rekor1}${path}`, { method: 'POST', body: JSON.stringify(body) })).json()
    const [uuid] = Object.keys((await ask(ENTRIES, proposalV1(what))) as object)
    expect(await ask(SEARCH, { email: 'kim@EXAMPLE.com' })).toEqual([uuid])
    expect(await ask(SEARCH, { email: 'lee@example.com' })).toEqual([])
  } finally {
    await sandbox.close()
  }
})

test.each([
  ['hash', { hash: 'xyz' }, 422],
  ['operator', { hash: 'ab'.repeat(32), operator: 'xor' }, 422],
  ['email', { email: 'nobody' }, 422],
  ['format', { publicKey: { format: 'pgp', content: '' } }, 400],
  ['key', { publicKey: { format: 'x509', content: toBase64(encodeUtf8('x')) } }, 400],
  ['list', [], 400],
])('a search with a bad %s is refused', async (_, query, status) => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  expect((await service.handle(post(SEARCH, query))).status).toBe(status)
})

test('ten entries are retrieved at once, by UUID of 64 or 80 digits, index and proposal; the absent are left out', async () => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  const all = Array.from({ length: 4 }, (_, i) => signed(`entry ${i}`))
  const uuids: string[] = []
  for (const one of all) uuids.push(await upload(service, one))
  const [a = '', b = '', c = '', d = ''] = uuids
  const answer = await bodyOf(
    service.handle(
      post(RETRIEVE, {
        entryUUIDs: [a, b.slice(16), 'f'.repeat(64), 'f'.repeat(80)],
        logIndexes: [FIRST_INDEX + 2, FIRST_INDEX + 9, 5],
        entries: [proposalV1(all[3] ?? signed(''))],
      }),
    ),
  )
  expect(answer.flatMap((one: object) => Object.keys(one))).toEqual([a, b, d, c])
  expect(Object.values<Body>(answer[0])[0].verification.inclusionProof.treeSize).toBe(4)
})

test.each([
  ['eleven', { entryUUIDs: Array.from({ length: 11 }, () => 'a'.repeat(64)) }, 422],
  ['a short UUID', { entryUUIDs: ['ab'] }, 422],
  ['a negative index', { logIndexes: [-1] }, 422],
  ['a proposal that is none', { entries: [{ kind: 'x' }] }, 400],
])('a retrieval of %s is refused', async (_, query, status) => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  expect((await service.handle(post(RETRIEVE, query))).status).toBe(status)
})

test('what was found before the log was opened again is found after, and what came later too', async () => {
  const state = await temporaryState()
  const before = await openRekor1(state, () => NOW)
  const [one, two] = [signed('one'), signed('two')]
  const first = await upload(before.service, one)
  // No close: as after a kill, only what is on the disk counts.
  const { service } = await openRekor1(state, () => NOW)
  expect(await search(service, { hash: sha256(one) })).toEqual([first])
  const second = await upload(service, two)
  expect(await search(service, { hash: sha256(two) })).toEqual([second])
})

test('searches at the same moment see every acknowledged entry', async () => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  const all = Array.from({ length: 300 }, (_, i) => signed(`entry ${i}`))
  const found = await Promise.all(
    all.map(async (one) => [await upload(service, one), ...(await search(service, { hash: sha256(one) }))]),
  )
  for (const [uuid, ...uuids] of found) expect(uuids).toEqual([uuid])
})

test('a rekord is logged with the digest of what was sent, and found by it', async () => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  const artifact = encodeUtf8('the artifact itself')
  const { signature, certificate, digest } = signArtifact(artifact, key)
  const content = toBase64(encodeUtf8(encodePem('CERTIFICATE', certificate.bytes)))
  const spec = {
    data: { content: toBase64(artifact) },
    signature: { format: 'x509', content: toBase64(signature), publicKey: { content } },
  }
  const answer = await service.handle(post(ENTRIES, { apiVersion: '0.0.1', kind: 'rekord', spec }))
  expect(answer.status).toBe(201)
  const [[uuid, entry] = ['', {}]] = Object.entries<Body>(await bodyOf(answer))
  const body = rekordBody({ digest, signature, certificate: certificate.bytes, key: certificate.key })
  expect(entry.body).toBe(toBase64(body))
  expect(await search(service, { hash: hash('sha256', artifact) })).toEqual([uuid])
})

test('the log proves that it only grew, from each checkpoint it showed to each later one', async () => {
  const { service, log } = await openRekor1(await temporaryState(), () => NOW)
  const heads = []
  for (let i = 0; i < 9; i++) {
    await upload(service, signed(`entry ${i}`))
    const { size, rootHash } = parseCheckpoint(log.checkpoint())
    heads.push({ treeSize: size, rootHash })
  }
  for (const first of heads)
    for (const last of heads.filter(({ treeSize }) => treeSize >= first.treeSize)) {
      const path = `/api/v1/log/proof?firstSize=${first.treeSize}&lastSize=${last.treeSize}`
      const { hashes } = await bodyOf(service.handle(get(path)))
      expect(
        checkConsistency(
          first,
          last,
          hashes.map((hash: string) => fromHex(hash)),
        ),
      ).toBeUndefined()
    }
})

test.each([
  ['lastSize=0', 422],
  ['firstSize=2', 422],
  ['firstSize=2&lastSize=1', 400],
  ['lastSize=2', 400],
  ['firstSize=-1&lastSize=1', 422],
  ['lastSize=1&treeID=5', 404],
])('a consistency proof of %s is refused', async (query, status) => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  await upload(service, signed('one'))
  expect((await service.handle(get(`/api/v1/log/proof?${query}`))).status).toBe(status)
})
