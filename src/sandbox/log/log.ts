// A transparency log as a folder of C2SP tlog-tiles files. The checkpoint file is the one commit point: tiles are on the
// disk before it is replaced, and it is on the disk before anybody hears of it. So a crash at any moment loses nothing
// that was acknowledged, and no size is ever signed with two roots. One process at a time: the sandbox's lock sees to it.
import { join } from 'node:path'
import { equalBytes, toHex } from '../../bytes.ts'
import { Fault } from '../../errors.ts'
import { encodeCheckpoint } from '../../rekor/checkpoint.ts'
import { leafHash } from '../../rekor/merkle.ts'
import { ioFault } from '../state.ts'
import { Batcher, MAX_BATCH } from './batch.ts'
import { checkEntrySize, encodeBundle } from './bundle.ts'
import { type Disk, realDisk } from './disk.ts'
import { parseTilePath, TILE_WIDTH } from './path.ts'
import { damaged, readBundle, readLog, removeBeyond } from './read.ts'
import { Tree } from './tree.ts'
import { changedBundles, changedTiles, countAt, type LogFile, removeNarrower, Writer } from './write.ts'

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
  /** Throws RangeError for a size that the log has not reached. */
  root(size: number): Promise<Uint8Array>
  /** The latest signed note. */
  checkpoint(): string
  /** A tile or entry bundle by its path (`tile/0/x001/067.p/8`), as far as the latest checkpoint covers it. */
  tile(path: string): Promise<Uint8Array | undefined>
  /** Waits for what was appended; later appends are refused. */
  close(): Promise<void>
}

interface Item {
  readonly entry: Uint8Array
  readonly note: Uint8Array
}

/** Opens a log, or starts one where there is none. Throws `io` where the folder is damaged or cannot be written. */
export async function openTileLog(directory: string, options: TileLogOptions): Promise<TileLog> {
  const log = new DiskLog(directory, options)
  await log.open()
  return log
}

const ENTRIES = 'tile/entries'
const NOTES = 'notes'
const EMPTY = new Uint8Array()

class DiskLog implements TileLog {
  readonly #directory: string
  readonly #options: TileLogOptions
  readonly #disk: Disk
  readonly #writer: Writer
  readonly #batcher = new Batcher((items: readonly Item[]) => this.#flush(items))
  readonly #indexes = new Map<string, number>()
  #tree = new Tree()
  #size = 0
  #checkpoint = ''
  /** The entries of the last bundle while it is not full. */
  #tail: readonly Item[] = []
  /** The full bundle that was read last: readers often want its neighbours next. */
  #recent: { readonly index: number; readonly items: Promise<readonly Item[]> } | undefined
  #refusal: unknown

  constructor(directory: string, options: TileLogOptions) {
    this.#directory = directory
    this.#options = options
    this.#disk = options.disk ?? realDisk
    this.#writer = new Writer(directory, this.#disk)
  }

  async open(): Promise<void> {
    try {
      await this.#writer.makeFolder(this.#directory)
      const stored = await readLog(this.#disk, this.#directory, this.#options.origin)
      this.#size = stored?.size ?? 0
      this.#tree = stored?.tree ?? this.#tree
      await removeBeyond(this.#disk, this.#directory, this.#size, Math.ceil(MAX_BATCH / TILE_WIDTH))
      this.#tail = await this.#readItems(Math.floor(this.#size / TILE_WIDTH))
      this.#checkpoint = stored?.checkpoint ?? (await this.#commit(0))
    } catch (error) {
      throw this.#fault('open', error)
    }
    for (let index = 0; index < this.#size; index++) this.#indexes.set(toHex(this.#tree.leaf(index)), index)
  }

  get size(): number {
    return this.#size
  }

  async append(entry: Uint8Array, note: Uint8Array = EMPTY): Promise<number> {
    checkEntrySize(entry)
    checkEntrySize(note)
    return await this.#batcher.add({ entry, note })
  }

  async entry(index: number): Promise<Uint8Array | undefined> {
    return (await this.#item(index))?.entry
  }

  async note(index: number): Promise<Uint8Array | undefined> {
    return (await this.#item(index))?.note
  }

  leaf(index: number): Uint8Array | undefined {
    return this.#has(index) ? this.#tree.leaf(index) : undefined
  }

  find(leaf: Uint8Array): number | undefined {
    return this.#indexes.get(toHex(leaf))
  }

  async inclusion(index: number, size: number): Promise<readonly Uint8Array[]> {
    if (!(size <= this.#size && index < size) || !this.#has(index)) throw new RangeError(`no entry ${index} of ${size}`)
    return this.#tree.inclusion(index, size)
  }

  async root(size: number): Promise<Uint8Array> {
    if (size !== 0 && !this.#has(size - 1)) throw new RangeError(`no tree of ${size}`)
    return this.#tree.root(size)
  }

  checkpoint(): string {
    return this.#checkpoint
  }

  async tile(path: string): Promise<Uint8Array | undefined> {
    const name = parseTilePath(path)
    if (name === undefined) return undefined
    const start = name.index * TILE_WIDTH
    if (start + name.width > countAt(name.level, this.#size)) return undefined
    if (name.level !== 'entries') return this.#tree.tile(name.level, start, start + name.width)
    const items = await this.#bundle(name.index)
    return encodeBundle(items.slice(0, name.width).map(({ entry }) => entry))
  }

  async close(): Promise<void> {
    await this.#batcher.idle()
    this.#refusal ??= new Fault('log', `sandbox: the log in ${this.#directory} is closed`)
  }

  async #flush(items: readonly Item[]): Promise<readonly number[]> {
    if (this.#refusal !== undefined) throw this.#refusal
    const from = this.#size
    const to = from + items.length
    try {
      for (const { entry } of items) this.#tree.append(entry)
      const files = this.#changed(from, items)
      await this.#writer.write(files)
      const checkpoint = await this.#commit(to)
      this.#advance(from, items, checkpoint)
      await removeNarrower(this.#disk, this.#directory, files).catch(() => undefined)
    } catch (error) {
      this.#tree.truncate(this.#size)
      throw this.#fault('write', error)
    }
    return items.map((_, i) => from + i)
  }

  #changed(from: number, items: readonly Item[]): readonly LogFile[] {
    const first = from - this.#tail.length
    const all = [...this.#tail, ...items]
    const entries = all.map(({ entry }) => entry)
    const notes = this.#options.keepsNotes ? all.map(({ note }) => note) : undefined
    return [
      ...changedTiles(this.#tree, from, from + items.length),
      ...changedBundles(ENTRIES, first, from, entries),
      ...(notes === undefined ? [] : changedBundles(NOTES, first, from, notes)),
    ]
  }

  /** Makes `size` the log's size on the disk. */
  async #commit(size: number): Promise<string> {
    const { origin } = this.#options
    const body = encodeCheckpoint({ origin, size: BigInt(size), rootHash: this.#tree.root(size), extensions: [] })
    const checkpoint = this.#options.sign(body)
    const path = join(this.#directory, 'checkpoint')
    await this.#disk.write(`${path}.tmp`, new TextEncoder().encode(checkpoint))
    try {
      await this.#disk.rename(`${path}.tmp`, path)
      await this.#disk.sync(this.#directory)
    } catch (error) {
      // The new checkpoint may be on the disk or not. Going on from the old one could sign a second root for its size.
      this.#refusal = this.#fault('write', error)
      throw error
    }
    return checkpoint
  }

  #advance(from: number, items: readonly Item[], checkpoint: string): void {
    const all = [...this.#tail, ...items]
    this.#size = from + items.length
    this.#tail = all.slice(all.length - (this.#size % TILE_WIDTH))
    this.#checkpoint = checkpoint
    for (let index = from; index < this.#size; index++) this.#indexes.set(toHex(this.#tree.leaf(index)), index)
  }

  async #item(index: number): Promise<Item | undefined> {
    if (!this.#has(index)) return undefined
    return (await this.#bundle(Math.floor(index / TILE_WIDTH)))[index % TILE_WIDTH]
  }

  async #bundle(index: number): Promise<readonly Item[]> {
    if (index === Math.floor(this.#size / TILE_WIDTH)) return this.#tail
    if (this.#recent?.index !== index) this.#recent = { index, items: this.#readItems(index) }
    const { items } = this.#recent
    // What could not be read now may be readable the next time.
    items.catch(() => {
      this.#recent = undefined
    })
    return await items
  }

  async #readItems(index: number): Promise<readonly Item[]> {
    const read = (folder: string) => readBundle(this.#disk, this.#directory, { folder, index, size: this.#size })
    const entries = await read(ENTRIES)
    const notes = this.#options.keepsNotes ? await read(NOTES) : []
    entries.forEach((entry, i) => {
      if (!equalBytes(leafHash(entry), this.#tree.leaf(index * TILE_WIDTH + i)))
        throw damaged(this.#directory, `entry ${index * TILE_WIDTH + i} is not the one in the tree`)
    })
    return entries.map((entry, i) => ({ entry, note: notes[i] ?? EMPTY }))
  }

  #has(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.#size
  }

  #fault(action: string, error: unknown): unknown {
    const isSystem = error instanceof Error && 'code' in error && !(error instanceof Fault)
    return isSystem ? ioFault(action, this.#directory, error) : error
  }
}
