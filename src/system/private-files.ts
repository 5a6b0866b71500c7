// State that is kept between runs: directories that only their owner enters, and files that are either whole or absent,
// also for a reader at the same moment and after a crash.
import { randomUUID } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  type Dirent,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '../errors.ts'

/** Makes a directory, and what is missing above it, with mode 0700; one that is there gets that mode. Throws `io`. */
export function makePrivateDirectory(path: string): void {
  attempt('make', path, () => {
    makeMissing(path)
    // Left open, it would let others plant what we trust. Somebody else's directory fails here, and is not used; by its own
    // entry, so that what is none keeps its mode.
    chmodSync(`${path}/.`, 0o700)
  })
}

/** Replaces a file as a whole, mode 0600. Throws `io`, and then nothing has changed. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.${randomUUID()}.tmp`
  attempt('write', path, () => {
    try {
      writeDurably(temporary, bytes)
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  })
}

/**
 * The file that is replaced where somebody named `path`: a link keeps its place, and what it leads to is replaced.
 * Throws `io` for what is there and no regular file: a device or a FIFO would be gone.
 */
export function findReplaceable(path: string): string {
  const found = attempt('write', path, () => {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    const real = realpathSync(path)
    return { real, isFile: statSync(real).isFile() }
  })
  if (found?.isFile === false) throw new Fault('io', `cannot write ${path}: it is no regular file`)
  return found?.real ?? path
}

/** Removes a file, if it is there. Throws `io`. */
export function removeFile(path: string): void {
  attempt('remove', path, () => rmSync(path, { force: true }))
}

/** Names of the directories in a directory, sorted; none where it does not exist. Throws `io`. */
export function listDirectories(path: string): readonly string[] {
  return listEntries(path, (entry) => entry.isDirectory())
}

/** The same of files. */
export function listFiles(path: string): readonly string[] {
  return listEntries(path, (entry) => entry.isFile())
}

function listEntries(path: string, isWanted: (entry: Dirent) => boolean): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    return entries.flatMap((entry) => (isWanted(entry) ? [entry.name] : [])).sort()
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return []
    throw ioFault('read', path, cause)
  }
}

/** Runs `use` with a new directory inside `parent`, and removes it whatever happens. Throws `io`. */
export async function withScratch<T>(parent: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = attempt('write to', parent, () => mkdtempSync(join(parent, '.scratch-')))
  try {
    return await use(path)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

// Not by a recursive mkdir: Node's never ends below a folder like /proc, in which nothing can be made.
function makeMissing(path: string): void {
  if (existsSync(path)) return
  makeMissing(dirname(path))
  try {
    mkdirSync(path, 0o700)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

function writeDurably(path: string, bytes: Uint8Array): void {
  const fd = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(fd, bytes)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function attempt<T>(action: string, path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw ioFault(action, path, cause)
  }
}

function ioFault(action: string, path: string, cause: unknown): Fault {
  return new Fault('io', `cannot ${action} ${path}: ${String(codeOf(cause))}`, { cause })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
