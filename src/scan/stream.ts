// A log as a stream of entries that are proven in a head, whatever its version: for those who read every one of them.
import type { LogHead, LogView } from '../rekor/client-log.ts'
import { entriesOf } from '../rekor/entry-bundle.ts'
import type { Http } from '../system/http.ts'
import { type BlockScan, createBlockScan, type ScanOptions } from './blocks.ts'

/** Entries `from` to `from + bodies.length` of the tree: their canonical bodies. */
export interface ScannedBatch {
  readonly from: number
  readonly bodies: readonly Uint8Array[]
}

export interface LogScan {
  /**
   * The batches of [from, to) in order, places in the tree of `head`, each proven in `head` before it is yielded. Throws
   * `log` where the log lies, `network` where it does not answer: what was yielded until then stands, and one may go on
   * behind it.
   */
  entries(head: LogHead, from: number, to: number): AsyncIterable<ScannedBatch>
}

export function createLogScan(http: Http, view: LogView, options: ScanOptions = {}): LogScan {
  const scan = createBlockScan(http, view, options)
  return { entries: (head, from, to) => batches(scan, head, from, to) }
}

async function* batches(
  scan: BlockScan,
  head: LogHead,
  from: number,
  to: number,
): AsyncGenerator<ScannedBatch, undefined> {
  for await (const block of scan.blocks(head, from, to)) yield { from: block.from, bodies: entriesOf(block) }
  return undefined
}
