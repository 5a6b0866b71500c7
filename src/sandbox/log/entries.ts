// The entries of a log and the notes beside them: the unfinished last bundle in memory, the others on the disk. An entry
// that is read back is checked against the tree, so a damaged file is a fault and never another entry.
import { equalBytes } from '../../bytes.ts'
import { leafHash } from '../../rekor/merkle.ts'
import type { Disk } from './disk.ts'
import { TILE_WIDTH } from './path.ts'
import { damaged, readBundle } from './read.ts'
import type { Tree } from './tree.ts'
import { changedBundles, type LogFile } from './write.ts'

export interface Item {
  readonly entry: Uint8Array
  readonly note: Uint8Array
}

const ENTRIES = 'tile/entries'
const NOTES = 'notes'
const EMPTY = new Uint8Array()

export class Entries {
  readonly #disk: Disk
  readonly #directory: string
  readonly #keepsNotes: boolean
  readonly #tree: Tree
  #size = 0
  /** The entries of the last bundle while it is not full. */
  #tail: readonly Item[] = []
  /** The full bundle that was read last: readers often want its neighbours next. */
  #recent: { readonly index: number; readonly items: Promise<readonly Item[]> } | undefined

  constructor(disk: Disk, directory: string, tree: Tree, keepsNotes: boolean) {
    this.#disk = disk
    this.#directory = directory
    this.#tree = tree
    this.#keepsNotes = keepsNotes
  }

  async open(size: number): Promise<void> {
    this.#size = size
    this.#tail = await this.#read(Math.floor(size / TILE_WIDTH))
  }

  /** The files of the bundles that change when `items` are added. */
  changed(items: readonly Item[]): readonly LogFile[] {
    const first = this.#size - this.#tail.length
    const all = [...this.#tail, ...items]
    const files = (folder: string, parts: readonly Uint8Array[]) => changedBundles(folder, first, this.#size, parts)
    const entries = files(
      ENTRIES,
      all.map(({ entry }) => entry),
    )
    if (!this.#keepsNotes) return entries
    return entries.concat(
      files(
        NOTES,
        all.map(({ note }) => note),
      ),
    )
  }

  /** The files of `items` are on the disk and count. */
  add(items: readonly Item[]): void {
    const all = [...this.#tail, ...items]
    this.#size += items.length
    this.#tail = all.slice(all.length - (this.#size % TILE_WIDTH))
  }

  async item(index: number): Promise<Item | undefined> {
    return (await this.bundle(Math.floor(index / TILE_WIDTH)))[index % TILE_WIDTH]
  }

  async bundle(index: number): Promise<readonly Item[]> {
    if (index === Math.floor(this.#size / TILE_WIDTH)) return this.#tail
    if (this.#recent?.index !== index) this.#recent = { index, items: this.#read(index) }
    const { items } = this.#recent
    // What could not be read now may be readable the next time.
    items.catch(() => {
      this.#recent = undefined
    })
    return await items
  }

  async #read(index: number): Promise<readonly Item[]> {
    const read = (folder: string) => readBundle(this.#disk, this.#directory, { folder, index, size: this.#size })
    const entries = await read(ENTRIES)
    const notes = this.#keepsNotes ? await read(NOTES) : []
    entries.forEach((entry, i) => {
      if (!equalBytes(leafHash(entry), this.#tree.leaf(index * TILE_WIDTH + i)))
        throw damaged(this.#directory, `entry ${index * TILE_WIDTH + i} is not the one in the tree`)
    })
    return entries.map((entry, i) => ({ entry, note: notes[i] ?? EMPTY }))
  }
}
