// Records that are kept between runs, a text under a key each, in the cache directory: in segments that are written once,
// each behind a sum. What cannot be kept safely is not kept, and what is damaged is not there.
import { join } from 'node:path'
import {
  decodeIndex,
  decodeRecord,
  encodeIndex,
  encodeRecord,
  indexLength,
  recordLength,
  type SegmentIndex,
  scanRecords,
  slotOf,
  TRAILER,
} from '../history/segment.ts'
import { isOwnedFolder } from '../system/owned-folder.ts'
import {
  createSegment,
  MAX_SIZE,
  openSegments,
  openUnfinished,
  prune,
  type Segment,
  type SegmentWriter,
} from '../system/segments.ts'
import type { World } from '../system/world.ts'
import { cacheDirectory } from '../trust/place.ts'

export interface KeptRecords {
  /** What an earlier run kept under these 32 bytes. */
  find(key: Uint8Array): string | undefined
  keep(key: Uint8Array, text: string): void
  /** Keeps what was given, for the next run. */
  close(): void
}

/** Most records are shorter: one read. */
const GUESS = 4096

/**
 * @param kind of the records, the name of a folder
 * @param name of the folder in it: what the records depend on, so that none is read where it does not hold
 * @returns undefined where nothing can be kept safely
 */
export function openRecords(
  { env }: Pick<World, 'env'>,
  kind: string,
  name: string,
  now: number,
): KeptRecords | undefined {
  const base = cacheDirectory(env)
  if (base === undefined) return undefined
  const parent = join(base, kind)
  const folder = join(parent, name)
  if (![base, parent, folder].every(isOwnedFolder)) return undefined
  const finished = openSegments(folder)
  const unfinished = openUnfinished(folder)
  const [index, rest] = [indexOf(finished, readIndex), indexOf(unfinished, scanSegment)]
  const segments = [...finished, ...unfinished]
  const writer = new Writer(folder)
  return {
    find(key) {
      const text = findIn(finished, index, key)
      if (text !== undefined) return text
      const saved = findIn(unfinished, rest, key)
      // Of a run that was killed: by the end of this one it is found like any other.
      if (saved !== undefined) writer.add(key, saved)
      return saved
    },
    keep: (key, text) => writer.add(key, text),
    close() {
      for (const segment of segments) segment.close()
      writer.close()
      prune(parent, folder, now)
    },
  }
}

/** Segment and offset by the first octets of the key. */
type Index = ReadonlyMap<number, readonly [segment: number, at: number]>

function indexOf(segments: readonly Segment[], read: (segment: Segment) => SegmentIndex): Index {
  const index = new Map<number, readonly [number, number]>()
  for (const [at, segment] of segments.entries())
    for (const [slot, offset] of read(segment)) index.set(slot, [at, offset])
  return index
}

function scanSegment({ size, read }: Segment): SegmentIndex {
  return scanRecords(size, read)
}

function readIndex(segment: Segment): SegmentIndex {
  const trailer = segment.read(segment.size - TRAILER, TRAILER)
  const length = indexLength(trailer)
  if (length === undefined || length > segment.size - TRAILER) return []
  return decodeIndex(segment.read(segment.size - TRAILER - length, length), trailer) ?? []
}

function findIn(segments: readonly Segment[], index: Index, key: Uint8Array): string | undefined {
  const [at, offset] = index.get(slotOf(key)) ?? []
  const segment = at === undefined ? undefined : segments[at]
  if (segment === undefined || offset === undefined) return undefined
  const first = segment.read(offset, GUESS)
  const length = recordLength(first)
  if (length > segment.size) return undefined
  return decodeRecord(length > first.length ? segment.read(offset, length) : first, key)
}

class Writer {
  readonly #folder: string
  #segment: SegmentWriter | undefined
  readonly #index: (readonly [slot: number, at: number])[] = []
  #isBroken = false

  constructor(folder: string) {
    this.#folder = folder
  }

  add(key: Uint8Array, text: string): void {
    if (this.#isBroken) return
    try {
      this.#segment ??= createSegment(this.#folder)
      if (this.#segment === undefined || this.#segment.size > MAX_SIZE / 2) return
      const at = this.#segment.size
      this.#segment.write(encodeRecord(key, text))
      this.#index.push([slotOf(key), at])
    } catch {
      // A full disk keeps nothing, and stops nothing.
      this.#isBroken = true
    }
  }

  close(): void {
    if (this.#segment === undefined) return
    try {
      // Without its index nobody reads it, and a later run throws it away.
      if (!this.#isBroken) this.#segment.write(encodeIndex(this.#index))
      this.#segment.keep()
    } catch {
      this.#segment.drop()
    }
  }
}
