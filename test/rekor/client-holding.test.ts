import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHolding, type FindHeld, type HeldEntry } from '../../src/rekor/client-holding.ts'
import type { LogHead } from '../../src/rekor/client-log.ts'
import { createLogView } from '../../src/rekor/client-log-open.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { createHttp, type Http, type HttpRequest, type HttpResponse } from '../../src/system/http.ts'
import type { LogAuthority } from '../../src/trust/root.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { proposalV1, requestV2, signArtifact } from '../sandbox/signed.ts'
import { faultOf } from '../support/faults.ts'
import { newKey, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const http = createHttp({ userAgent: 'gitsigil/test', budget: 600_000, sleep: async () => undefined })
let sandbox: TestSandbox
let logs: readonly LogAuthority[]
/** Where the entries are, oldest first. */
const places: Record<1 | 2, HeldEntry[]> = { 1: [], 2: [] }

beforeAll(async () => {
  sandbox = await startTestSandbox()
  logs = parseTrustedRoot(sandbox.trustedRoot).logs
  await grow(40)
  for (const version of [1, 2] as const) {
    const view = createLogView(http, logOf(version), version)
    const first = version === 1 ? await firstOfSandbox() : 0n
    for (let i = 0n; i < 40n; i++) {
      const named = await view.entryAt(first + i)
      if (named === undefined) throw new Error(`no entry ${i}`)
      places[version].push({
        logIndex: named.entry.logIndex,
        leafHash: leafHash(named.entry.canonicalizedBody ?? new Uint8Array()),
      })
    }
  }
})
afterAll(() => sandbox.close())

// The sandbox's index begins above 2^31, as if there had been earlier trees.
const firstOfSandbox = async () => 3_000_000_000n

async function grow(count: number): Promise<void> {
  const key = newKey()
  const post = (url: string, value: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(value) })
  const all = Array.from({ length: count }, () => signArtifact(Buffer.from(`artifact ${Math.random()}`), key))
  for (const one of all) {
    await post(`${sandbox.urls.rekor1}/api/v1/log/entries`, proposalV1(one))
    await post(`${sandbox.urls.rekor2}/api/v2/log/entries`, requestV2(one))
  }
}

function logOf(version: 1 | 2): LogAuthority {
  const url = version === 1 ? sandbox.urls.rekor1 : sandbox.urls.rekor2
  const log = logs.find(({ baseUrl }) => baseUrl === url)
  if (log === undefined) throw new Error('no log')
  return log
}

interface Seen {
  readonly find: FindHeld
  /** Requests so far. */
  readonly asked: readonly HttpRequest[]
}

/** @param head what is remembered, as far as it reaches; the log's own unless given */
function holdingOf(version: 1 | 2, lying: (http: Http) => Http = (one) => one, head?: LogHead | string): Seen {
  const asked: HttpRequest[] = []
  const counted: Http = {
    request(request) {
      asked.push(request)
      return http.request(request)
    },
  }
  const by = lying(counted)
  const view = createLogView(by, logOf(version), version)
  const headOf = async (_origin?: string, atLeast = 0n) =>
    typeof head === 'string' || (head !== undefined && head.treeSize >= atLeast)
      ? head
      : await createLogView(http, logOf(version), version).head()
  return { find: createHolding({ http: by, view, headOf, inFlight: 4 }), asked }
}

const why = async (find: FindHeld, entry: HeldEntry) => {
  const held = await find(entry)
  return held.ok ? 'held' : held.why
}

function at(version: 1 | 2, place: number): HeldEntry {
  const entry = places[version][place]
  if (entry === undefined) throw new Error('no such place')
  return entry
}

/** Changes the JSON of answers to what ends so. */
function changing(end: string, change: (answer: Answer) => unknown): (http: Http) => Http {
  return (inner) => ({
    async request(request) {
      const response = await inner.request(request)
      if (!request.url.endsWith(end) || response.status !== 200) return response
      const value = change(JSON.parse(Buffer.from(response.body).toString()))
      return { ...copy(response), body: Buffer.from(JSON.stringify(value)) }
    },
  })
}

// biome-ignore lint/suspicious/noExplicitAny: what a test changes in an answer
type Answer = any

const copy = ({ status, headers }: HttpResponse) => ({ status, headers })
const entriesOf = (answer: Answer): Answer[] => answer.map((one: object) => Object.values(one)[0])

test.each([1, 2] as const)('what Rekor v%i has is found, many at once by few requests', async (version) => {
  const { find, asked } = holdingOf(version)
  const all = await Promise.all(places[version].map((entry) => why(find, entry)))
  expect(new Set(all)).toEqual(new Set(['held']))
  expect(asked.length).toBeLessThan(12)
})

test.each([1, 2] as const)('of Rekor v%i another entry does not stand for this one', async (version) => {
  const { find } = holdingOf(version)
  const swapped = { logIndex: at(version, 3).logIndex, leafHash: at(version, 4).leafHash }
  expect(await why(find, swapped)).toBe('the log has another entry in its place')
  expect(await why(find, at(version, 3))).toBe('held')
})

test('an index outside of the tree is not in the log', async () => {
  const { leafHash: leaf } = at(1, 0)
  expect(await why(holdingOf(1).find, { logIndex: 3_000_009_999n, leafHash: leaf })).toBe(
    'the log does not hand it over',
  )
  expect(await why(holdingOf(1).find, { logIndex: 5n, leafHash: leaf })).toBe('the log does not hand it over')
  expect(await why(holdingOf(2).find, { logIndex: 9999n, leafHash: leaf })).toBe(
    'the log ends before it: it has 40 entries',
  )
})

test('an entry behind the head that a tiled log had is looked for in the one that it has now', async () => {
  const view = createLogView(http, logOf(2), 2)
  const head = await view.head()
  await grow(1)
  const named = await view.entryAt(head.treeSize)
  const leaf = leafHash(named?.entry.canonicalizedBody ?? new Uint8Array())
  const { find } = holdingOf(2, undefined, head)
  expect(await why(find, { logIndex: head.treeSize, leafHash: leaf })).toBe('held')
})

test.each([1, 2] as const)('where Rekor v%i shows another past than before nothing is found in it', async (version) => {
  const { find } = holdingOf(version, undefined, 'another past')
  expect(await why(find, at(version, 2))).toBe('another past')
})

describe('a Rekor v1', () => {
  test.each<[string, (entry: Answer, all: Answer[]) => void, string]>([
    ['gives another body', (entry, all) => Object.assign(entry, { body: all[1].body }), 'does not hand it over'],
    ['names another log', (entry) => Object.assign(entry, { logID: '00'.repeat(32) }), 'names another log'],
    ['leaves the proof out', (entry) => Object.assign(entry, { verification: {} }), 'the log proves no place for it'],
    [
      'proves another place',
      (entry, all) => Object.assign(entry.verification, { inclusionProof: all[1].verification.inclusionProof }),
      'the inclusion proof does not lead to the root',
    ],
    [
      'gives a checkpoint that it did not sign',
      ({ verification: { inclusionProof: proof } }) =>
        Object.assign(proof, { checkpoint: String(proof.checkpoint).replace(/ (\S{8})\S{4}(\S+\n)$/, ' $1AAAA$2') }),
      "the checkpoint's signature by the log does not verify",
    ],
    [
      'gives what is no checkpoint',
      ({ verification: { inclusionProof: proof } }) => Object.assign(proof, { checkpoint: 'none' }),
      'no checkpoint',
    ],
  ])('that %s does not have it', async (_, change, expected) => {
    const lying = changing('/retrieve', (answer) => {
      const all = entriesOf(answer)
      if (all.length > 1) change(all[0], all)
      return answer
    })
    const { find } = holdingOf(1, lying)
    const [first, second] = await Promise.all([why(find, at(1, 6)), why(find, at(1, 7))])
    expect([first, second]).toEqual([expect.stringContaining(expected), 'held'])
  })

  test('that shows an entry in a tree which its head does not go on from does not have it', async () => {
    const lying = (inner: Http): Http => ({
      request: (request) => (request.url.includes('/log/proof') ? wrongly(inner, request) : inner.request(request)),
    })
    const wrongly = async (inner: Http, request: HttpRequest) => {
      const response = await inner.request(request)
      return { ...copy(response), body: Buffer.from(JSON.stringify({ hashes: ['ab'.repeat(32)] })) }
    }
    const view = createLogView(lying(http), logOf(1), 1)
    const headOf = async () => {
      await grow(3)
      return await createLogView(http, logOf(1), 1).head()
    }
    const find = createHolding({ http, view, headOf, inFlight: 4 })
    expect(await why(find, at(1, 6))).toContain("the log shows it in another tree than its head's: ")
  })

  test('that has grown since its head was asked for is asked for it again', async () => {
    const head = await createLogView(http, logOf(1), 1).head()
    await grow(3)
    expect(await why(holdingOf(1, undefined, head).find, at(1, 6))).toBe('held')
  })

  test('that shows an entry in a tree beyond the head that it shows everybody does not have it', async () => {
    const head = await createLogView(http, logOf(1), 1).head()
    await grow(3)
    const view = createLogView(http, logOf(1), 1)
    const find = createHolding({ http, view, headOf: async () => head, inFlight: 4 })
    expect(await why(find, at(1, 6))).toBe('the log shows it in a tree that its head does not reach')
  })

  test('that refuses all for the sake of one is asked for each', async () => {
    const lying = (inner: Http): Http => ({
      async request(request) {
        const response = await inner.request(request)
        return request.url.endsWith('/retrieve') ? { ...response, status: 404 } : response
      },
    })
    const { find } = holdingOf(1, lying)
    const asked = [at(1, 1), { ...at(1, 2), logIndex: 3_000_009_999n }, at(1, 3)]
    expect(await Promise.all(asked.map((entry) => why(find, entry)))).toEqual([
      'held',
      'the log does not hand it over',
      'held',
    ])
  })
})

test.each([
  ['another leaf', /^\/tile\/0\//],
  ['a tile that is cut', /^\/tile\/0\//],
])('a Rekor v2 that hands over %s has lied', async (what, path) => {
  const lying = (inner: Http): Http => ({
    async request(request) {
      const response = await inner.request(request)
      if (!path.test(new URL(request.url).pathname.replace('/api/v2', ''))) return response
      const body = Uint8Array.from(response.body)
      body[7] = (body[7] ?? 0) ^ 1
      return { ...copy(response), body: what === 'another leaf' ? body : body.subarray(0, 64) }
    },
  })
  const fault = await faultOf(holdingOf(2, lying).find(at(2, 1)))
  expect(fault.code).toBe('log')
})

test.each([1, 2] as const)(
  'a Rekor v%i that does not answer is a fault, and the next question asks anew',
  async (version) => {
    let isSilent = true
    const lying = (inner: Http): Http => ({
      async request(request) {
        if (!isSilent) return await inner.request(request)
        return { status: 404, headers: new Headers(), body: Buffer.from('') }
      },
    })
    const { find } = holdingOf(version, lying)
    const silent = find(at(version, 1))
    if (version === 2) await faultOf(silent)
    else await silent.catch(() => undefined)
    isSilent = false
    expect(await why(find, at(version, 1))).toBe('held')
  },
)
