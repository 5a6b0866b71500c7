// A tiled log of which nothing is believed but its checkpoint's root: the unfinished tiles at its right edge must give that
// root, every full tile must hash to its place in the one above, and so must every full bundle of entries.
import { equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { TreeHead } from './checkpoint.ts'
import { keep } from './client-kept.ts'
import { fetchGrowth, fetchInclusion, rangeHash, type TileReader } from './client-tiles.ts'
import { blockOfBundle, type EntryBlock, entriesOf } from './entry-bundle.ts'
import { foldTile, hashEntries } from './tile-hash.ts'

export interface ProvenTree {
  readonly size: number
  /** The entries of bundle `n`: 256, fewer at the end. */
  entries(n: number): Promise<readonly Uint8Array[]>
  /** The same as they came. */
  bundle(n: number): Promise<EntryBlock>
  /** The hashes of the entries of bundle `n`, 32 bytes each. */
  leaves(n: number): Promise<Uint8Array>
  /** Root of an earlier tree of this log, 0 < size. */
  root(size: number): Promise<Uint8Array>
  /** The consistency proof of two earlier trees of this log, 0 < first < last. */
  growth(first: number, last: number): Promise<readonly Uint8Array[]>
  /** The inclusion proof of an entry in the whole tree. */
  inclusion(index: number): Promise<readonly Uint8Array[]>
}

const TILE = 256
const HASH = 32
/** Tiles above the lowest that stay proven, each for 65,536 entries or more. */
const MAX_KEPT = 32

/** Throws `log` where the log's tiles are not those of its checkpoint, here and on every reading. */
export async function openProvenTree(tiles: TileReader, head: TreeHead): Promise<ProvenTree> {
  const size = Number(head.treeSize)
  if (!Number.isSafeInteger(size)) throw wrong('the tree is larger than can be read')

  // Proven together, by the root, and kept: asked again, the log might give others.
  const edge = new Map<string, Promise<Uint8Array>>()
  const unfinished = (level: number, n: number, width: number): Promise<Uint8Array> =>
    keep(edge, `${level}/${n}`, Number.POSITIVE_INFINITY, () => tiles.tile(level, n, width))

  const kept = new Map<string, Promise<Uint8Array>>()
  const proven = (level: number, n: number, width: number): Promise<Uint8Array> => {
    if (width < TILE) return unfinished(level, n, width)
    return keep(kept, `${level}/${n}`, MAX_KEPT, () => proveTile(level, n))
  }

  async function proveTile(level: number, n: number): Promise<Uint8Array> {
    const [tile, root] = await Promise.all([tiles.tile(level, n, TILE), rootOfTile(level, n)])
    if (!equalBytes(foldTile(tile), root)) throw wrong(`tile ${n} of level ${level} is not the one in its tree`)
    return tile
  }

  /** What the tile above says of a full one. */
  async function rootOfTile(level: number, n: number): Promise<Uint8Array> {
    const parent = Math.floor(n / TILE)
    const width = Math.min(TILE, Math.floor(size / TILE ** (level + 1)) - parent * TILE)
    const at = (n % TILE) * HASH
    return (await proven(level + 1, parent, width)).subarray(at, at + HASH)
  }

  async function proveBundle(n: number): Promise<EntryBlock> {
    const width = Math.min(TILE, size - n * TILE)
    // The tile of a full bundle need not be fetched: its hashes are computed here, and so is their root.
    const above = width === TILE ? rootOfTile(0, n) : unfinished(0, n, width)
    const [bytes, expected] = await Promise.all([tiles.bundle(n, width), above])
    const block = readBundle(bytes, n, width)
    const hashes = hashEntries(block)
    if (!equalBytes(width === TILE ? foldTile(hashes) : hashes, expected))
      throw wrong(`bundle ${n} does not hold the entries of its tree`)
    return block
  }

  const atEdge: TileReader = { ...tiles, tile: unfinished }
  if (size > 0 && !equalBytes(await rangeHash(atEdge, 0, size, size), head.rootHash))
    throw wrong('its tiles do not lead to the root of its checkpoint')
  const reader: TileReader = { ...tiles, tile: proven }
  return {
    size,
    root: (earlier) => rangeHash(reader, 0, earlier, size),
    growth: (first, last) => fetchGrowth(reader, first, last, size),
    inclusion: (index) => fetchInclusion(reader, index, size),
    bundle: proveBundle,
    leaves: (n) => proven(0, n, Math.min(TILE, size - n * TILE)),
    entries: async (n) => entriesOf(await proveBundle(n)),
  }
}

function readBundle(bytes: Uint8Array, n: number, width: number): EntryBlock {
  try {
    return blockOfBundle(bytes, width)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') throw wrong(`bundle ${n}: ${thrown.message}`)
    throw thrown
  }
}

function wrong(why: string): Fault {
  return new Fault('log', `the log lies: ${why}`)
}
