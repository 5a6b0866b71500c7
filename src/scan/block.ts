// What a scan hands on, and what it is asked for.
import type { EntryBlock } from '../rekor/entry-bundle.ts'

/** Entries `from` to `from + spans.length / 2` of the tree. */
export interface ProvenBlock extends EntryBlock {
  readonly from: number
}

/** What is read, and how much of it at once. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly inFlight: number
}
