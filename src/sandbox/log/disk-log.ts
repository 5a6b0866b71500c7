// The log behind openTileLog: batches go to the disk as tiles, then as a checkpoint, then count. Memory follows the disk and
// never leads it; what fails before the checkpoint is replaced is forgotten, what fails after that stops the log.
import { join } from 'node:path'
import { toHex } from '../../bytes.ts'
import { Fault } from '../../errors.ts'
import { encodeCheckpoint } from '../../rekor/checkpoint.ts'
import { checkEntrySize, encodeBundle } from '../../rekor/entry-bundle.ts'
import { ioFault } from '../state.ts'
import { Batcher, MAX_BATCH } from './batch.ts'
import { type Disk, realDisk } from './disk.ts'
import { Entries, type Item } from './entries.ts'
import type { TileLog, TileLogOptions } from './log.ts'
import { parseTilePath, TILE_WIDTH } from './path.ts'
import { readLog, removeBeyond } from './read.ts'
import { Tree } from './tree.ts'
import { changedTiles, countAt, removeNarrower, Writer } from './write.ts'

const EMPTY = new Uint8Array()

/** Opens a log, or starts one where there is none. Throws `io` where the folder is damaged or cannot be written. */
export async function openTileLog(directory: string, options: TileLogOptions): Promise<TileLog> {
  const log = new DiskLog(directory, options)
  await log.open()
  return log
}

class DiskLog implements TileLog {
  readonly #directory: string
  readonly #options: TileLogOptions
  readonly #disk: Disk
  readonly #writer: Writer
  readonly #tree = new Tree()
  readonly #entries: Entries
  readonly #batcher = new Batcher((items: readonly Item[]) => this.#flush(items))
  readonly #indexes = new Map<string, number>()
  #size = 0
  #checkpoint = ''
  #refusal: unknown

  constructor(directory: string, options: TileLogOptions) {
    this.#directory = directory
    this.#options = options
    this.#disk = options.disk ?? realDisk
    this.#writer = new Writer(directory, this.#disk)
    this.#entries = new Entries(this.#disk, directory, this.#tree, options.keepsNotes ?? false)
  }

  async open(): Promise<void> {
    try {
      await this.#writer.makeFolder(this.#directory)
      const stored = await readLog(this.#disk, this.#directory, this.#options.origin, this.#tree)
      this.#size = this.#tree.size
      await removeBeyond(this.#disk, this.#directory, this.#size, Math.ceil(MAX_BATCH / TILE_WIDTH))
      await this.#entries.open(this.#size)
      this.#checkpoint = stored ?? (await this.#commit(0))
    } catch (error) {
      throw this.#fault('open', error)
    }
    this.#learn(0)
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
    return this.#has(index) ? (await this.#entries.item(index))?.entry : undefined
  }

  async note(index: number): Promise<Uint8Array | undefined> {
    return this.#has(index) ? (await this.#entries.item(index))?.note : undefined
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

  consistency(first: number, size: number): readonly Uint8Array[] {
    if (!(first > 0 && first <= size && this.#has(size - 1))) throw new RangeError(`no tree of ${size} after ${first}`)
    return this.#tree.consistency(first, size)
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
    const items = await this.#entries.bundle(name.index)
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
      const files = [...changedTiles(this.#tree, from, to), ...this.#entries.changed(items)]
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
    this.#entries.add(items)
    this.#size = from + items.length
    this.#checkpoint = checkpoint
    this.#learn(from)
  }

  #learn(from: number): void {
    for (let index = from; index < this.#size; index++) this.#indexes.set(toHex(this.#tree.leaf(index)), index)
  }

  #has(index: number): boolean {
    return Number.isInteger(index) && index >= 0 && index < this.#size
  }

  #fault(action: string, error: unknown): unknown {
    const isSystem = error instanceof Error && 'code' in error && !(error instanceof Fault)
    return isSystem ? ioFault(action, this.#directory, error) : error
  }
}
