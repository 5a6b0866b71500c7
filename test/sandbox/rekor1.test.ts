import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { encodeUtf8, fromBase64, fromHex, toHex } from '../../src/bytes.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import { checkLogEntry, provenLogTime } from '../../src/rekor/check.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { publicKeyOf } from '../../src/sandbox/certificate.ts'
import { openRekor1 } from '../../src/sandbox/rekor1.ts'
import { FIRST_INDEX } from '../../src/sandbox/rekor1-tree.ts'
import type { State } from '../../src/sandbox/state.ts'
import { parsePublicKey } from '../../src/x509/key.ts'
import { type Body, bodyOf, get, NOW, post, proposalV1, type Signed, signArtifact, temporaryState } from './signed.ts'

const ENTRIES = '/api/v1/log/entries'
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

function signed(text: string): Signed {
  return signArtifact(encodeUtf8(text), key)
}

/** The answer's one entry, as a client reads it. */
function entryOf(answer: Body): LogEntry {
  const [value] = Object.values<Body>(answer)
  const { inclusionProof: proof, signedEntryTimestamp } = value.verification
  return {
    logIndex: BigInt(value.logIndex),
    logId: fromHex(value.logID),
    kind: 'hashedrekord',
    version: '0.0.1',
    integratedTime: BigInt(value.integratedTime),
    promise: fromBase64(signedEntryTimestamp),
    proof: {
      logIndex: BigInt(proof.logIndex),
      treeSize: BigInt(proof.treeSize),
      rootHash: fromHex(proof.rootHash),
      hashes: proof.hashes.map((hash: string) => fromHex(hash)),
      checkpoint: proof.checkpoint,
    },
    canonicalizedBody: fromBase64(value.body),
  }
}

async function checkEntry(state: State, entry: LogEntry, signed: Signed): Promise<void> {
  const log = {
    baseUrl: 'http://localhost:1',
    host: 'localhost',
    id: entry.logId,
    key: parsePublicKey(publicKeyOf(await state.key('rekor1', 'p256'))),
    validFor: { start: NOW - 1000 },
  }
  const logged = { ...signed, entry }
  const proven = provenLogTime(logged, [log])
  expect(proven).toMatchObject({ ok: true, time: NOW })
  expect(checkLogEntry(logged, [log], [{ source: 'log', time: NOW, authority: '' }])).toMatchObject({ ok: true })
}

test('an entry comes back with a promise and a proof that our verifier accepts', async () => {
  const state = await temporaryState()
  const { service } = await openRekor1(state, () => NOW + 999)
  for (const text of ['one', 'two', 'three']) {
    const what = signed(text)
    const answer = await service.handle(post(ENTRIES, proposalV1(what)))
    expect(answer.status).toBe(201)
    const body = await bodyOf(answer)
    const uuid = Object.keys(body)[0]
    expect(uuid).toMatch(/^[0-9a-f]{80}$/)
    expect(answer.headers.get('location')).toBe(`${ENTRIES}/${uuid}`)
    await checkEntry(state, entryOf(body), what)
  }
})

test("the log's index is not the index in the tree", async () => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  const entry = entryOf(await bodyOf(service.handle(post(ENTRIES, proposalV1(signed('one'))))))
  expect(entry.logIndex).toBe(BigInt(FIRST_INDEX))
  expect(entry.proof?.logIndex).toBe(0n)
})

test('the body is the canonical one, whatever the order and the spaces of what was sent', async () => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  const what = signed('one')
  const { apiVersion, kind, spec } = proposalV1(what)
  const sent = JSON.stringify({ spec: { signature: spec.signature, data: spec.data }, kind, apiVersion }, null, 4)
  const entry = entryOf(await bodyOf(service.handle(post(ENTRIES, sent))))
  const { digest, signature, certificate } = what
  const wanted = { version: '0.0.1', digest, signature, certificate: certificate.bytes, key: certificate.key } as const
  expect(entry.canonicalizedBody).toEqual(hashedRekordBody(wanted))
})

test('the same entry again is a 409 that names the first, also when both are sent at once', async () => {
  const state = await temporaryState()
  const { service, log } = await openRekor1(state, () => NOW)
  const what = signed('one')
  const sent = proposalV1(what)
  const answers = await Promise.all([1, 2, 3].map(() => service.handle(post(ENTRIES, sent))))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1)
  expect(log.size).toBe(1)
  await log.close()
  const again = await openRekor1(state, () => NOW + 5000)
  const conflict = await again.service.handle(post(ENTRIES, sent))
  expect(conflict.status).toBe(409)
  const found = await again.service.handle(get(conflict.headers.get('location') ?? ''))
  await checkEntry(state, entryOf(await bodyOf(found)), what)
})

test('an entry is found by index, by UUID and by leaf hash, with a proof in the tree of now', async () => {
  const state = await temporaryState()
  const { service } = await openRekor1(state, () => NOW)
  const what = signed('one')
  const first = await bodyOf(service.handle(post(ENTRIES, proposalV1(what))))
  const uuid = Object.keys(first)[0] ?? ''
  await service.handle(post(ENTRIES, proposalV1(signed('two'))))
  for (const path of [`${ENTRIES}?logIndex=${FIRST_INDEX}`, `${ENTRIES}/${uuid}`, `${ENTRIES}/${uuid.slice(16)}`]) {
    const answer = await service.handle(get(path))
    expect(answer.status).toBe(200)
    const entry = entryOf(await bodyOf(answer))
    expect(entry.proof?.treeSize).toBe(2n)
    await checkEntry(state, entry, what)
  }
})

test.each([
  [`${ENTRIES}?logIndex=0`, 404],
  [`${ENTRIES}?logIndex=${FIRST_INDEX + 1}`, 404],
  [`${ENTRIES}?logIndex=-1`, 400],
  [ENTRIES, 400],
  [`${ENTRIES}/${'0'.repeat(64)}`, 404],
  [`${ENTRIES}/${'0'.repeat(80)}`, 404],
  [`${ENTRIES}/xyz`, 400],
  ['/api/v1/log/proof', 422],
])('GET %s is %i', async (path, status) => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  await service.handle(post(ENTRIES, proposalV1(signed('one'))))
  expect((await service.handle(get(path))).status).toBe(status)
})

test('the log tells its key, its size and its root', async () => {
  const state = await temporaryState()
  const { service, log } = await openRekor1(state, () => NOW)
  await service.handle(post(ENTRIES, proposalV1(signed('one'))))
  const pem = await (await service.handle(get('/api/v1/log/publicKey'))).text()
  expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
  const info = await bodyOf(service.handle(get('/api/v1/log')))
  expect(info).toMatchObject({ treeSize: 1, rootHash: toHex(await log.root(1)), signedTreeHead: log.checkpoint() })
  expect(log.checkpoint().split('\n')[0]).toBe(`localhost - ${info.treeID}`)
})

test('a bare public key is taken too', async () => {
  const { service } = await openRekor1(await temporaryState(), () => NOW)
  const pem = Buffer.from(publicKeyOf(key)).toString('base64').replace(/.{64}/g, '$&\n')
  const whole = `-----BEGIN PUBLIC KEY-----\n${pem}\n-----END PUBLIC KEY-----\n`
  const answer = await service.handle(post(ENTRIES, proposalV1(signed('one'), whole)))
  expect(answer.status).toBe(201)
  const body = entryOf(await bodyOf(answer)).canonicalizedBody
  expect(JSON.parse(new TextDecoder().decode(body)).spec.signature.publicKey.content).toBe(
    Buffer.from(whole).toString('base64'),
  )
})

const good = proposalV1(signed('good'))
const { data, signature } = good.spec
const other = proposalV1(signed('other')).spec
const refused: readonly (readonly [string, unknown, string])[] = [
  [
    'a signature over something else',
    { ...good, spec: { data, signature: { ...signature, content: other.signature.content } } },
    'does not verify',
  ],
  ['another digest', { ...good, spec: { data: other.data, signature } }, 'does not verify'],
  ['another kind', { ...good, kind: 'alpine' }, 'hashedrekord 0.0.1, rekord 0.0.1 and dsse 0.0.1'],
  ['another version', { ...good, apiVersion: '0.0.2' }, 'hashedrekord 0.0.1, rekord 0.0.1 and dsse 0.0.1'],
  ['no spec', { ...good, spec: undefined }, 'spec is missing'],
  [
    'a short digest',
    { ...good, spec: { data: { hash: { algorithm: 'sha256', value: 'ab' } }, signature } },
    'another length',
  ],
  [
    'SHA-1',
    { ...good, spec: { data: { hash: { algorithm: 'sha1', value: 'ab'.repeat(20) } }, signature } },
    'not sha256',
  ],
  ['broken base64', { ...good, spec: { data, signature: { ...signature, content: '%%' } } }, 'base64'],
  [
    'two certificates',
    {
      ...good,
      spec: {
        data,
        signature: { ...signature, publicKey: { content: btoa(atob(signature.publicKey.content).repeat(2)) } },
      },
    },
    'not one certificate',
  ],
  ['no JSON', '{', 'not JSON'],
  ['a list', '[]', 'not a JSON object'],
]

test.each(refused)('%s is refused and not logged', async (_, sent, why) => {
  const { service, log } = await openRekor1(await temporaryState(), () => NOW)
  const answer = await service.handle(post(ENTRIES, sent))
  expect(answer.status).toBe(400)
  expect((await bodyOf(answer)).message).toContain(why)
  expect(log.size).toBe(0)
})

test('an entry of more than 65535 bytes is refused, and the log goes on', async () => {
  const { service, log } = await openRekor1(await temporaryState(), () => NOW)
  const large = signArtifact(encodeUtf8('large'), key, 25_000)
  expect((await service.handle(post(ENTRIES, proposalV1(large)))).status).toBe(413)
  expect(log.size).toBe(0)
  expect((await service.handle(post(ENTRIES, proposalV1(signed('small'))))).status).toBe(201)
})
