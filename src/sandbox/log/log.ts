// A transparency log as a folder of C2SP tlog-tiles files. The checkpoint file is the one commit point: tiles are on the
// disk before it is replaced, and it is on the disk before anybody hears of it. So a crash at any moment loses nothing
// that was acknowledged, and no size is ever signed with two roots. One process at a time: the sandbox's lock sees to it.
import type { Disk } from './disk.ts'

export interface TileLogOptions {
  /** First line of every checkpoint. A folder opened under another origin is refused. */
  readonly origin: string
  /** The signed note for a checkpoint's body (`ORIGIN\nSIZE\nROOT\n`). */
  sign(body: string): string
  /** Keeps the second argument of `append` beside the entry: private bytes that the tree does not cover. */
  readonly keepsNotes?: boolean
  /** The real one unless a test brings its own. */
  readonly disk?: Disk
}

export interface TileLog {
  readonly size: number
  /**
   * Resolves with the entry's index when the checkpoint that covers it is durable. Rejects with a one-line fault, and
   * then nothing was acknowledged: after `io` the entry may or may not be found when the log is opened again.
   */
  append(entry: Uint8Array, note?: Uint8Array): Promise<number>
  entry(index: number): Promise<Uint8Array | undefined>
  /** What `append` was given with the entry. */
  note(index: number): Promise<Uint8Array | undefined>
  leaf(index: number): Uint8Array | undefined
  /** Index of the last entry with this leaf hash. */
  find(leaf: Uint8Array): number | undefined
  /** The audit path of an entry in the tree of `size` entries. Throws RangeError outside the tree. */
  inclusion(index: number, size: number): Promise<readonly Uint8Array[]>
  /** What shows that the tree of `size` entries begins with that of `first`. Throws RangeError for sizes it has not had. */
  consistency(first: number, size: number): readonly Uint8Array[]
  /** Throws RangeError for a size that the log has not reached. */
  root(size: number): Promise<Uint8Array>
  /** The latest signed note. */
  checkpoint(): string
  /** A tile or entry bundle by its path (`tile/0/x001/067.p/8`), as far as the latest checkpoint covers it. */
  tile(path: string): Promise<Uint8Array | undefined>
  /** Waits for what was appended; later appends are refused. */
  close(): Promise<void>
}
