import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeUtf8, toHex } from '../../src/bytes.ts'
import { parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { openProvenTree } from '../../src/rekor/client-proven.ts'
import { type TileReader, tilePath } from '../../src/rekor/client-tiles.ts'
import { checkInclusion, leafHash } from '../../src/rekor/merkle.ts'
import { openTileLog } from '../../src/sandbox/log/disk-log.ts'
import type { TileLog } from '../../src/sandbox/log/log.ts'
import { MemoryDisk } from '../sandbox/log/disk.ts'
import { faultOf } from '../support/faults.ts'

async function logOf(size: number): Promise<TileLog> {
  const log = await openTileLog('/log', {
    origin: 'test',
    sign: (body) => `${body}\n\u2014 test AAAAAAA=\n`,
    disk: new MemoryDisk(),
  })
  await Promise.all(Array.from({ length: size }, (_, i) => log.append(encodeUtf8(`entry ${i}`))))
  return log
}

type Change = (path: string, bytes: Uint8Array) => Uint8Array

function readerOf(log: TileLog, change: Change = (_, bytes) => bytes): TileReader {
  const read = async (path: string) => {
    const bytes = await log.tile(path)
    if (bytes === undefined) throw new Error(`no ${path}`)
    return change(path, Uint8Array.from(bytes))
  }
  const name = (level: string, n: number, width: number) =>
    `tile/${level}/${tilePath(n)}${width === 256 ? '' : `.p/${width}`}`
  return {
    checkpoint: async () => log.checkpoint(),
    tile: (level, n, width) => read(name(String(level), n, width)),
    bundle: (n, width) => read(name('entries', n, width)),
  }
}

function headOf(log: TileLog) {
  const { size, rootHash } = parseCheckpoint(log.checkpoint())
  return { treeSize: size, rootHash }
}

const bigLog = logOf(70_000)

test('entries, earlier roots and inclusion proofs of random trees are those of the log', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 900 }), fc.nat(), fc.nat(), async (size, a, b) => {
      const log = await logOf(size)
      const head = headOf(log)
      const tree = await openProvenTree(readerOf(log), head)
      const earlier = (a % size) + 1
      expect(toHex(await tree.root(earlier))).toBe(toHex(await log.root(earlier)))
      const index = b % size
      const entries = await tree.entries(Math.floor(index / 256))
      const entry = entries[index % 256] ?? new Uint8Array()
      expect(new TextDecoder().decode(entry)).toBe(`entry ${index}`)
      const proof = { ...head, logIndex: BigInt(index), hashes: await tree.inclusion(index), checkpoint: '' }
      expect(checkInclusion(leafHash(entry), proof)).toBeUndefined()
    }),
    { numRuns: 25 },
  )
})

test('a tree of three levels of tiles is read whole', async () => {
  const log = await bigLog
  const tree = await openProvenTree(readerOf(log), headOf(log))
  let count = 0
  for (let n = 0; n * 256 < tree.size; n += 17) count += (await tree.entries(n)).length
  expect(count).toBeGreaterThan(4000)
})

describe('a log whose files are not those of its checkpoint is found out', () => {
  test.each<[string, RegExp]>([
    ['an entry', /^tile\/entries\/003$/],
    ['an entry of the last bundle', /^tile\/entries\/273\.p\/112$/],
    ['a leaf', /^tile\/0\/003$/],
    ['a leaf of the last tile', /^tile\/0\/273\.p\/112$/],
    ['a node', /^tile\/1\/000$/],
    ['a node of the last tile', /^tile\/1\/001\.p\/17$/],
    ['the top', /^tile\/2\/000\.p\/1$/],
  ])('by %s', async (_, path) => {
    const log = await bigLog
    const lying = readerOf(log, (at, bytes) => {
      if (path.test(at)) bytes[at.includes('entries') ? 5 : 40 % bytes.length] = 0xff
      return bytes
    })
    const read = async () => {
      const tree = await openProvenTree(lying, headOf(log))
      for (const n of [3, 260, 273]) await tree.entries(n)
      await tree.inclusion(3 * 256 + 9)
    }
    const fault = await faultOf(read())
    expect([fault.code, fault.message]).toEqual(['log', expect.stringMatching(/^the log lies: /)])
  })

  test.each([
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['with an entry less', (bytes: Uint8Array) => bytes.subarray(2 + 'entry 768'.length)],
  ])('by a bundle that is %s', async (_, cut) => {
    const log = await bigLog
    const lying = readerOf(log, (at, bytes) => (at === 'tile/entries/003' ? cut(bytes) : bytes))
    const tree = await openProvenTree(lying, headOf(log))
    expect((await faultOf(tree.entries(3))).message).toContain('bundle 3')
  })

  test('by a tile that is another the second time', async () => {
    const log = await logOf(300)
    let asked = 0
    const lying = readerOf(log, (at, bytes) => {
      if (at.startsWith('tile/0/001') && asked++ > 0) bytes[0] = (bytes[0] ?? 0) ^ 1
      return bytes
    })
    const tree = await openProvenTree(lying, headOf(log))
    expect(toHex(leafHash((await tree.entries(1))[0] ?? new Uint8Array()))).toBe(
      toHex(leafHash(encodeUtf8('entry 256'))),
    )
  })
})
