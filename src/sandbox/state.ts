// The sandbox's directory: keys that only the owner can read, and small files that are either whole or absent.
// Opening it makes what is missing, so a new directory becomes a new Sigstore and an old one goes on where it stopped.
import { Buffer } from 'node:buffer'
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '../errors.ts'

export type KeyType = 'p256' | 'p384' | 'ed25519' | 'rsa2048'

/** Reads and writes under one directory. Every failure is an `io` fault of one line that names the file. */
export interface State {
  readonly directory: string
  /** Absolute path of something in the directory. */
  path(...names: readonly string[]): string
  /** The private key `keys/NAME.pem`, made on first use with mode 0600. */
  key(name: string, type: KeyType): Promise<KeyObject>
  read(name: string): Promise<Uint8Array | undefined>
  /** Replaces the file as a whole and durably: a reader, also one after a crash, sees the old bytes or the new ones. */
  write(name: string, bytes: Uint8Array | string, mode?: number): Promise<void>
}

/** Makes the directory where it is absent. Throws `io`. */
export async function openState(directory: string): Promise<State> {
  const state = stateAt(directory)
  await makeDirectory(state.path('keys'))
  return state
}

/** The same without making anything: for reading what a server left. */
export function stateAt(directory: string): State {
  const path = (...names: readonly string[]) => join(directory, ...names)
  const keys = new Map<string, Promise<KeyObject>>()
  const state: State = {
    directory,
    path,
    key: (name, type) => {
      const known = keys.get(name) ?? readKey(state, name, type)
      keys.set(name, known)
      // Where it could not be written there may be room the next time.
      known.catch(() => keys.delete(name))
      return known
    },
    read: (name) => readWhole(path(name)),
    write: (name, bytes, mode = 0o644) => writeWhole(path(name), bytes, mode),
  }
  return state
}

/** Removes what a server that was killed had not finished writing. Only for who holds the lock. */
export async function removeUnfinished({ path }: State): Promise<void> {
  for (const folder of ['', 'keys', 'certificates', 'tuf', join('tuf', 'targets')]) {
    const names = await readdir(path(folder)).catch(() => [])
    for (const name of names.filter((name) => /\.[0-9a-f-]{36}\.tmp$/.test(name)))
      await rm(path(folder, name), { force: true }).catch(() => undefined)
  }
}

/** The `io` fault for a failed file operation, in one line and without Node's own wording. */
export function ioFault(action: string, path: string, error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
  return new Fault('io', `sandbox: cannot ${action} ${path}: ${REASONS[code] ?? code}`, { cause: error })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'disk quota exceeded',
  EFBIG: 'file too large',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'something else is in its place',
  EMFILE: 'too many open files',
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await makeMissing(path)
  } catch (error) {
    throw ioFault('make', path, error)
  }
}

// Not by a recursive mkdir: Node's never ends below a folder like /proc, in which nothing can be made.
async function makeMissing(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === true) return
  if (found === undefined) await makeMissing(dirname(path))
  try {
    await mkdir(path, 0o700)
  } catch (error) {
    const isMade = (await stat(path).catch(() => undefined))?.isDirectory() === true
    if (!isMade) throw error
  }
}

async function readKey(state: State, name: string, type: KeyType): Promise<KeyObject> {
  const file = join('keys', `${name}.pem`)
  const stored = await state.read(file)
  if (stored !== undefined) return parseKey(state.path(file), stored)
  const key = generateKey(type)
  await state.write(file, key.export({ type: 'pkcs8', format: 'pem' }), 0o600)
  return key
}

function generateKey(type: KeyType): KeyObject {
  if (type === 'ed25519') return generateKeyPairSync('ed25519').privateKey
  if (type === 'rsa2048') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  return generateKeyPairSync('ec', { namedCurve: type === 'p256' ? 'P-256' : 'P-384' }).privateKey
}

function parseKey(path: string, pem: Uint8Array): KeyObject {
  try {
    return createPrivateKey(Buffer.from(pem))
  } catch (error) {
    throw new Fault('io', `sandbox: ${path} is not a private key`, { cause: error, hint: 'remove it to make another' })
  }
}

async function readWhole(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw ioFault('read', path, error)
  }
}

async function writeWhole(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeDurably(temporary, bytes, mode)
    await rename(temporary, path)
    await syncDirectory(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw ioFault('write', path, error)
  }
}

async function writeDurably(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

// The rename itself must survive a power cut; Windows cannot open a directory and does without.
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}
