// Verifies a history: objects stream in, findings stream out in the same order, and no more is held than is under way.
import { parseCommitHeader, parsePerson } from '../git/commit.ts'
import { contentsOf, type Frame } from '../git/frames.ts'
import { briefRecord, type RefsOf, recordsOf } from './describe.ts'
import { checkFrame, lookQuickly } from './look.ts'
import { type Format, mayBeSigned } from './places.ts'
import type { Lookers } from './pool.ts'
import type { Finding, ObjectRecord } from './record.ts'
import { isInShard, WalkSum } from './sum.ts'
import type { Shard, Walk } from './summary.ts'

/** Facts found earlier. What it gives is as good as verified now, but for who may sign. */
export interface KeptFacts {
  find(frame: Frame): readonly Finding[] | undefined
  keep(frame: Frame, findings: readonly Finding[]): void
}

export interface HistoryOptions {
  /** The objects, in order: `walk`, or any others. */
  readonly frames: AsyncIterable<readonly Frame[]>
  readonly format: Format
  readonly lookers: Lookers
  readonly refsOf?: RefsOf
  readonly kept?: KeptFacts
  readonly shard?: Shard
  /** Leaves out commits whose committer's date, seconds since 1970, is before: the committer's word. */
  readonly since?: number
  /** Of what is counted and not shown, records without people, words and parents will do. */
  isBrief?(finding: Finding): boolean
}

/** Work that goes on. */
export interface History {
  /** In the order of the walk, a group of objects at a time. To be read once. */
  readonly groups: AsyncIterable<readonly ObjectRecord[]>
  /** So far. */
  progress(): Progress
}

export interface Progress {
  /** Of the whole range, whatever the shard. */
  readonly walk: Walk
  /** Objects whose facts were kept from an earlier run. */
  readonly cached: number
}

/** Objects that are looked at side by side: many keep the code of each step hot, and more no longer help. */
const TOGETHER = 32
/** Bytes of them after which fewer will do. */
const MAX_TOGETHER = 1 << 20

/** Starts nothing before `groups` is read. */
export function verifyHistory(options: HistoryOptions): History {
  const sum = new WalkSum(options.format.algorithm)
  const counters = { cached: 0 }
  return {
    groups: inOrder(options, sum, counters),
    progress: () => ({ walk: sum.sum, cached: counters.cached }),
  }
}

/** One by one. */
export async function* eachRecord<Record>(groups: AsyncIterable<readonly Record[]>): AsyncGenerator<Record, undefined> {
  for await (const group of groups) yield* group
  return undefined
}

async function* inOrder(
  options: HistoryOptions,
  sum: WalkSum,
  counters: { cached: number },
): AsyncGenerator<readonly ObjectRecord[], undefined> {
  const under: Promise<readonly ObjectRecord[]>[] = []
  for await (const frames of together(options.frames)) {
    for (const frame of frames) sum.add(frame)
    const wanted = frames.filter((frame) => isWanted(frame, options))
    for (const part of partsOf(wanted, options.lookers.most)) {
      const group = examine(part, options, counters)
      // It is waited for in its turn; until then its failure is no surprise.
      group.catch(() => undefined)
      under.push(group)
      if (under.length > options.lookers.width) yield (await under.shift()) ?? []
    }
  }
  for (const group of under) yield await group
  return undefined
}

/** Groups as large as they should be, out of whatever fits into a pipe. */
async function* together(groups: AsyncIterable<readonly Frame[]>): AsyncGenerator<readonly Frame[], undefined> {
  let [held, bytes]: [Frame[], number] = [[], 0]
  for await (const frames of groups) {
    // Small objects come many at once: they go on as they are.
    if (held.length === 0 && frames.length >= TOGETHER) {
      yield frames
      continue
    }
    held.push(...frames)
    bytes += frames.reduce((sum, { framed }) => sum + framed.length, 0)
    if (held.length < TOGETHER && bytes < MAX_TOGETHER) continue
    yield held
    ;[held, bytes] = [[], 0]
  }
  if (held.length > 0) yield held
  return undefined
}

function* partsOf(frames: readonly Frame[], most = frames.length): Generator<readonly Frame[], undefined> {
  for (let at = 0; at < frames.length; at += most) yield frames.slice(at, at + most)
  return undefined
}

async function examine(
  frames: readonly Frame[],
  options: HistoryOptions,
  counters: { cached: number },
): Promise<readonly ObjectRecord[]> {
  const { format, kept, lookers } = options
  const findings = frames.map((frame) => findAtOnce(frame, options, counters))
  const waiting = frames.filter((_, at) => findings[at] === undefined)
  const looked = waiting.length === 0 ? [] : [...(await lookers.look(waiting))]
  const records: ObjectRecord[] = []
  for (const [at, frame] of frames.entries()) {
    const known = findings[at]
    const found = told(known ?? looked.shift())
    if (known === undefined && found.every(isLasting)) kept?.keep(frame, found)
    const [only, ...more] = found
    if (only !== undefined && more.length === 0 && options.isBrief?.(only) === true)
      records.push(briefRecord(frame, only, format))
    else records.push(...recordsOf(frame, found, format, options.refsOf ?? (() => undefined)))
  }
  return records
}

// An object of which nothing is told must not be missing from the report: there nobody would look for it.
function told(found: readonly Finding[] | undefined): readonly Finding[] {
  const nothing: Finding = { state: 'fault', code: 'worker', why: 'not verified: nothing was found out' }
  return found === undefined || found.length === 0 ? [nothing] : found
}

/** Facts are kept by an object's bytes. Notes are at hand, and may be others tomorrow: they are looked at each time. */
function isLasting(finding: Finding): boolean {
  return finding.state === 'accepted' && finding.facts.log.foundIn !== 'note'
}

/** What needs no cryptography, or had it before. */
function findAtOnce(
  frame: Frame,
  { format, kept }: HistoryOptions,
  counters: { cached: number },
): readonly Finding[] | undefined {
  if (frame.type !== undefined && mayBeSigned(frame)) {
    const found = kept === undefined ? undefined : findKept(frame, format, kept)
    if (found !== undefined) counters.cached++
    return found
  }
  const problem = checkFrame(frame, format)
  return problem === undefined ? lookQuickly(frame, format) : [problem]
}

function findKept(frame: Frame, format: Format, kept: KeptFacts): readonly Finding[] | undefined {
  const found = kept.find(frame)
  // That the bytes are those of the id is asked each time: facts are kept by the bytes.
  return found === undefined || checkFrame(frame, format) !== undefined ? undefined : found
}

function isWanted(frame: Frame, { shard, since, format }: HistoryOptions): boolean {
  if (shard !== undefined && !isInShard(frame.oid, shard)) return false
  return since === undefined || frame.type !== 'commit' || !isBefore(frame, since, format)
}

// One whose date cannot be read is not left out, nor one whose date is in bytes that are not its own.
function isBefore(frame: Frame, since: number, format: Format): boolean {
  try {
    const { time } = parsePerson(parseCommitHeader(contentsOf(frame), format.algorithm).committer)
    return time !== undefined && time < since && checkFrame(frame, format) === undefined
  } catch {
    return false
  }
}
