// A disk in memory that fails or stops at the nth operation, and that keeps what a crash would keep.
import type { Disk } from '../../../src/sandbox/log/disk.ts'

export class MemoryDisk implements Disk {
  readonly files = new Map<string, Uint8Array>()
  /** Operations that change the disk, so far. */
  operations = 0
  /** The operation, counted from 1, that fails; `torn` writes half of the file first. */
  failAt = Number.POSITIVE_INFINITY
  /** Whether everything after the failure fails too, as after a kill. */
  stops = false

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.files.get(path)
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.files.set(path, bytes.slice(0, bytes.length >> 1))
    this.#step()
    // Real writes take their time, some longer than others, and go on when another one has failed.
    for (let turn = this.operations % 5; turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
    this.files.set(path, bytes.slice())
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step()
    const bytes = this.files.get(from)
    if (bytes === undefined) throw new Error(`${from} is absent`)
    this.files.delete(from)
    this.files.set(to, bytes)
  }

  async sync(): Promise<void> {
    this.#step()
  }

  async makeFolder(): Promise<void> {
    this.#step()
  }

  async list(folder: string): Promise<readonly string[]> {
    const below = [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`))
    return [...new Set(below.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))]
  }

  async remove(path: string): Promise<void> {
    this.#step()
    for (const known of [...this.files.keys()])
      if (known === path || known.startsWith(`${path}/`)) this.files.delete(known)
  }

  #step(): void {
    this.operations += 1
    if (this.operations === this.failAt || (this.stops && this.operations > this.failAt))
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  }
}
