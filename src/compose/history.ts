// A run over a history: names become a range, once, and the range a stream of records that are judged one by one.

import { type History, verifyHistory } from '../history/history.ts'
import type { Format } from '../history/places.ts'
import { refNames } from '../history/range.ts'
import type { Finding, JudgedRecord } from '../history/record.ts'
import { boundTips, type Known, summarize } from '../history/summarize.ts'
import type { HistorySummary, Shard } from '../history/summary.ts'
import { Tally } from '../history/tally.ts'
import { nameMissing } from '../history/walk.ts'
import type { Expectation } from '../policy/expect.ts'
import { gitValue } from '../system/git-config.ts'
import { readKind } from '../system/git-tips.ts'
import { takeTurn } from '../system/wait.ts'
import type { Instance } from '../trust/instance.ts'
import { VERSION } from '../version.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { openFacts } from './facts.ts'
import type { FindOnline } from './further.ts'
import { lookFurtherIn } from './further-history.ts'
import { composeGroupJudge, type GroupJudge } from './history-judge.ts'
import { countObjects, framesOf, type RangeRequest, readTips } from './history-range.ts'
import { composeLookers, trustDigest } from './lookers.ts'

/** What was asked for. */
export interface HistoryRequest extends RangeRequest {
  /** As it was written, for people. */
  readonly range: string
  /** Seconds since 1970. */
  readonly since?: number
  readonly shard?: Shard
  readonly jobs: number
  readonly expected?: Expectation
  /** Full name of the ref that a policy is asked about; found by the revision's name unless given. */
  readonly ref?: string
  /** Asks a log for what has no entry, neither inside nor in a note; none is asked without. */
  readonly find?: FindOnline | undefined
  /** Nobody asks who may sign. */
  readonly isUnjudged?: boolean
  /** Facts that earlier runs found are taken, and those of this one kept. */
  readonly cache?: boolean
  isBrief?(finding: Finding): boolean
}

/** A run that has been prepared; nothing is verified before `groups` is read, once and to its end. */
export interface HistoryRun {
  readonly instance: Instance
  readonly start: Known
  readonly groups: AsyncIterable<readonly JudgedRecord[]>
  progress: History['progress']
  /** How many objects the walk comes to, asked of Git beside it: for people who wait, and nothing is decided by it. */
  count(): Promise<number>
  /** Of what `groups` has given so far. */
  summary(finished: number): HistorySummary
}

/** Resolves every name at once. Throws `config`, `io`, `trust`, `git` or `usage`. */
export async function composeHistory(
  configured: Configured,
  request: HistoryRequest,
  signal: AbortSignal,
): Promise<HistoryRun> {
  const { world } = configured
  const started = world.now()
  const kind = await readKind(world)
  const format = { algorithm: kind.algorithm, compatible: isCompatible(configured) }
  const tips = await readTips(world, request)
  const { instance, trust, lookers } = await composeParts(configured, request, format, started)
  const { shard, since, isBrief } = request
  const isOnline = request.find !== undefined
  const kept = request.cache === true ? openFacts(world, { trust, format, isOnline }, started) : undefined
  const history = verifyHistory({
    frames: nameMissing(framesOf({ world, signal }, request, tips, format), kind),
    format,
    lookers,
    refsOf: refNames(tips),
    ...(shard && { shard }),
    ...(since === undefined ? {} : { since }),
    ...(isBrief === undefined ? {} : { isBrief }),
    ...(kept && { kept }),
  })
  const judge =
    request.isUnjudged === true ? undefined : await composeGroupJudge(configured, request, tips, instance.name)
  const tally = new Tally()
  const policy = judge?.digest
  const start: Known = {
    range: request.range,
    ...boundTips(tips),
    started,
    trust: { instance: instance.name, digest: trust },
    version: VERSION,
    isExpected: judge !== undefined,
    ...(policy === undefined ? {} : { policy }),
    ...(shard && { shard }),
  }
  return {
    instance,
    start,
    progress: history.progress,
    count: () => countObjects({ world, signal }, request, tips, format),
    groups: closing(judged(history, judge, tally, signal), async () => {
      kept?.close()
      await lookers.close()
    }),
    summary: (finished) => summarize(tally, history.progress(), start, finished),
  }
}

async function* judged(
  history: History,
  judge: GroupJudge | undefined,
  tally: Tally,
  signal: AbortSignal,
): AsyncGenerator<readonly JudgedRecord[], undefined> {
  for await (const group of history.groups) {
    // Where this thread does the work, Ctrl-C would be heard when all that Git has sent is done.
    await takeTurn()
    signal.throwIfAborted()
    const records = judge === undefined ? group : await judge.judge(group)
    for (const record of records) tally.add(record)
    yield records
  }
  // Its children are dead, so what they left out would look like faults.
  signal.throwIfAborted()
  return undefined
}

async function* closing<Group>(
  groups: AsyncIterable<Group>,
  close: () => Promise<void>,
): AsyncGenerator<Group, undefined> {
  try {
    yield* groups
  } finally {
    await close()
  }
  return undefined
}

async function composeParts(configured: Configured, { jobs, find }: HistoryRequest, format: Format, now: number) {
  const { settings, sources, world } = configured
  const instances = composeTrust(configured)
  const trust = trustDigest(instances, configured)
  const surroundings = { env: { ...world.env }, cwd: world.cwd }
  const inside = await composeLookers({ settings, sources, world: surroundings, now, format, trust }, jobs)
  const lookers = lookFurtherIn(inside, { configured, instances, format, now, find })
  return { instance: instances.standard, trust, lookers }
}

function isCompatible({ git }: Configured): boolean {
  return gitValue(git, 'extensions.compatobjectformat') !== undefined
}
