// Facts that are kept between runs: what an accepted signature proves, by the bytes of its object, for this build of the
// program, this trust and this way of reading. Only good ones, and never who may sign: that is asked each time.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { contentsOf, type Frame } from '../git/frames.ts'
import { decodeFindings, encodeFindings } from '../history/batch.ts'
import type { KeptFacts } from '../history/history.ts'
import type { Format } from '../history/places.ts'
import type { Finding } from '../history/record.ts'
import {
  decodeIndex,
  decodeRecord,
  encodeIndex,
  encodeRecord,
  indexLength,
  keyOf,
  recordLength,
  slotOf,
  TRAILER,
} from '../history/segment.ts'
import { isOwnedFolder } from '../system/owned-folder.ts'
import { createSegment, MAX_SIZE, openSegments, prune, type Segment, type SegmentWriter } from '../system/segments.ts'
import type { World } from '../system/world.ts'
import { cacheDirectory } from '../trust/place.ts'
import { isPast } from '../verify/time.ts'
import { BUILD } from '../version.ts'

export interface FactStore extends KeptFacts {
  /** Keeps what was found, for the next run. */
  close(): void
}

/** Most records are shorter: one read. */
const GUESS = 4096

/** @param trust digest of all that a verdict depends on beside the object. Undefined where nothing can be kept safely. */
export function openFacts(world: World, trust: string, format: Format, now: number): FactStore | undefined {
  const base = cacheDirectory(world.env)
  if (base === undefined || BUILD === undefined) return undefined
  const parent = join(base, 'facts')
  const folder = join(parent, nameOf(trust, format, BUILD))
  if (![base, parent, folder].every(isOwnedFolder)) return undefined
  const segments = openSegments(folder)
  const index = indexOf(segments)
  const writer = new Writer(folder)
  return {
    find: (frame) => findIn(segments, index, keyOf(frame), now),
    keep: (frame, findings) => writer.add(frame, findings),
    close() {
      for (const segment of segments) segment.close()
      writer.close()
      prune(parent, folder, now)
    },
  }
}

/** Another build, trust or way of reading has another folder, so that none reads what another wrote. */
function nameOf(trust: string, { algorithm, compatible }: Format, build: string): string {
  const parts = ['facts 1', build, trust, algorithm, compatible ? 'compatible' : 'alone', 'embedded evidence']
  return createHash('sha256').update(parts.join('\n')).digest('hex')
}

/** Segment and offset by the first octets of the key. */
type Index = ReadonlyMap<number, readonly [segment: number, at: number]>

function indexOf(segments: readonly Segment[]): Index {
  const index = new Map<number, readonly [number, number]>()
  for (const [at, segment] of segments.entries())
    for (const [slot, offset] of readIndex(segment)) index.set(slot, [at, offset])
  return index
}

function readIndex(segment: Segment) {
  const trailer = segment.read(segment.size - TRAILER, TRAILER)
  const length = indexLength(trailer)
  if (length === undefined || length > segment.size - TRAILER) return []
  return decodeIndex(segment.read(segment.size - TRAILER - length, length), trailer) ?? []
}

function findIn(segments: readonly Segment[], index: Index, key: Uint8Array, now: number) {
  const [at, offset] = index.get(slotOf(key)) ?? []
  const segment = at === undefined ? undefined : segments[at]
  if (segment === undefined || offset === undefined) return undefined
  const first = segment.read(offset, GUESS)
  const length = recordLength(first)
  if (length > segment.size) return undefined
  const text = decodeRecord(length > first.length ? segment.read(offset, length) : first, key)
  return text === undefined ? undefined : stillGood(text, now)
}

// A clock that was set back makes a proven time one of the future.
function stillGood(text: string, now: number): readonly Finding[] | undefined {
  const findings = decodeFindings(text)
  const isGood = findings.every((one) => one.state === 'accepted' && isPast(one.facts.times, now))
  return findings.length > 0 && isGood ? findings : undefined
}

class Writer {
  readonly #folder: string
  #segment: SegmentWriter | undefined
  readonly #index: (readonly [slot: number, at: number])[] = []
  #isBroken = false

  constructor(folder: string) {
    this.#folder = folder
  }

  add(frame: Frame, findings: readonly Finding[]): void {
    if (this.#isBroken || contentsOf(frame).length === 0) return
    try {
      this.#segment ??= createSegment(this.#folder)
      if (this.#segment === undefined || this.#segment.size > MAX_SIZE / 2) return
      const key = keyOf(frame)
      const at = this.#segment.size
      this.#segment.write(encodeRecord(key, encodeFindings(findings)))
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
