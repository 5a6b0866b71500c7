import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toHex } from '../../src/bytes.ts'
import type { LogView } from '../../src/rekor/client-log.ts'
import { createLogView } from '../../src/rekor/client-log-open.ts'
import { createLogScan } from '../../src/scan/stream.ts'
import { createHttp, type Http, type HttpResponse } from '../../src/system/http.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { proposalV1, signArtifact } from '../sandbox/signed.ts'
import { faultOf } from '../support/faults.ts'
import { serve } from '../support/loopback.ts'
import { newKey, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const SIZE = 430
const http = createHttp({ userAgent: 'gitsigil/test', budget: 600_000, sleep: async () => undefined })
let sandbox: TestSandbox
let view: LogView
let digests: readonly string[]

beforeAll(async () => {
  sandbox = await startTestSandbox()
  const key = newKey()
  const signed = Array.from({ length: SIZE }, (_, i) => signArtifact(Buffer.from(`artifact ${i}`), key))
  await Promise.all(signed.map(send))
  const log = parseTrustedRoot(sandbox.trustedRoot).logs.find(({ baseUrl }) => baseUrl === sandbox.urls.rekor1)
  if (log === undefined) throw new Error('no log')
  view = createLogView(http, log, 1)
  digests = await readDigests(http, 0, SIZE)
}, 60_000)
afterAll(() => sandbox.close())

async function send(one: ReturnType<typeof signArtifact>): Promise<void> {
  const url = `${sandbox.urls.rekor1}/api/v1/log/entries`
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(proposalV1(one)) })
  if (answer.status !== 201) throw new Error(await answer.text())
}

async function readDigests(by: Http, from: number, to: number): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { bodies } of createLogScan(by, view).entries(await view.head(), from, to))
    found.push(...bodies.map((body) => JSON.parse(Buffer.from(body).toString()).spec.data.hash.value))
  return found
}

test('Rekor v1 gives all of its entries, by their place in its tree', async () => {
  expect(new Set(digests).size).toBe(SIZE)
})

test.each([
  [0, 7],
  [7, 233],
  [200, 400],
  [SIZE - 1, SIZE],
  [SIZE, SIZE],
])('Rekor v1 is read from %d to %d', async (from, to) => {
  expect(await readDigests(http, from, to)).toEqual(digests.slice(from, to))
})

test('ten entries that are too large for one answer are read one by one', async () => {
  const narrow: Http = {
    request: async (request) =>
      await http.request({ ...request, ...(request.url.endsWith('/retrieve') ? { maxBytes: 9_000 } : {}) }),
  }
  expect(await readDigests(narrow, 195, 221)).toEqual(digests.slice(195, 221))
})

test('a tree that has grown since is read as its head has it', async () => {
  const head = await view.head()
  await send(signArtifact(Buffer.from(`more ${Math.random()}`), newKey()))
  let count = 0
  for await (const { bodies } of createLogScan(http, view).entries(head, 200, SIZE)) count += bodies.length
  expect(count).toBe(SIZE - 200)
})

// biome-ignore lint/suspicious/noExplicitAny: what a test changes in an answer
type Answers = any[]

/** Changes the answers with entries. */
function lying(change: (answers: Answers, asked: readonly number[]) => Answers): Http {
  return {
    async request(request) {
      const response = await http.request(request)
      if (!request.url.endsWith('/retrieve')) return response
      const { logIndexes } = JSON.parse(String(request.body))
      return answered(response, change(JSON.parse(Buffer.from(response.body).toString()), logIndexes))
    },
  }
}

function answered(response: HttpResponse, value: unknown): HttpResponse {
  return { ...response, body: Buffer.from(JSON.stringify(value)) }
}

const entryOf = (answer: Answers[number]) => Object.values(answer)[0] as Answers[number]
const isThere = (asked: readonly number[], place: number) => asked.includes(3_000_000_000 + place)

describe('a Rekor v1 that lies is found out before an entry of the lie is handed on:', () => {
  test.each<[string, (answers: Answers, asked: readonly number[]) => Answers]>([
    ['one that leaves an entry out', (answers, asked) => (isThere(asked, 250) ? answers.slice(1) : answers)],
    ['one that gives none', (_, asked) => (isThere(asked, 250) ? [] : _)],
    [
      'one that swaps two entries',
      (answers, asked) => {
        if (!isThere(asked, 250)) return answers
        const [a, b] = answers.map(entryOf)
        const index = a.logIndex
        a.logIndex = b.logIndex
        b.logIndex = index
        return answers
      },
    ],
    [
      'one that gives an entry twice, the second time in place of another',
      (answers, asked) => {
        if (!isThere(asked, 250)) return answers
        const again = structuredClone(answers[0])
        entryOf(again).logIndex++
        return [answers[0], again, ...answers.slice(2)]
      },
    ],
    [
      'one that changes an entry, and its name with it',
      (answers, asked) => {
        if (!isThere(asked, 250)) return answers
        const other = structuredClone(answers[1])
        entryOf(other).logIndex = entryOf(answers[0]).logIndex
        return [other, ...answers.slice(1)]
      },
    ],
  ])('%s', async (_, change) => {
    const reached: number[] = []
    const fault = await faultOf(
      (async () => {
        for await (const { from, bodies } of createLogScan(lying(change), view).entries(await view.head(), 0, SIZE))
          reached.push(from + bodies.length)
      })(),
    )
    expect([fault.code, fault.message]).toEqual(['log', expect.stringMatching(/^the log lies: /)])
    expect(reached).toEqual([200])
  })

  test.each<[string, (proof: Answers[number]) => void]>([
    [
      'another frontier',
      (proof) => proof.hashes.splice(0, proof.hashes.length, ...proof.hashes.map(() => toHex(new Uint8Array(32)))),
    ],
    ['a frontier that is too short', (proof) => proof.hashes.shift()],
    ['the proof of another place', (proof) => proof.logIndex++],
  ])('one that gives %s to begin with', async (_, change) => {
    const http = lying((answers) => {
      for (const answer of answers) change(entryOf(answer).verification.inclusionProof)
      return answers
    })
    expect((await faultOf(readDigests(http, 211, 230))).code).toBe('log')
  })

  test('one that counts its earlier trees wrongly', async () => {
    const wrong: Http = {
      async request(request) {
        const response = await http.request(request)
        if (!request.url.endsWith('/api/v1/log')) return response
        const state = JSON.parse(Buffer.from(response.body).toString())
        return answered(response, { ...state, inactiveShards: [{ treeSize: 3_000_000_001 }] })
      },
    }
    expect((await faultOf(readDigests(wrong, 0, 20))).code).toBe('log')
  })
})

test('an outage of Rekor v1 that lasts ends in `network`', async () => {
  const server = await serve((_, response) => response.writeHead(503).end())
  const head = await view.head()
  const down: Http = {
    async request(request) {
      return await http.request(request.url.includes('/log/entries') ? { ...request, url: server.url } : request)
    },
  }
  const fault = await faultOf(createLogScan(down, view).entries(head, 0, 10)[Symbol.asyncIterator]().next())
  expect([fault.code, server.asked.length]).toEqual(['network', 8])
})
