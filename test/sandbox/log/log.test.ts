import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { encodeUtf8, equalBytes, toHex } from '../../../src/bytes.ts'
import { checkInclusion, leafHash } from '../../../src/rekor/merkle.ts'
import { openTileLog } from '../../../src/sandbox/log/disk-log.ts'
import type { TileLogOptions } from '../../../src/sandbox/log/log.ts'
import { MemoryDisk } from './disk.ts'
import { naivePath, naiveRoot } from './naive.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'gitsigil-log-'))
  folders.push(made)
  return made
}

function options(more: Partial<TileLogOptions> = {}): TileLogOptions {
  return { origin: 'test', sign: (body) => `${body}\n\u2014 test AAAAAAA=\n`, ...more }
}

function entries(from: number, to: number): Uint8Array[] {
  return Array.from({ length: to - from }, (_, i) => encodeUtf8(`entry ${from + i}`))
}

test('roots and proofs of every earlier size are those of the naive tree, whatever the batches', async () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 200, max: 300 })), {
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(sizes, fc.infiniteStream(fc.nat()), async (batches, picks) => {
      const log = await openTileLog('/log', options({ disk: new MemoryDisk() }))
      const all: Uint8Array[] = []
      for (const batch of batches) {
        const added = entries(all.length, all.length + batch)
        const indexes = await Promise.all(added.map((entry) => log.append(entry)))
        expect(indexes).toEqual(added.map((_, i) => all.length + i))
        all.push(...added)
      }
      for (const pick of picks.take(4)) {
        const size = pick % (all.length + 1)
        expect(toHex(await log.root(size))).toBe(toHex(naiveRoot(all.slice(0, size))))
        if (size === 0) continue
        const index = (pick >> 5) % size
        const path = naivePath(index, all.slice(0, size)).map(toHex)
        expect((await log.inclusion(index, size)).map(toHex)).toEqual(path)
      }
    }),
    { numRuns: 30 },
  )
})

test('the verifier accepts every proof of the log', async () => {
  const log = await openTileLog('/log', options({ disk: new MemoryDisk() }))
  await Promise.all(entries(0, 300).map((entry) => log.append(entry)))
  for (let index = 0; index < 300; index += 7) {
    const hashes = await log.inclusion(index, 300)
    const proof = { logIndex: BigInt(index), treeSize: 300n, rootHash: await log.root(300), hashes, checkpoint: '' }
    expect(checkInclusion(leafHash(encodeUtf8(`entry ${index}`)), proof)).toBeUndefined()
  }
})

test('a log is found again as it was left, on the real disk', async () => {
  const directory = join(folder(), 'new', 'log')
  const first = await openTileLog(directory, options({ keepsNotes: true }))
  await Promise.all(entries(0, 700).map((entry, i) => first.append(entry, encodeUtf8(`note ${i}`))))
  const checkpoint = first.checkpoint()
  await first.close()
  await expect(first.append(encodeUtf8('late'))).rejects.toThrow('is closed')

  const log = await openTileLog(directory, options({ keepsNotes: true }))
  expect(log.size).toBe(700)
  expect(log.checkpoint()).toBe(checkpoint)
  for (const index of [0, 255, 256, 511, 512, 699]) {
    expect(new TextDecoder().decode(await log.entry(index))).toBe(`entry ${index}`)
    expect(new TextDecoder().decode(await log.note(index))).toBe(`note ${index}`)
    expect(log.find(leafHash(encodeUtf8(`entry ${index}`)))).toBe(index)
  }
  expect(await log.entry(700)).toBeUndefined()
  expect(await log.append(encodeUtf8('entry 700'))).toBe(700)
  expect(toHex(await log.root(701))).toBe(toHex(naiveRoot(entries(0, 701))))
})

test('the files are those of the specification, without narrower tiles once a wider one counts', async () => {
  const directory = folder()
  const log = await openTileLog(directory, options())
  for (const entry of entries(0, 3)) await log.append(entry)
  expect(files(directory)).toEqual(['checkpoint', 'tile/0/000.p/3', 'tile/entries/000.p/3'])
  await Promise.all(entries(3, 256 * 2 + 1).map((entry) => log.append(entry)))
  const wide = ['tile/0/000', 'tile/0/001', 'tile/0/002.p/1', 'tile/1/000.p/2']
  expect(files(directory)).toEqual([
    'checkpoint',
    ...wide,
    'tile/entries/000',
    'tile/entries/001',
    'tile/entries/002.p/1',
  ])
  expect(readFileSync(join(directory, 'checkpoint'), 'utf8')).toBe(log.checkpoint())
  expect(log.checkpoint().split('\n')[1]).toBe('513')
})

test('tiles are served as far as the checkpoint covers them, partial ones of any width', async () => {
  const log = await openTileLog('/log', options({ disk: new MemoryDisk() }))
  await Promise.all(entries(0, 600).map((entry) => log.append(entry)))
  const leaves = await log.tile('tile/0/001')
  expect(leaves?.length).toBe(256 * 32)
  expect(leaves?.subarray(0, 32)).toEqual(leafHash(encodeUtf8('entry 256')))
  expect(await log.tile('tile/0/001.p/5')).toEqual(leaves?.subarray(0, 5 * 32))
  expect((await log.tile('tile/1/000.p/2'))?.subarray(0, 32)).toEqual(naiveRoot(entries(0, 256)))
  expect([...((await log.tile('tile/entries/002.p/1')) ?? [])]).toEqual([0, 9, ...encodeUtf8('entry 512')])
  expect(await log.tile('tile/entries/000.p/256')).toBeUndefined()
  for (const path of [
    'tile/0/002',
    'tile/0/002.p/89',
    'tile/1/000',
    'tile/1/000.p/3',
    'tile/2/000.p/1',
    'tile/63/000.p/1',
  ])
    expect(await log.tile(path)).toBeUndefined()
})

test('an entry of more than 65535 bytes is refused and the log goes on', async () => {
  const log = await openTileLog('/log', options({ disk: new MemoryDisk() }))
  await expect(log.append(new Uint8Array(65_536))).rejects.toMatchObject({ code: 'log' })
  expect(await log.append(new Uint8Array(65_535))).toBe(0)
})

test('many appends at once share a few checkpoints', async () => {
  let signed = 0
  const disk = new MemoryDisk()
  const log = await openTileLog(
    '/log',
    options({ disk, sign: (body) => `${body}\n\u2014 test ${btoa(`xxxx${signed++}`)}\n` }),
  )
  const indexes = await Promise.all(entries(0, 1000).map((entry) => log.append(entry)))
  expect(new Set(indexes).size).toBe(1000)
  expect(signed).toBeLessThan(5)
})

test('a full disk is a one-line fault, nothing is acknowledged, and the log goes on when there is room', async () => {
  const disk = new MemoryDisk()
  const log = await openTileLog('/log', options({ disk }))
  await log.append(encodeUtf8('entry 0'))
  const checkpoint = log.checkpoint()
  disk.failAt = disk.operations + 2
  const failures = await Promise.allSettled(entries(1, 4).map((entry) => log.append(entry)))
  for (const failure of failures)
    expect(failure).toMatchObject({
      status: 'rejected',
      reason: { code: 'io', message: 'sandbox: cannot write /log: no space left on the device' },
    })
  expect(log.size).toBe(1)
  expect(log.checkpoint()).toBe(checkpoint)
  expect(await log.append(encodeUtf8('entry 1'))).toBe(1)
  expect(await log.root(2)).toEqual(naiveRoot(entries(0, 2)))
})

test('a log that fails or stops at any one operation keeps what it acknowledged and never forks', async () => {
  for (const stops of [true, false])
    for (const start of [0, 1, 83]) for (let at = 1; at < 40; at++) await failOnce(start, at, stops)
})

async function failOnce(start: number, at: number, stops: boolean): Promise<void> {
  const disk = new MemoryDisk()
  const seen = new Map<number, string>()
  const acknowledged: Uint8Array[] = []
  const look = async (log: { readonly size: number; root(size: number): Promise<Uint8Array> }) => {
    const root = toHex(await log.root(log.size))
    expect(seen.get(log.size) ?? root).toBe(root)
    seen.set(log.size, root)
  }
  const attempt = async (name: string, count: number) => {
    const log = await openTileLog('/log', options({ disk, keepsNotes: true }))
    await look(log)
    for (let batch = 0; batch < 3; batch++) {
      const all = Array.from({ length: count }, (_, i) => encodeUtf8(`${name} ${batch} ${i}`))
      const results = await Promise.allSettled(all.map((entry) => log.append(entry, entry)))
      results.forEach((result, i) => {
        const entry = all[i]
        if (result.status === 'fulfilled' && entry !== undefined) acknowledged[result.value] = entry
      })
      await look(log)
    }
  }
  // Three batches of 83, and the next one crosses into the second tile.
  if (start > 0) await attempt('first', start)
  disk.failAt = disk.operations + at
  disk.stops = stops
  await attempt('second', 7).catch((error: unknown) => expect(error).toMatchObject({ code: 'io' }))
  disk.failAt = Number.POSITIVE_INFINITY
  disk.stops = false
  await attempt('third', 5)

  const log = await openTileLog('/log', options({ disk, keepsNotes: true }))
  const all = await Promise.all(Array.from({ length: log.size }, (_, i) => log.entry(i)))
  const present = all.filter((entry) => entry !== undefined)
  expect(present.length).toBe(log.size)
  acknowledged.forEach((entry, i) => {
    if (!equalBytes(present[i] ?? new Uint8Array(), entry)) throw new Error(`entry ${i} was acknowledged and is lost`)
  })
  expect(await log.root(log.size)).toEqual(naiveRoot(present))
  for (const [size, root] of seen) expect(toHex(await log.root(size))).toBe(root)
  expect(await log.note(log.size - 1)).toEqual(present.at(-1))
}

test('a damaged folder is a fault that names what is wrong, never an empty or another log', async () => {
  const directory = folder()
  const log = await openTileLog(directory, options())
  await Promise.all(entries(0, 5).map((entry) => log.append(entry)))
  await expect(openTileLog(directory, options({ origin: 'other' }))).rejects.toThrow('its checkpoint is of "test"')
  const bundle = join(directory, 'tile/entries/000.p/5')
  const good = readFileSync(bundle)
  writeFileSync(bundle, good.toString('latin1').replace('entry 3', 'entry X'))
  await expect(openTileLog(directory, options())).rejects.toThrow('entry 3 is not the one in the tree')
  writeFileSync(bundle, good)
  const tile = join(directory, 'tile/0/000.p/5')
  writeFileSync(tile, Buffer.alloc(5 * 32))
  await expect(openTileLog(directory, options())).rejects.toThrow('do not hash to its checkpoint')
  rmSync(tile)
  await expect(openTileLog(directory, options())).rejects.toThrow('tile/0/000.p/5 is missing')
  writeFileSync(join(directory, 'checkpoint'), 'test\n5')
  await expect(openTileLog(directory, options())).rejects.toThrow('is damaged: checkpoint: not a signed note')
  rmSync(join(directory, 'checkpoint'))
  await expect(openTileLog(directory, options())).rejects.toThrow('its checkpoint is missing')
})

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}
