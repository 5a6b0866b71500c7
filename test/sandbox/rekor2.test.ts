import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { checkLogEntry } from '../../src/rekor/check.ts'
import { parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { parseBundle } from '../../src/rekor/entry-bundle.ts'
import { logEntryFromJson } from '../../src/rekor/entry-json.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { publicKeyOf } from '../../src/sandbox/certificate.ts'
import { openRekor2, rekor2LogId } from '../../src/sandbox/rekor2.ts'
import { parsePublicKey } from '../../src/x509/key.ts'
import { bodyOf, get, NOW, post, requestV2, signArtifact, temporaryState } from './signed.ts'

const ENTRIES = '/api/v2/log/entries'
const keys = {
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey,
}

function signed(text: string, key = keys['P-256']) {
  return signArtifact(encodeUtf8(text), key)
}

test.each(Object.entries(keys))(
  'an entry of a %s key comes back with a proof that our verifier accepts',
  async (_, key) => {
    const state = await temporaryState()
    const { service } = await openRekor2(state)
    const logKey = await state.key('rekor2', 'ed25519')
    const log = {
      baseUrl: 'http://localhost:1',
      host: 'localhost',
      id: rekor2LogId(logKey),
      key: parsePublicKey(publicKeyOf(logKey)),
      validFor: { start: NOW },
    }
    for (const text of ['one', 'two', 'three']) {
      const what = signed(text, key)
      const answer = await service.handle(post(ENTRIES, requestV2(what)))
      expect(answer.status).toBe(201)
      const entry = logEntryFromJson(await bodyOf(answer))
      expect(entry).toMatchObject({ kind: 'hashedrekord', version: '0.0.2', integratedTime: 0n })
      const times = [{ source: 'timestamp', time: NOW, authority: '' }] as const
      expect(checkLogEntry({ ...what, entry }, [log], times)).toMatchObject({ ok: true })
    }
  },
)

test('the same entry again is a 409 with X-Log-Index and neither entry nor proof', async () => {
  const { service } = await openRekor2(await temporaryState())
  await service.handle(post(ENTRIES, requestV2(signed('zero'))))
  const sent = requestV2(signed('one'))
  await service.handle(post(ENTRIES, sent))
  const answer = await service.handle(post(ENTRIES, sent))
  expect(answer.status).toBe(409)
  expect(answer.headers.get('x-log-index')).toBe('1')
  expect(await bodyOf(answer)).toEqual({ code: 6, message: expect.stringContaining('index 1'), details: [] })
})

test.each(['/api/v2', ''])('checkpoint and tiles are read below %j', async (base) => {
  const { service, log } = await openRekor2(await temporaryState())
  const bodies: Uint8Array[] = []
  for (const text of ['one', 'two']) {
    const answer = await service.handle(post(ENTRIES, requestV2(signed(text))))
    bodies.push(logEntryFromJson(await bodyOf(answer)).canonicalizedBody ?? new Uint8Array())
  }
  const checkpoint = await (await service.handle(get(`${base}/checkpoint`))).text()
  expect(parseCheckpoint(checkpoint)).toMatchObject({ origin: 'localhost', size: 2n, rootHash: await log.root(2) })
  const read = async (path: string) => new Uint8Array(await (await service.handle(get(base + path))).arrayBuffer())
  expect(Buffer.from(await read('/tile/0/000.p/2'))).toEqual(Buffer.concat(bodies.map(leafHash)))
  expect(parseBundle(await read('/tile/entries/000.p/2')).map((entry) => Buffer.from(entry))).toEqual(bodies)
  for (const path of ['/tile/0/000', '/tile/0/000.p/3', '/tile/x/000.p/1', '/tile/../../keys/rekor2.pem'])
    expect((await service.handle(get(base + path))).status).toBe(404)
})

const good = requestV2(signed('good')).hashedRekordRequestV002
const verifier = good.signature.verifier
const refused: readonly (readonly [string, unknown, string])[] = [
  ['another digest', { ...good, digest: requestV2(signed('other')).hashedRekordRequestV002.digest }, 'does not verify'],
  ['a digest that does not go with the key', { ...good, digest: btoa('x'.repeat(48)) }, 'not sha256'],
  [
    'keyDetails of another key',
    { ...good, signature: { ...good.signature, verifier: { ...verifier, keyDetails: 'PKIX_ECDSA_P384_SHA_384' } } },
    'of another key',
  ],
  ['no verifier', { ...good, signature: { content: good.signature.content } }, 'verifier is missing'],
]

test.each(refused)('%s is refused and not logged', async (_, hashedRekordRequestV002, why) => {
  const { service, log } = await openRekor2(await temporaryState())
  const answer = await service.handle(post(ENTRIES, { hashedRekordRequestV002 }))
  expect(answer.status).toBe(400)
  expect((await bodyOf(answer)).message).toContain(why)
  expect(log.size).toBe(0)
})

test('another kind of request is refused', async () => {
  const { service } = await openRekor2(await temporaryState())
  expect((await service.handle(post(ENTRIES, { proposedContent: {} }))).status).toBe(400)
})

test('an entry of more than 65535 bytes is refused, and the log goes on', async () => {
  const { service, log } = await openRekor2(await temporaryState())
  const large = signArtifact(encodeUtf8('large'), keys['P-256'], 25_000)
  expect((await service.handle(post(ENTRIES, requestV2(large)))).status).toBe(413)
  expect(log.size).toBe(0)
  expect((await service.handle(post(ENTRIES, requestV2(signed('small'))))).status).toBe(201)
})
