// One log as who looks into it sees it, whatever its version: its signed head, whether that goes on from an earlier one, and
// its entries by index. v1 is asked by its interface, v2 is read from its tiles.
import type { LogAuthority } from '../trust/root.ts'
import type { SignedCheckpoint, TreeHead } from './checkpoint.ts'
import type { NamedEntry } from './entry-v1.ts'

/** A checkpoint whose signature by the log verified. */
export interface LogHead extends TreeHead {
  readonly checkpoint: SignedCheckpoint
  readonly note: string
}

export interface LogView {
  readonly log: LogAuthority
  readonly version: 1 | 2
  /**
   * The latest, of the tree that grows unless `origin` names another: v1 keeps earlier ones. Throws `log` where it is not
   * signed by the log, or there is no such tree.
   */
  head(origin?: string): Promise<LogHead>
  /** Why the tree of `last` is not that of `first` with more behind it; undefined where it is. Throws `log`, `network`. */
  inconsistency(first: TreeHead, last: LogHead): Promise<string | undefined>
  /** The consistency proof of two earlier trees of `head`'s, by their sizes, 0 < first < last. Nothing of it is checked. */
  growth(first: bigint, last: bigint, head: LogHead): Promise<readonly Uint8Array[]>
  /** By its global index, with its proof in the tree of now. Nothing of it is checked. */
  entryAt(index: bigint): Promise<NamedEntry | undefined>
  /**
   * Global index of a tree's first entry, of the one that grows unless `origin` names another: v1 counts the entries of its
   * earlier trees before it. The log's word.
   */
  firstIndex(origin?: string): Promise<bigint>
}
