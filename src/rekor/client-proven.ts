// A tiled log of which nothing is believed but its checkpoint's root: the unfinished tiles at its right edge must give that
// root, every full tile must hash to its place in the one above, and every entry to its place in the lowest.
import { equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { TreeHead } from './checkpoint.ts'
import { fetchInclusion, foldHashes, rangeHash, type TileReader } from './client-tiles.ts'
import { parseBundle } from './entry-bundle.ts'
import { leafHash } from './merkle.ts'

export interface ProvenTree {
  readonly size: number
  /** The entries of bundle `n`: 256, fewer at the end. */
  entries(n: number): Promise<readonly Uint8Array[]>
  /** Root of an earlier tree of this log, 0 < size. */
  root(size: number): Promise<Uint8Array>
  /** The inclusion proof of an entry in the whole tree. */
  inclusion(index: number): Promise<readonly Uint8Array[]>
}

const TILE = 256
const HASH = 32

/** Throws `log` where the log's tiles are not those of its checkpoint, here and on every reading. */
export async function openProvenTree(tiles: TileReader, head: TreeHead): Promise<ProvenTree> {
  const size = Number(head.treeSize)
  if (!Number.isSafeInteger(size)) throw wrong('the tree is larger than can be read')

  // Proven together, by the root, and kept: asked again, the log might give others.
  const edge = new Map<string, Promise<Uint8Array>>()
  const unfinished = (level: number, n: number, width: number): Promise<Uint8Array> => {
    const key = `${level}/${n}`
    const tile = edge.get(key) ?? tiles.tile(level, n, width)
    edge.set(key, tile)
    return tile
  }

  async function proven(level: number, n: number, width: number): Promise<Uint8Array> {
    if (width < TILE) return await unfinished(level, n, width)
    const tile = await tiles.tile(level, n, width)
    const parents = Math.floor(size / TILE ** (level + 1))
    const parent = Math.floor(n / TILE)
    const above = await proven(level + 1, parent, Math.min(TILE, parents - parent * TILE))
    const at = (n % TILE) * HASH
    if (!equalBytes(foldHashes(hashesOf(tile)), above.subarray(at, at + HASH)))
      throw wrong(`tile ${n} of level ${level} is not the one in its tree`)
    return tile
  }

  const atEdge: TileReader = { ...tiles, tile: unfinished }
  if (size > 0 && !equalBytes(await rangeHash(atEdge, 0, size, size), head.rootHash))
    throw wrong('its tiles do not lead to the root of its checkpoint')
  const reader: TileReader = { ...tiles, tile: proven }
  return {
    size,
    root: (earlier) => rangeHash(reader, 0, earlier, size),
    inclusion: (index) => fetchInclusion(reader, index, size),
    async entries(n) {
      const width = Math.min(TILE, size - n * TILE)
      const [bytes, leaves] = await Promise.all([tiles.bundle(n, width), proven(0, n, width)])
      const entries = readBundle(bytes, n).slice(0, width)
      const hashes = hashesOf(leaves)
      if (entries.length !== width || entries.some((entry, i) => !equalBytes(leafHash(entry), hashes[i] ?? entry)))
        throw wrong(`bundle ${n} does not hold the entries of its tree`)
      return entries
    },
  }
}

function readBundle(bytes: Uint8Array, n: number): readonly Uint8Array[] {
  try {
    return parseBundle(bytes)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') throw wrong(`bundle ${n}: ${thrown.message}`)
    throw thrown
  }
}

function hashesOf(tile: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: tile.length / HASH }, (_, i) => tile.subarray(i * HASH, (i + 1) * HASH))
}

function wrong(why: string): Fault {
  return new Fault('log', `the log lies: ${why}`)
}
