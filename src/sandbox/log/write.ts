// Which files a batch of new entries makes, and how they get onto the disk. A file that the current checkpoint covers is
// never written again: a tile that grows is a new file, and its narrower versions go once a later checkpoint is durable.
import { dirname, join } from 'node:path'
import { encodeBundle } from '../../rekor/entry-bundle.ts'
import type { Disk } from './disk.ts'
import { numberedPath, TILE_WIDTH, type TileLevel, tilePath } from './path.ts'
import type { Tree } from './tree.ts'

export interface LogFile {
  /** Below the log's directory. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** The Merkle tree tiles that change when the tree grows from `from` to `to` leaves, of every level. */
export function changedTiles(tree: Tree, from: number, to: number): readonly LogFile[] {
  const files: LogFile[] = []
  for (let level = 0; countAt(level, to) > countAt(level, from); level++) {
    for (const { index, width } of grownTiles(countAt(level, from), countAt(level, to))) {
      const start = index * TILE_WIDTH
      files.push({ path: tilePath({ level, index, width }), bytes: tree.tile(level, start, start + width) })
    }
  }
  return files
}

/** The bundles of entries from `first` on, which is the first of its bundle; those before `from` are on the disk already. */
export function changedBundles(folder: string, first: number, from: number, entries: readonly Uint8Array[]) {
  return grownTiles(from, first + entries.length).map(({ index, width }): LogFile => {
    const start = index * TILE_WIDTH - first
    return {
      path: `${folder}/${numberedPath(index, width)}`,
      bytes: encodeBundle(entries.slice(start, start + width)),
    }
  })
}

/** Hashes at a tile level of a tree of `size` leaves; entries are as many as leaves. */
export function countAt(level: TileLevel, size: number): number {
  return level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level)
}

function grownTiles(from: number, to: number): readonly { readonly index: number; readonly width: number }[] {
  const tiles: { index: number; width: number }[] = []
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index++)
    tiles.push({ index, width: Math.min(TILE_WIDTH, to - index * TILE_WIDTH) })
  return tiles
}

/** Writes files below one directory; when it returns, they and their names are on the disk. */
export class Writer {
  readonly #directory: string
  readonly #disk: Disk
  readonly #folders = new Set<string>()

  constructor(directory: string, disk: Disk) {
    this.#directory = directory
    this.#disk = disk
  }

  async write(files: readonly LogFile[]): Promise<void> {
    const folders = new Set(files.map(({ path }) => dirname(join(this.#directory, path))))
    for (const folder of folders) await this.makeFolder(folder)
    await all(files.map(({ path, bytes }) => this.#disk.write(join(this.#directory, path), bytes)))
    await all([...folders].map((folder) => this.#disk.sync(folder)))
  }

  /** A folder of the log with all names on the way to it; those an earlier process made may not be durable yet. */
  async makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return
    await this.#disk.makeFolder(folder)
    for (let at = folder; at.length >= this.#directory.length; at = dirname(at)) await this.#disk.sync(dirname(at))
    this.#folders.add(folder)
  }
}

/** Removes the narrower versions of tiles that grew. Nothing depends on it, so failures are nobody's concern. */
export async function removeNarrower(disk: Disk, directory: string, files: readonly LogFile[]): Promise<void> {
  for (const { path } of files) {
    const [full, kept] = path.split('.p/')
    const folder = join(directory, `${full}.p`)
    if (kept === undefined) await disk.remove(folder)
    else for (const name of await disk.list(folder)) if (name !== kept) await disk.remove(join(folder, name))
  }
}

/** Fails only when all have ended: a write that is still under way could overwrite what the next batch puts there. */
async function all(operations: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(operations)) if (result.status === 'rejected') throw result.reason
}
