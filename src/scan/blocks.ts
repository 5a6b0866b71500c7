// A log as a stream of blocks of entries, each proven in a head before it is handed on: a tiled log by the bundle, Rekor v1 by
// windows. Nothing is believed but the head, so what is left out, repeated or in another's place ends the stream.
import type { LogHead, LogView } from '../rekor/client-log.ts'
import { createLogView } from '../rekor/client-log-open.ts'
import { openProvenTree } from '../rekor/client-proven.ts'
import { POLITE } from '../rekor/client-search.ts'
import { createTileReader } from '../rekor/client-tiles.ts'
import { cutBlock } from '../rekor/entry-bundle.ts'
import type { Http } from '../system/http.ts'
import { createLimit } from '../system/limit.ts'
import { numbers, workAhead } from './ahead.ts'
import type { ProvenBlock, Span } from './block.ts'
import { windowBlocks } from './windows.ts'

export interface BlockScan {
  /**
   * The entries of [from, to) in order, places in the tree of `head`. Throws `log` where the log lies, `network` where it
   * does not answer.
   */
  blocks(head: LogHead, from: number, to: number): AsyncIterable<ProvenBlock>
}

export interface ScanOptions {
  /** Requests at once; unless given, 16 for the files of a tiled log, each of 256 entries, and 60 for v1, each of ten. */
  readonly inFlight?: number
}

const TILE = 256
const FILES = 16

export function createBlockScan(http: Http, { log, version }: LogView, options: ScanOptions = {}): BlockScan {
  const { inFlight = version === 1 ? POLITE : FILES } = options
  // A log that cannot answer now has not lied.
  const limit = createLimit(inFlight)
  const patient: Http = { request: (request) => limit(() => http.request({ ...request, code: 'network' })) }
  return {
    blocks(head, from, to) {
      if (!(from >= 0 && from <= to && BigInt(to) <= head.treeSize)) throw new RangeError(`no entries ${from} to ${to}`)
      if (version === 2) return tileBlocks(patient, log.baseUrl, head, { from, to, inFlight })
      return windowBlocks(patient, createLogView(patient, log, 1), head, { from, to, inFlight })
    },
  }
}

async function* tileBlocks(
  http: Http,
  baseUrl: string,
  head: LogHead,
  { from, to, inFlight }: Span,
): AsyncGenerator<ProvenBlock, undefined> {
  const tree = await openProvenTree(createTileReader(http, baseUrl), head)
  const read = async (n: number): Promise<ProvenBlock> => {
    const start = Math.max(from, n * TILE)
    const end = Math.min(to, (n + 1) * TILE)
    return { from: start, ...cutBlock(await tree.bundle(n), start - n * TILE, end - n * TILE) }
  }
  return yield* workAhead(numbers(Math.floor(from / TILE), Math.ceil(to / TILE)), inFlight, read)
}
