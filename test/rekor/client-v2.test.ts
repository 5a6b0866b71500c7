import { expect, test } from 'vitest'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import { encodeCheckpoint, encodeNote } from '../../src/rekor/checkpoint.ts'
import { createRekorClient } from '../../src/rekor/client.ts'
import { tilePath } from '../../src/rekor/client-tiles.ts'
import { leafHash, nodeHash } from '../../src/rekor/merkle.ts'
import type { WitnessRequest } from '../../src/sign/sign.ts'
import { createHttp } from '../../src/system/http.ts'
import { faultOf } from '../support/faults.ts'
import { witnessRequest } from '../support/leaf.ts'
import { type Asked, json, type Loopback, serve } from '../support/loopback.ts'

const LOG = { id: Uint8Array.from({ length: 32 }, (_, i) => i), host: 'log.test' }
const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** The tree's hashes by level; the last of each may be missing, as in a tree that is not full. */
function levelsOf(leaves: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const levels = [leaves]
  for (let last = leaves; last.length > 1; ) {
    last = Array.from({ length: last.length >> 1 }, (_, i) =>
      nodeHash(last[2 * i] as Uint8Array, last[2 * i + 1] as Uint8Array),
    )
    levels.push(last)
  }
  return levels
}

/** Root by the definition (RFC 9162 2.1.1), not by levels. */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only !== undefined && leaves.length === 1) return only
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}

interface FakeLog {
  /** Where the tiles are served. */
  readonly place?: '' | '/api/v2'
  /** Serves full tiles alone, as a log does that has dropped the partial ones. */
  readonly fullOnly?: boolean
  /** How often the checkpoint is an old one. */
  readonly lag?: number
  readonly signer?: string
}

/** A log that has our entry at `index` of `size` and answers 409 to whoever sends it again. */
function serveLog(request: WitnessRequest, index: number, size: number, fake: FakeLog = {}): Promise<Loopback> {
  const body = bodyOf(request)
  const filler = (i: number): Uint8Array => leafHash(Buffer.from(`entry ${i}`))
  const grown = size + (fake.fullOnly ? 256 - (size % 256) : 0)
  const leaves = Array.from({ length: grown }, (_, i) => (i === index ? leafHash(body) : filler(i)))
  const levels = levelsOf(leaves)
  let lag = fake.lag ?? 0
  const checkpoint = (upTo: number): string => {
    const text = encodeCheckpoint({
      origin: LOG.host,
      size: BigInt(upTo),
      rootHash: rootOf(leaves.slice(0, upTo)),
      extensions: [],
    })
    const signatures = [{ name: fake.signer ?? LOG.host, hint: LOG.id.subarray(0, 4), signature: new Uint8Array(64) }]
    return encodeNote(text, signatures)
  }
  const files = new Map<string, Uint8Array>()
  for (let level = 0; level * 8 < levels.length; level++) {
    const hashes = levels[level * 8] ?? []
    for (let n = 0; n * 256 < hashes.length; n++) {
      const tile = hashes.slice(n * 256, n * 256 + 256)
      const width = Math.min(256, Math.floor(size / 256 ** level) - n * 256)
      if (tile.length === 256) files.set(`/tile/${level}/${tilePath(n)}`, Buffer.concat(tile))
      if (width < 256 && !(fake.fullOnly && tile.length === 256))
        files.set(`/tile/${level}/${tilePath(n)}.p/${width}`, Buffer.concat(tile.slice(0, width)))
    }
  }
  return serve((asked, response) => {
    if (asked.method === 'POST')
      return json(response, 409, { code: 6, message: 'exists' }, { 'x-log-index': `${index}` })
    const place = fake.place ?? ''
    if (!asked.path.startsWith(`${place}/tile/`) && asked.path !== `${place}/checkpoint`) return json(response, 501, {})
    const path = asked.path.slice(place.length)
    if (path === '/checkpoint') return void response.end(checkpoint(lag-- > 0 ? index : size))
    const file = files.get(path)
    return file === undefined ? json(response, 404, {}) : void response.end(file)
  })
}

function bodyOf({ digest, signature, leaf }: WitnessRequest): Uint8Array {
  return hashedRekordBody({ version: '0.0.2', digest, signature, certificate: leaf.bytes, key: leaf.key })
}

function clientOf(server: Loopback, sleep = async (): Promise<void> => {}) {
  const http = createHttp({ userAgent: 'gitsigil/test', sleep: async () => {} })
  return createRekorClient({ http, url: server.url, version: 2, logs: [LOG], sleep })
}

/** An honest answer to a create request: a log of one entry. */
function honest(request: WitnessRequest): Record<string, unknown> {
  const body = bodyOf(request)
  const rootHash = b64(leafHash(body))
  return {
    logIndex: '0',
    logId: { keyId: b64(LOG.id) },
    kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
    integratedTime: '0',
    inclusionPromise: null,
    inclusionProof: { logIndex: '0', rootHash, treeSize: '1', hashes: [], checkpoint: { envelope: 'not read here' } },
    canonicalizedBody: b64(body),
  }
}

test('a signature becomes a hashedrekord 0.0.2 entry with its proof, and no time', async () => {
  const request = witnessRequest()
  const server = await serve((_, response) => json(response, 201, honest(request)))
  const entry = await clientOf(server).witness(request)
  expect(entry).toMatchObject({ kind: 'hashedrekord', version: '0.0.2', integratedTime: 0n, logIndex: 0n })
  expect(entry.promise).toBeUndefined()
  const sent = JSON.parse((server.asked[0] as Asked).body.toString())
  expect(server.asked[0]?.path).toBe('/api/v2/log/entries')
  expect(sent).toEqual({
    hashedRekordRequestV002: {
      digest: b64(request.digest),
      signature: {
        content: b64(request.signature),
        verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', x509Certificate: { rawBytes: b64(request.leaf.bytes) } },
      },
    },
  })
})

test.each<[string, (entry: Record<string, unknown>) => void, string]>([
  [
    'is about something else',
    (entry) => Object.assign(entry, { canonicalizedBody: 'e30=' }),
    'an entry about something else',
  ],
  ['has no proof', (entry) => delete entry['inclusionProof'], 'without inclusion proof'],
  [
    'has a wrong root',
    (entry) => Object.assign(entry['inclusionProof'] as object, { rootHash: b64(new Uint8Array(32)) }),
    'a wrong proof',
  ],
  [
    'is of version 1',
    (entry) => Object.assign(entry, { kindVersion: { kind: 'hashedrekord', version: '0.0.1' } }),
    'another version',
  ],
  ['has no log id', (entry) => delete entry['logId'], 'what is no log entry'],
])('an answer that %s is a fault of the log', async (_, change, why) => {
  const request = witnessRequest()
  const answer = honest(request)
  change(answer)
  const server = await serve((_, response) => json(response, 201, answer))
  const fault = await faultOf(clientOf(server).witness(request))
  expect(fault.code).toBe('log')
  expect(fault.message).toContain(`Rekor at 127.0.0.1:${server.port} answered with`)
  expect(fault.message).toContain(why)
})

test.each([
  [0, 1],
  [0, 2],
  [2, 3],
  [255, 256],
  [256, 257],
  [0, 300],
  [299, 300],
  [511, 512],
  [700, 1023],
])('the entry at %i of %i that is there already gets its proof from the tiles', async (index, size) => {
  const request = witnessRequest()
  const entry = await clientOf(await serveLog(request, index, size)).witness(request)
  expect(entry).toMatchObject({ logIndex: BigInt(index), version: '0.0.2', proof: { treeSize: BigInt(size) } })
  expect(b64(entry.logId)).toBe(b64(LOG.id))
})

test('tiles served by the log itself are found as well', async () => {
  const request = witnessRequest()
  const server = await serveLog(request, 5, 9, { place: '/api/v2' })
  await clientOf(server).witness(request)
  expect(server.asked.map(({ path }) => path)).toEqual([
    '/api/v2/log/entries',
    '/checkpoint',
    '/api/v2/checkpoint',
    '/api/v2/tile/0/000.p/9',
  ])
})

test('a full tile does where the partial one is gone', async () => {
  const request = witnessRequest()
  const entry = await clientOf(await serveLog(request, 280, 300, { fullOnly: true })).witness(request)
  expect(entry.proof?.treeSize).toBe(300n)
})

test('a checkpoint that does not reach the entry yet is waited for', async () => {
  const request = witnessRequest()
  const waits: number[] = []
  const sleep = async (ms?: number): Promise<void> => void waits.push(ms ?? 0)
  await clientOf(await serveLog(request, 5, 9, { lag: 2 }), sleep).witness(request)
  expect(waits).toEqual([500, 500])
})

test('a checkpoint that never reaches the entry is a fault', async () => {
  const request = witnessRequest()
  const fault = await faultOf(clientOf(await serveLog(request, 5, 9, { lag: 99 })).witness(request))
  expect(fault.message).toContain('says the entry has index 5, and its checkpoint does not reach it')
})

test('an entry at that index that is not ours is a fault', async () => {
  const server = await serveLog(witnessRequest('another artifact'), 5, 9)
  const fault = await faultOf(clientOf(server).witness(witnessRequest()))
  expect(fault.message).toContain('answered with a wrong proof')
})

test('a log that the trusted root does not know is a fault', async () => {
  const request = witnessRequest()
  const fault = await faultOf(clientOf(await serveLog(request, 5, 9, { signer: 'other.test' })).witness(request))
  expect(fault.message).toContain('is a log that the trusted root does not know')
})

test.each([null, '-1', '01', '99999999999999999999', 'x'])('an index of %j is no index', async (index) => {
  const server = await serve((_, response) => json(response, 409, {}, index === null ? {} : { 'x-log-index': index }))
  const fault = await faultOf(clientOf(server).witness(witnessRequest()))
  expect(fault.message).toContain('has the entry already and does not say where')
})

test.each([
  [0, '000'],
  [67, '067'],
  [1000, 'x001/000'],
  [1_234_067, 'x001/x234/067'],
])('tile %i has the path %s', (n, path) => {
  expect(tilePath(n)).toBe(path)
})
