import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Updater } from 'tuf-js'
import { expect, onTestFinished, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import type { Service } from '../../src/sandbox/service.ts'
import { openTuf } from '../../src/sandbox/tuf.ts'
import { bodyOf, get, temporaryState } from './signed.ts'

const DAY = 24 * 3_600_000
const targets = { 'trusted_root.json': encodeUtf8('{"root":1}'), 'signing_config.v0.2.json': encodeUtf8('{}') }

/** What tuf-js downloads, given the root file, from a cache that it starts in. */
async function download(url: string, root: Uint8Array, name: string, cache = temporaryFolder()): Promise<string> {
  const { writeFileSync, existsSync } = await import('node:fs')
  if (!existsSync(join(cache, 'root.json'))) writeFileSync(join(cache, 'root.json'), root)
  const options = { metadataDir: cache, targetDir: cache, metadataBaseUrl: url, targetBaseUrl: `${url}/targets` }
  const updater = new Updater({ ...options, config: { fetchRetries: 0 } })
  await updater.refresh()
  const info = await updater.getTargetInfo(name)
  if (info === undefined) throw new Error(`${name} is not in the repository`)
  return readFileSync(await updater.downloadTarget(info), 'utf8')
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gitsigil-tuf-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The service on a port, and what it serves may be replaced. */
async function serve(first: Service): Promise<{ readonly url: string; service: Service }> {
  const served = { url: '', service: first }
  const server = createServer((request, response) => {
    void served.service.handle(new Request(served.url + request.url)).then(async (answer) => {
      response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return served
}

test('tuf-js, given root.json, downloads the targets', async () => {
  const state = await temporaryState()
  const { url } = await serve(await openTuf(state, targets, Date.now))
  const root = readFileSync(state.path('tuf', 'root.json'))
  expect(await download(url, root, 'trusted_root.json')).toBe('{"root":1}')
  expect(await download(url, root, 'signing_config.v0.2.json')).toBe('{}')
})

test('changed targets reach a client that has the old ones', async () => {
  const state = await temporaryState()
  const served = await serve(await openTuf(state, targets, Date.now))
  const root = readFileSync(state.path('tuf', 'root.json'))
  const cache = temporaryFolder()
  await download(served.url, root, 'trusted_root.json', cache)
  const changed = { ...targets, 'trusted_root.json': encodeUtf8('{"root":2}') }
  served.service = await openTuf(state, changed, Date.now)
  expect(await download(served.url, root, 'trusted_root.json', cache)).toBe('{"root":2}')
})

test('nothing is signed again while it is fresh', async () => {
  const state = await temporaryState()
  const now = Date.now()
  await openTuf(state, targets, () => now)
  const first = await state.read('tuf/timestamp.json')
  const service = await openTuf(state, targets, () => now + DAY)
  expect((await bodyOf(service.handle(get('/timestamp.json')))).signed.version).toBe(1)
  expect(await state.read('tuf/timestamp.json')).toEqual(first)
})

test.each([
  ['timestamp', 4, { timestamp: 2, snapshot: 1, targets: 1, root: 1 }],
  ['snapshot', 16, { timestamp: 2, snapshot: 2, targets: 1, root: 1 }],
  ['targets', 200, { timestamp: 2, snapshot: 2, targets: 2, root: 1 }],
  ['root', 2000, { timestamp: 2, snapshot: 2, targets: 2, root: 2 }],
])('%s that nears its end is signed again by a running server, %i days later', async (_, days, versions) => {
  const state = await temporaryState()
  let now = Date.now()
  const service = await openTuf(state, targets, () => now)
  now += days * DAY
  const timestamp = await bodyOf(service.handle(get('/timestamp.json')))
  const snapshotVersion = timestamp.signed.meta['snapshot.json'].version
  const snapshot = await bodyOf(service.handle(get(`/${snapshotVersion}.snapshot.json`)))
  const root = await bodyOf(service.handle(get('/root.json')))
  expect({
    timestamp: timestamp.signed.version,
    snapshot: snapshotVersion,
    targets: snapshot.signed.meta['targets.json'].version,
    root: root.signed.version,
  }).toEqual(versions)
  expect(Date.parse(timestamp.signed.expires)).toBeGreaterThan(now + 3 * DAY)
})

test('a client follows a root that was signed again', async () => {
  const state = await temporaryState()
  await openTuf(state, targets, () => Date.now() - 2000 * DAY)
  const old = readFileSync(state.path('tuf', '1.root.json'))
  const { url } = await serve(await openTuf(state, targets, Date.now))
  expect(await download(url, old, 'trusted_root.json')).toBe('{"root":1}')
})

test.each([
  '/keys/tuf-root.pem',
  '/../keys/tuf-root.pem',
  '/targets/../../keys/tuf-root.pem',
  '/1.timestamp.json',
  '/9.root.json',
])('%s is not served', async (path) => {
  const service = await openTuf(await temporaryState(), targets, Date.now)
  expect((await service.handle(get(path))).status).toBe(404)
})
