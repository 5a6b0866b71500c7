// Reading and appending files, with faults that name the file. Writers of state have their own, stricter ways.
import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { concatBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { World } from './world.ts'

/** Largest file that is read whole, in bytes, unless the caller says otherwise. */
export const MAX_FILE = 16 * 1024 * 1024

/** Reads a whole file. Throws `io` where it cannot be read, `parse` where it is larger than `limit`. */
export function readBytes(path: string, limit: number = MAX_FILE): Uint8Array {
  const fd = openToRead(path)
  try {
    if (fstatSync(fd).isDirectory()) throw new Fault('io', `cannot read ${path}: it is a folder`)
    return readUpTo(fd, path, limit)
  } finally {
    closeSync(fd)
  }
}

/** The same for a file that need not be there. */
export function readBytesIfAny(path: string, limit?: number): Uint8Array | undefined {
  try {
    return readBytes(path, limit)
  } catch (thrown) {
    if (thrown instanceof Fault && codeOf(thrown.cause) === 'ENOENT') return undefined
    throw thrown
  }
}

/** When a file was last written, in milliseconds since 1970. Throws `io`. */
export function readModified(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch (cause) {
    throw new Fault('io', `cannot read ${path}: ${String(codeOf(cause))}`, { cause })
  }
}

/** Throws `io` where there is no such folder. */
export function requireFolder(path: string): void {
  const what = kindOf(path)
  if (what !== 'folder') throw new Fault('io', `no such folder: ${path}${what === 'none' ? '' : ': it is a file'}`)
}

/** Makes a directory in one that is there; nothing where it is there itself. Throws `io`. */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path)
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw new Fault('io', `cannot make ${path}: ${codeOf(cause)}`, { cause })
    requireFolder(path)
  }
}

/** Writes a file that is not there yet; a link in its place is not followed. Throws `io`. */
export function createFile(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes, { flag: 'wx' })
  } catch (cause) {
    throw new Fault('io', `cannot make ${path}: ${codeOf(cause)}`, { cause })
  }
}

/** Throws `io` where a file cannot be written there, as far as that can be told without writing. */
export function requireWritable(path: string): void {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    accessSync(found === undefined ? dirname(path) : path, constants.W_OK)
  } catch (cause) {
    throw new Fault('io', `cannot write ${path}: ${codeOf(cause)}`, { cause })
  }
}

/** Writes a whole file in place of what was there. */
export function writeBytes(path: string, bytes: Uint8Array): void {
  try {
    writeFileSync(path, bytes)
  } catch (cause) {
    throw new Fault('io', `cannot write ${path}: ${codeOf(cause)}`, { cause })
  }
}

/** Appends to a log; a failure is the caller's to ignore or tell. */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text, { mode: 0o600 })
  } catch (cause) {
    throw new Fault('io', `cannot write ${path}: ${codeOf(cause)}`, { cause })
  }
}

/** A path as flags have it: `~/` is the home directory, else relative to where the program was started. */
export function resolvePath(path: string, world: Pick<World, 'cwd' | 'env'>): string {
  const home = world.env['HOME'] ?? world.env['USERPROFILE']
  if (/^~[/\\]/.test(path)) {
    // A folder named `~` in the work tree would bring its own trust.
    if (home === undefined || home === '') throw new Fault('config', `${path}: there is no home directory (HOME)`)
    return join(home, path.slice(2))
  }
  return isAbsolute(path) ? path : resolve(world.cwd, path)
}

function kindOf(path: string): 'folder' | 'file' | 'none' {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file'
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR') return 'none'
    throw new Fault('io', `cannot read ${path}: ${String(codeOf(cause))}`, { cause })
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    const why = codeOf(cause) === 'ENOENT' ? 'there is no such file' : String(codeOf(cause))
    throw new Fault('io', `cannot read ${path}: ${why}`, { cause })
  }
}

// Read by hand rather than by size: a FIFO or a file of /proc has none, and a file may grow.
function readUpTo(fd: number, path: string, limit: number): Uint8Array {
  const chunks: Uint8Array[] = []
  for (let total = 0; ; ) {
    const buffer = new Uint8Array(65_536)
    const count = readSync(fd, buffer)
    if (count === 0) return concatBytes(...chunks)
    total += count
    if (total > limit) throw new Fault('parse', `${path}: larger than ${limit} bytes`)
    chunks.push(buffer.subarray(0, count))
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
