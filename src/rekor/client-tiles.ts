// Reading a tiled log (C2SP tlog-tiles): its checkpoint, its hash tiles, and the inclusion proof of an entry made from
// them. Nothing read here is believed: the proof is checked against the root, and the root's signature later.
import { decodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { Http, HttpRequest, HttpResponse } from '../system/http.ts'
import { answerFault, answerProblem, readAnswer } from '../system/http-fault.ts'
import { endpoint } from '../system/http-url.ts'
import { keep } from './client-kept.ts'
import { MAX_CHECKPOINT } from './entry.ts'
import { nodeHash } from './merkle.ts'
import { foldTile } from './tile-hash.ts'

export interface TileReader {
  /** The latest signed note. */
  checkpoint(): Promise<string>
  /** `width` hashes of tile `n` of `level`, 32 bytes each. */
  tile(level: number, n: number, width: number): Promise<Uint8Array>
  /** Bundle `n` of the entries themselves, `width` of them, each behind its length. */
  bundle(n: number, width: number): Promise<Uint8Array>
}

const HASH = 32
const TILE = 256
/** 256 entries of the largest size. */
const MAX_BUNDLE = 17 << 20
const MAX_TILES = 512
/** Where the files are: in the log's storage, or served by the log itself. */
const PLACES = ['', '/api/v2'] as const

export function createTileReader(http: Http, base: string): TileReader {
  let place: string | undefined
  const tiles = new Map<string, Promise<Uint8Array>>()

  async function fetchFile(path: string, maxBytes: number): Promise<HttpResponse | undefined> {
    for (const candidate of place === undefined ? PLACES : [place]) {
      const response = await http.request(request(candidate, path, maxBytes))
      if (response.status === 200) {
        place = candidate
        return response
      }
      if (![404, 405, 501].includes(response.status)) throw answerFault(request(candidate, path, maxBytes), response)
    }
    return undefined
  }

  function request(at: string, path: string, maxBytes: number): HttpRequest {
    return { service: 'Rekor', url: endpoint(base, `${at}${path}`), accept: '*/*', maxBytes, code: 'log' }
  }

  async function fetchTile(level: number, n: number, width: number): Promise<Uint8Array> {
    const path = `/tile/${level}/${tilePath(n)}`
    // A log may drop a partial tile once the full one is there.
    const partial = width < TILE ? await fetchFile(`${path}.p/${width}`, TILE * HASH) : undefined
    const { body } = partial ?? (await fetchFile(path, TILE * HASH)) ?? {}
    if (body === undefined || body.length < width * HASH)
      throw answerProblem(request('', path, 0), `has no whole tile ${path}`)
    return body.subarray(0, width * HASH)
  }

  async function fetchBundle(n: number, width: number): Promise<Uint8Array> {
    const path = `/tile/entries/${tilePath(n)}`
    const partial = width < TILE ? await fetchFile(`${path}.p/${width}`, MAX_BUNDLE) : undefined
    const found = partial ?? (await fetchFile(path, MAX_BUNDLE))
    if (found === undefined) throw answerProblem(request('', path, 0), `has no bundle ${path}`)
    return found.body
  }

  return {
    bundle: fetchBundle,
    async checkpoint() {
      const response = await fetchFile('/checkpoint', MAX_CHECKPOINT)
      if (response === undefined) throw answerProblem(request('', '/checkpoint', 0), 'has no checkpoint')
      return readAnswer(request('', '/checkpoint', 0), 'answered with what is no checkpoint', () =>
        decodeUtf8(response.body, 'checkpoint'),
      )
    },
    // Neighbours are wanted again, what was read long ago is not.
    tile: (level, n, width) => keep(tiles, `${level}/${n}/${width}`, MAX_TILES, () => fetchTile(level, n, width)),
  }
}

/** Tile numbers in groups of three digits: 1234067 is `x001/x234/067`. */
export function tilePath(n: number): string {
  const groups: string[] = []
  for (let rest = n; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`${groups.length === 0 ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`)
  return groups.join('/')
}

/** The inclusion proof of the entry at `index` in the tree of `size` (RFC 9162 2.1.3.1), from the leaf upwards. */
export async function fetchInclusion(tiles: TileReader, index: number, size: number): Promise<readonly Uint8Array[]> {
  if (index >= size || !Number.isSafeInteger(size)) throw malformed('inclusion proof', 'the index is outside the tree')
  const hashes: Uint8Array[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start)
    const isLeft = index < middle
    hashes.unshift(await rangeHash(tiles, isLeft ? middle : start, isLeft ? end : middle, size))
    if (isLeft) end = middle
    else start = middle
  }
  return hashes
}

/** The consistency proof of the trees of `first` and `last` entries, 0 < first < last (RFC 9162 2.1.4.1), in that of `size`. */
export async function fetchGrowth(
  tiles: TileReader,
  first: number,
  last: number,
  size: number,
): Promise<readonly Uint8Array[]> {
  if (!(first > 0 && first <= last && last <= size)) throw malformed('consistency proof', 'no sizes of such trees')
  const hashes: Uint8Array[] = []
  let [start, end, isWhole] = [0, last, true]
  // Down to the subtree that ends where the earlier tree does.
  while (end !== first) {
    const middle = start + largestPowerBelow(end - start)
    const isLeft = first <= middle
    hashes.unshift(await rangeHash(tiles, isLeft ? middle : start, isLeft ? end : middle, size))
    if (isLeft) end = middle
    else [start, isWhole] = [middle, false]
  }
  return isWhole ? hashes : [await rangeHash(tiles, start, end, size), ...hashes]
}

/** Root of the entries from `start` to `end`, a subtree of the tree of `size`. */
export async function rangeHash(tiles: TileReader, start: number, end: number, size: number): Promise<Uint8Array> {
  const width = end - start
  const split = largestPowerBelow(width)
  if (width !== 1 && width !== 2 * split)
    return nodeHash(
      await rangeHash(tiles, start, start + split, size),
      await rangeHash(tiles, start + split, end, size),
    )
  // A complete subtree: its root is made from the hashes of one tile, at the level just below.
  const level = Math.floor(Math.log2(width) / 8)
  const unit = TILE ** level
  const first = start / unit
  const n = Math.floor(first / TILE)
  const tile = await tiles.tile(level, n, Math.min(TILE, Math.floor(size / unit) - n * TILE))
  const at = first - n * TILE
  return foldTile(tile.subarray(at * HASH, (at + width / unit) * HASH))
}

/** The largest power of two below `n`; for n of 1, which has none, 1. */
function largestPowerBelow(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}
