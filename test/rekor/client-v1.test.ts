import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createRekorClient } from '../../src/rekor/client.ts'
import { leafHash, nodeHash } from '../../src/rekor/merkle.ts'
import { createHttp } from '../../src/system/http.ts'
import { faultOf } from '../support/faults.ts'
import { witnessRequest } from '../support/leaf.ts'
import { json, type Loopback, serve } from '../support/loopback.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const TREE = '00000000000004d2'

interface Fake {
  /** Answers 409 to a POST. */
  readonly known?: boolean
  readonly location?: string
  /** Changes an honest entry. */
  readonly change?: (entry: Record<string, unknown>, verification: Record<string, unknown>) => void
}

/** A log of two entries, ours the second; its signatures are of nobody. */
function serveRekor(fake: Fake = {}): Promise<Loopback> {
  let body: Buffer | undefined
  return serve((asked, response) => {
    if (asked.method === 'POST') body = asked.body
    if (body === undefined) return json(response, 404, { code: 404, message: 'entry not found' })
    const uuid = `${TREE}${hex(leafHash(body))}`
    if (asked.method !== 'POST') return json(response, 200, { [uuid]: entryOf(body, fake) })
    const location = { location: fake.location ?? `/api/v1/log/entries/${uuid}` }
    if (fake.known) return json(response, 409, { code: 409, message: 'an equivalent entry already exists' }, location)
    return json(response, 201, { [uuid]: entryOf(body, fake) }, location)
  })
}

function entryOf(body: Buffer, { change }: Fake): unknown {
  const sibling = leafHash(Buffer.from('another'))
  const verification = {
    inclusionProof: {
      checkpoint: 'not read here',
      hashes: [hex(sibling)],
      logIndex: 1,
      rootHash: hex(nodeHash(sibling, leafHash(body))),
      treeSize: 2,
    },
    signedEntryTimestamp: randomBytes(70).toString('base64'),
  }
  const entry = {
    body: body.toString('base64'),
    integratedTime: 1_900_000_000,
    logID: 'c0'.repeat(32),
    logIndex: 3_000_000_001,
    verification,
  }
  change?.(entry, verification)
  return entry
}

function clientOf(server: Loopback) {
  const http = createHttp({ userAgent: 'gitsigil/test', sleep: async () => {} })
  return createRekorClient({ http, url: server.url, version: 1, logs: [] })
}

test('a signature becomes a hashedrekord entry, with its time, proof and promise', async () => {
  const server = await serveRekor()
  const request = witnessRequest()
  const entry = await clientOf(server).witness(request)
  expect(entry).toMatchObject({
    kind: 'hashedrekord',
    version: '0.0.1',
    logIndex: 3_000_000_001n,
    integratedTime: 1_900_000_000n,
    proof: { logIndex: 1n, treeSize: 2n },
  })
  expect(hex(entry.logId)).toBe('c0'.repeat(32))
  expect(entry.promise?.length).toBe(70)
  expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/v1/log/entries'])
  expect(JSON.parse(server.asked[0]?.body.toString() ?? '')).toMatchObject({
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: { data: { hash: { algorithm: 'sha256', value: hex(request.digest) } } },
  })
})

test('an entry that is there already is fetched from where the answer says', async () => {
  const server = await serveRekor({ known: true })
  const entry = await clientOf(server).witness(witnessRequest())
  expect(entry.logIndex).toBe(3_000_000_001n)
  expect(server.asked.map(({ method }) => method)).toEqual(['POST', 'GET'])
  expect(server.asked[1]?.path).toMatch(/^\/api\/v1\/log\/entries\/[0-9a-f]{80}$/)
})

test('a Location on another host is asked for here: of it the UUID alone is taken', async () => {
  const server = await serveRekor({ known: true, location: `https://evil.test/api/v1/log/entries/${'ab'.repeat(40)}` })
  await clientOf(server).witness(witnessRequest())
  expect(server.asked[1]?.path).toBe(`/api/v1/log/entries/${'ab'.repeat(40)}`)
})

test.each(['', '/api/v1/log/entries/', '/api/v1/log/entries/../../x', `/api/v1/log/entries/${'AB'.repeat(40)}`])(
  'a Location %j that names no entry is a fault',
  async (location) => {
    const fault = await faultOf(clientOf(await serveRekor({ known: true, location })).witness(witnessRequest()))
    expect(fault.message).toContain('has the entry already and does not say where')
  },
)

describe('an answer is a fault of the log where', () => {
  test.each<[string, Fake['change'], string]>([
    ['it is about something else', (entry) => Object.assign(entry, { body: 'e30=' }), 'an entry about something else'],
    [
      'the proof has another root',
      (_, v) => Object.assign(v['inclusionProof'] as object, { rootHash: '0'.repeat(64) }),
      'a wrong proof',
    ],
    [
      'the proof is longer than its path',
      (_, v) => Object.assign(v['inclusionProof'] as object, { hashes: Array(2).fill('0'.repeat(64)) }),
      'a wrong proof',
    ],
    ['there is no proof', (_, v) => delete v['inclusionProof'], 'without inclusion proof'],
    ['there is no promise', (_, v) => delete v['signedEntryTimestamp'], 'without signed entry timestamp'],
    [
      'the promise is empty',
      (_, v) => Object.assign(v, { signedEntryTimestamp: '' }),
      'without signed entry timestamp',
    ],
    ['there is no time', (entry) => delete entry['integratedTime'], 'without signed entry timestamp'],
    ['the log id is short', (entry) => Object.assign(entry, { logID: 'c0' }), 'what is no log entry'],
    ['the index is negative', (entry) => Object.assign(entry, { logIndex: -1 }), 'what is no log entry'],
  ])('%s', async (_, change, why) => {
    const server = await serveRekor(change === undefined ? {} : { change })
    const fault = await faultOf(clientOf(server).witness(witnessRequest()))
    expect(fault.code).toBe('log')
    expect(fault.message).toContain(`Rekor at 127.0.0.1:${server.port} answered with`)
    expect(fault.message).toContain(why)
  })
})

test('a refusal names Rekor and repeats what it said', async () => {
  const server = await serve((_, response) => json(response, 400, { code: 400, message: 'verifying signature: no' }))
  const fault = await faultOf(clientOf(server).witness(witnessRequest()))
  expect(fault.message).toBe(`Rekor at 127.0.0.1:${server.port} answered 400: verifying signature: no`)
  expect(fault.code).toBe('log')
})

test('an answer that got lost costs a second request and no second entry', async () => {
  let body: Buffer | undefined
  const server = await serve((asked, response, count) => {
    if (asked.method === 'POST') body = asked.body
    const uuid = `${TREE}${hex(leafHash(body ?? Buffer.from('')))}`
    if (count === 0) response.destroy()
    else if (asked.method === 'POST') json(response, 409, {}, { location: `/api/v1/log/entries/${uuid}` })
    else json(response, 200, { [uuid]: entryOf(body ?? Buffer.from(''), {}) })
  })
  expect((await clientOf(server).witness(witnessRequest())).version).toBe('0.0.1')
  expect(server.asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET'])
})
