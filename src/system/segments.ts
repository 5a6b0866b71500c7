// Files that are written once, as a whole, and read in parts: one a run, in a folder of this user alone. Bounded in number
// and size; the first to go are the small ones, which are quickly made again, and then the oldest.
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { ownUser } from './self.ts'

export interface Segment {
  readonly size: number
  /** Fewer octets at the end of the file. */
  read(at: number, length: number): Buffer
  close(): void
}

export interface SegmentWriter {
  /** Octets so far. */
  readonly size: number
  write(bytes: Uint8Array): void
  /** Lets the file be found. */
  keep(): void
  drop(): void
}

const ENDING = '.facts'
const UNFINISHED = '.tmp'
/** Of runs that were killed. */
const MAX_UNFINISHED = 8
const MAX_SEGMENTS = 64
/** Octets of all segments of a folder. */
export const MAX_SIZE = 256 << 20
const MAX_FOLDERS = 8
const DAY = 86_400_000

/** Those in `folder` that are files of this user which nobody else can write. */
export function openSegments(folder: string): readonly Segment[] {
  return segmentNames(folder).flatMap((name) => openSegment(join(folder, name)))
}

/** Those of runs that were killed, or go on: as far as they came. */
export function openUnfinished(folder: string): readonly Segment[] {
  const names = (attempt(() => readdirSync(folder)) ?? []).filter((name) => name.endsWith(UNFINISHED))
  return names.slice(0, MAX_UNFINISHED).flatMap((name) => openSegment(join(folder, name)))
}

/** Undefined where nothing can be written: then nothing is kept. */
export function createSegment(folder: string): SegmentWriter | undefined {
  const temporary = join(folder, `${randomUUID()}${UNFINISHED}`)
  const fd = attempt(() => openSync(temporary, 'wx', 0o600))
  if (fd === undefined) return undefined
  let size = 0
  const end = (then: () => void) => {
    attempt(() => closeSync(fd))
    attempt(then)
  }
  return {
    get size() {
      return size
    },
    write(bytes) {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
      size += bytes.length
    },
    keep: () => end(() => renameSync(temporary, join(folder, `${Date.now()}-${randomUUID()}${ENDING}`))),
    drop: () => end(() => rmSync(temporary, { force: true })),
  }
}

/** Keeps `folder` within its bounds, and no more than a few folders beside it. */
export function prune(parent: string, folder: string, now: number): void {
  attempt(() => {
    for (const name of tooMany(folder)) rmSync(join(folder, name), { force: true })
    for (const name of readdirSync(folder))
      if (name.endsWith(UNFINISHED) && lstatSync(join(folder, name)).mtimeMs < now - DAY)
        rmSync(join(folder, name), { force: true })
    const others = readdirSync(parent).filter((name) => join(parent, name) !== folder)
    const byAge = others.map((name) => ({ name, time: lstatSync(join(parent, name)).mtimeMs }))
    byAge.sort((a, b) => b.time - a.time)
    for (const { name } of byAge.slice(MAX_FOLDERS - 1)) rmSync(join(parent, name), { recursive: true, force: true })
  })
}

function tooMany(folder: string): readonly string[] {
  const files = segmentNames(folder).map((name) => ({ name, size: lstatSync(join(folder, name)).size }))
  const small =
    files.length > MAX_SEGMENTS ? [...files].sort((a, b) => a.size - b.size).slice(0, files.length >> 1) : []
  const rest = files.filter((file) => !small.includes(file))
  let size = rest.reduce((sum, file) => sum + file.size, 0)
  const old = rest.filter((file) => {
    const goes = size > MAX_SIZE
    if (goes) size -= file.size
    return goes
  })
  return [...small, ...old].map(({ name }) => name)
}

/** The oldest first. */
function segmentNames(folder: string): readonly string[] {
  return (attempt(() => readdirSync(folder)) ?? []).filter((name) => name.endsWith(ENDING)).sort()
}

function openSegment(path: string): readonly Segment[] {
  const fd = attempt(() => openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW))
  if (fd === undefined) return []
  const { mode, uid, size } = fstatSync(fd)
  if ((mode & 0o170022) !== 0o100000 || uid !== ownUser()) {
    closeSync(fd)
    return []
  }
  return [{ size, read: (at, length) => readAt(fd, at, length), close: () => closeSync(fd) }]
}

function readAt(fd: number, at: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  return buffer.subarray(0, attempt(() => readSync(fd, buffer, 0, length, at)) ?? 0)
}

// A cache that cannot be had is none, and no fault.
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
