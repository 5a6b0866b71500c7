// Files that are on the disk, and not only in its cache, when a call returns. The log reaches the disk through this alone.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { platform } from 'node:os'

export interface Disk {
  /** The file's bytes; undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>
  /** Writes the file and its data's fsync; its name is durable after `sync` of the folder. */
  write(path: string, bytes: Uint8Array): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** Makes the names in a folder durable. */
  sync(folder: string): Promise<void>
  /** Creates a folder and its parents; their names become durable by `sync` of each parent. */
  makeFolder(folder: string): Promise<void>
  list(folder: string): Promise<readonly string[]>
  /** Removes a file or folder; nothing relies on the removal being durable. */
  remove(path: string): Promise<void>
}

export const realDisk: Disk = {
  async read(path) {
    return await absentAs(undefined, readFile(path))
  },
  async write(path, bytes) {
    const file = await open(path, 'w', 0o644)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
  },
  async rename(from, to) {
    await rename(from, to)
  },
  sync: syncFolder,
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o755 })
  },
  async list(folder) {
    return await absentAs([], readdir(folder))
  },
  async remove(path) {
    await rm(path, { recursive: true, force: true })
  },
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder, and its file system keeps names in order by itself.
  if (platform() === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function absentAs<T>(absent: T, reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return absent
    throw error
  }
}
