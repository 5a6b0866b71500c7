// Who signed when, in as many columns as fit a page, whatever the number of signatures: moments are counted in buckets
// whose width doubles when there are too many of them. The moment is a proven one, never the committer's date.
import type { Facts } from '../verify/facts.ts'

/** Signatures of one signer in a stretch of time. */
export interface Lane {
  readonly subject: string
  readonly issuer: string
  readonly total: number
  /** Signatures whose signer nothing allows. */
  readonly doubtful: number
  /** Counts by bucket; a bucket without signatures is absent. */
  readonly buckets: ReadonlyMap<number, number>
}

export interface Timeline {
  /** Milliseconds since 1970 at which bucket 0 begins. */
  readonly start: number
  /** Milliseconds that a bucket is wide. */
  readonly width: number
  readonly columns: number
  /** The most signatures first. */
  readonly lanes: readonly Lane[]
  /** Signatures of signers beyond those that have a lane of their own. */
  readonly others: number
}

/** Most signers that are told apart while counting; a hostile history has as many as it has signatures. */
const MAX_LANES = 1000
const HOUR = 3_600_000
/** Buckets are whole numbers of hours, so that a column begins at a time that can be read. */
const MAX_COLUMNS = 96

type OpenLane = Omit<Lane, 'total' | 'doubtful' | 'buckets'> & {
  total: number
  doubtful: number
  buckets: Map<number, number>
}

export interface TimelineCounting {
  add(facts: Facts, isGood: boolean): void
  /** @param most lanes to show */
  finish(most: number): Timeline | undefined
}

export function createTimeline(): TimelineCounting {
  const lanes = new Map<string, OpenLane>()
  let [width, first, last, others] = [HOUR, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  const widen = () => {
    width *= 2
    ;[first, last] = [Math.floor(first / 2), Math.floor(last / 2)]
    for (const lane of lanes.values()) lane.buckets = halved(lane.buckets)
  }
  return {
    add({ times, identity: { subject, issuer }, instance }, isGood) {
      const time = Math.min(...times.map((proof) => proof.time))
      const key = JSON.stringify([instance, issuer, subject])
      const lane = lanes.get(key) ?? (lanes.size < MAX_LANES ? openLane(lanes, key, subject, issuer) : undefined)
      if (lane === undefined) others++
      ;[first, last] = [Math.min(first, Math.floor(time / width)), Math.max(last, Math.floor(time / width))]
      while (last - first >= MAX_COLUMNS) widen()
      if (lane !== undefined) count(lane, Math.floor(time / width), isGood)
    },
    finish(most) {
      if (first > last) return undefined
      const sorted = [...lanes.values()].sort((a, b) => b.total - a.total)
      const rest = sorted.slice(most).reduce((sum, { total }) => sum + total, others)
      const shown = sorted.slice(0, most).map((lane) => ({ ...lane, buckets: shifted(lane.buckets, first) }))
      return { start: first * width, width, columns: last - first + 1, lanes: shown, others: rest }
    },
  }
}

function openLane(lanes: Map<string, OpenLane>, key: string, subject: string, issuer: string): OpenLane {
  const lane = { subject, issuer, total: 0, doubtful: 0, buckets: new Map<number, number>() }
  lanes.set(key, lane)
  return lane
}

function count(lane: OpenLane, bucket: number, isGood: boolean): void {
  lane.total++
  if (!isGood) lane.doubtful++
  lane.buckets.set(bucket, (lane.buckets.get(bucket) ?? 0) + 1)
}

function halved(buckets: ReadonlyMap<number, number>): Map<number, number> {
  const half = new Map<number, number>()
  for (const [bucket, number] of buckets)
    half.set(Math.floor(bucket / 2), (half.get(Math.floor(bucket / 2)) ?? 0) + number)
  return half
}

function shifted(buckets: ReadonlyMap<number, number>, by: number): ReadonlyMap<number, number> {
  return new Map([...buckets].map(([bucket, number]) => [bucket - by, number]))
}
