import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import type { LogHead } from '../../src/rekor/client-log.ts'
import { createLogScan, type ScannedBatch } from '../../src/scan/stream.ts'
import { createHttp } from '../../src/system/http.ts'
import { faultOf } from '../support/faults.ts'
import { fillLog, type ServedLog, serveFilled } from '../support/tile-server.ts'

const SIZE = 70_000
const filled = fillLog(Array.from({ length: SIZE }, (_, i) => encodeUtf8(`entry ${i}`)))
const served = async () => await serveFilled(await filled)

async function readAll({ http, view }: ServedLog, from: number, to: number, head?: LogHead) {
  return await collect(createLogScan(http, view).entries(head ?? (await view.head()), from, to))
}

async function collect(batches: AsyncIterable<ScannedBatch>): Promise<readonly string[]> {
  const found: string[] = []
  let next: number | undefined
  for await (const { from, bodies } of batches) {
    expect(from).toBe(next ?? from)
    next = from + bodies.length
    found.push(...bodies.map((body) => Buffer.from(body).toString()))
  }
  return found
}

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `entry ${from + i}`)

test.each([
  [0, 1000],
  [255, 257],
  [300, 301],
  [65_530, SIZE],
  [SIZE, SIZE],
])('a tiled log gives its entries from %d to %d, in order', async (from, to) => {
  expect(await readAll(await served(), from, to)).toEqual(names(from, to))
})

test('as many files are fetched at once as was said, and no hash tile below a full bundle', async () => {
  const log = await served()
  let [now, most] = [0, 0]
  const http = {
    request: async (request: Parameters<typeof log.http.request>[0]) => {
      most = Math.max(most, ++now)
      return await log.http.request(request).finally(() => now--)
    },
  }
  const head = await log.view.head()
  expect(await collect(createLogScan(http, log.view, { inFlight: 5 }).entries(head, 0, 20_000))).toHaveLength(20_000)
  expect(most).toBeGreaterThan(2)
  expect(most).toBeLessThanOrEqual(5)
  expect(log.asked.filter((path) => path.startsWith('/tile/0/'))).toEqual([expect.stringContaining('.p/')])
})

test('partial files that were dropped in favour of full ones are not missed', async () => {
  const log = await served()
  const early = await fillLog(Array.from({ length: 300 }, (_, i) => encodeUtf8(`entry ${i}`)))
  const earlyHead = await (await serveFilled({ ...early, authority: early.authority })).view.head()
  log.lie((path, bytes) => (path.includes('.p/') && !/\.p\/(112|17|1)$/.test(path) ? 404 : bytes))
  expect(await readAll(log, 0, 300, earlyHead)).toEqual(names(0, 300))
})

test.each([
  [503, 200],
  [429, 2000],
])('a server that answers %d is waited for, as long as it says', async (status, least) => {
  const log = await served()
  const waits: number[] = []
  let now = 0
  const sleep = async (ms: number) => {
    waits.push(ms)
    now += ms
  }
  const http = createHttp({ userAgent: 'gitsigil/test', sleep, now: () => now, random: () => 1 })
  const head = await log.view.head()
  let asked = 0
  log.lie((path, bytes) => (path.includes('entries') && asked++ === 0 ? status : bytes))
  expect(await collect(createLogScan(http, log.view).entries(head, 0, 700))).toEqual(names(0, 700))
  expect(waits[0]).toBeGreaterThanOrEqual(least)
})

test('an outage that lasts ends in `network`, and what came before stands', async () => {
  const log = await served()
  log.lie((path, bytes) => (/entries\/009$/.test(path) ? 503 : bytes))
  const head = await log.view.head()
  let reached = 0
  const fault = await faultOf(
    (async () => {
      for await (const { from, bodies } of createLogScan(log.http, log.view).entries(head, 0, SIZE))
        reached = from + bodies.length
    })(),
  )
  expect([fault.code, reached]).toEqual(['network', 9 * 256])
})

describe('a tiled log that lies is found out before an entry of the lie is handed on:', async () => {
  const { log } = await filled
  const [next, lowest] = [await log.tile('tile/entries/004'), await log.tile('tile/0/000')]
  const third = 2 + 'entry 768'.length
  const none = new Uint8Array()

  test.each<[string, string, (bytes: Uint8Array) => Uint8Array | undefined]>([
    ['a truncated bundle', 'tile/entries/003', (bytes) => bytes.subarray(0, -1)],
    ['an empty bundle', 'tile/entries/003', () => none],
    ['a missing bundle', 'tile/entries/003', () => undefined],
    ["another's bundle", 'tile/entries/003', () => next],
    ['an entry too few', 'tile/entries/003', (bytes) => bytes.subarray(third)],
    [
      'entries in another order',
      'tile/entries/003',
      (bytes) => Buffer.concat([bytes.subarray(third), bytes.subarray(0, third)]),
    ],
    [
      'an entry twice',
      'tile/entries/003',
      (bytes) => Buffer.concat([bytes.subarray(0, third), bytes.subarray(0, -third)]),
    ],
    ['a truncated tile', 'tile/1/000', (bytes) => bytes.subarray(0, -32)],
    ["another's tile", 'tile/1/000', () => lowest],
    ['a missing tile', 'tile/1/000', () => undefined],
    ['a wrong top', 'tile/2/000.p/1', (bytes) => bytes.fill(1)],
  ])('%s', async (_, lied, change) => {
    const log = await served()
    log.lie((path, bytes) => (path === lied ? change(bytes ?? none) : bytes))
    const head = await log.view.head()
    const reached: number[] = []
    const fault = await faultOf(
      (async () => {
        for await (const { from, bodies } of createLogScan(log.http, log.view).entries(head, 0, 2000))
          reached.push(from + bodies.length)
      })(),
    )
    expect(fault.code).toBe('log')
    expect(Math.max(0, ...reached)).toBeLessThanOrEqual(768)
  })

  test('a bundle that is another the second time', async () => {
    const log = await served()
    let asked = 0
    log.lie((path, bytes) => (path === 'tile/entries/001' && asked++ > 0 ? bytes?.fill(1, 2, 3) : bytes))
    expect(await readAll(log, 256, 300)).toEqual(names(256, 300))
    expect((await faultOf(readAll(log, 256, 300))).code).toBe('log')
  })
})
