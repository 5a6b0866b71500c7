// The loop: mutate, judge, and hold each verdict against what a good input says, against the clock and against the work.
import { type Explanation, explain, type Known } from './explain.ts'
import type { Input } from './inputs.ts'
import { type Accepted, hexOf, type Judged, judgeInput, splitInput } from './judge.ts'
import { type Mutant, mutate } from './mutate.ts'
import { randomFor } from './random.ts'
import { isTooMuch, takeWork, type Work } from './work.ts'

export interface Range {
  readonly seed: number
  readonly first: number
  readonly count: number
}

export interface Finding {
  readonly index: number
  readonly input: string
  readonly mutations: readonly string[]
  readonly why: string
  /** Base64 of the mutant. */
  readonly bytes: string
}

export interface Report {
  readonly cases: number
  readonly findings: readonly Finding[]
  /** How many were rejected at each check. */
  readonly rejected: Readonly<Record<string, number>>
  /** How many were rightly accepted, by what they differ in. */
  readonly accepted: Readonly<Record<string, number>>
  readonly byMutation: Readonly<Record<string, number>>
  /** Milliseconds. */
  readonly medianGood: number
  readonly slowest: number
  readonly mostWork: Work
  /** Bytes of heap in use after a collection, after a tenth of the cases and at the end; 0 where it cannot be asked for. */
  readonly heap: readonly [early: number, late: number]
}

/** No verification may take this many times as long as the median good one. */
export const MOST_TIMES = 30

/** From this on it is measured again. */
const SLOW = 5

/** Cases `first` to `first + count - 1` of a seed. A case is the same whatever range it is run in. */
export function fuzz(inputs: readonly Input[], { seed, first, count }: Range, collect?: () => void): Report {
  const { known, medianGood } = learn(inputs)
  const counts = { rejected: {} as Counts, accepted: {} as Counts, byMutation: {} as Counts }
  const findings: Finding[] = []
  const mostWork: Work = { hashes: 0, hashedBytes: 0, verifications: 0 }
  let slowest = 0
  let early = 0
  for (let index = first; index < first + count; index += 1) {
    const { input, mutant } = makeCase(inputs, seed, index)
    const tell = (why: string): void => {
      const bytes = Buffer.from(mutant.bytes).toString('base64')
      findings.push({ index, input: input.name, mutations: mutant.mutations, why, bytes })
    }
    for (const mutation of mutant.mutations) add(counts.byMutation, mutation)
    takeWork()
    const { judged, time, thrown } = timed(mutated(input, mutant), medianGood * SLOW)
    const work = takeWork()
    raise(mostWork, work)
    slowest = Math.max(slowest, time)
    if (isTooMuch(work)) tell(`too much work: ${JSON.stringify(work)}`)
    if (time > medianGood * MOST_TIMES) tell(`took ${time.toFixed(1)} ms`)
    if (judged === undefined) tell(`threw ${String(thrown)}`)
    else if (!judged.ok) add(counts.rejected, judged.check)
    else record(explain(judged.accepted, known), counts.accepted, tell)
    if (index === first + Math.floor(count / 10)) early = heapUsed(collect)
  }
  return { cases: count, findings, ...counts, medianGood, slowest, mostWork, heap: [early, heapUsed(collect)] }
}

/** The mutant of one case: what to look at where a run names it. */
export function makeCase(inputs: readonly Input[], seed: number, index: number): { input: Input; mutant: Mutant } {
  const random = randomFor(seed, index)
  const input = random.pick(inputs)
  // Under another trusted root it would only be rejected sooner.
  const donor = random.pick(inputs.filter(({ options }) => options.trust === input?.options.trust))
  if (input === undefined || donor === undefined) throw new Error('nothing to mutate')
  return { input, mutant: mutate(input, random, donor) }
}

export function mutated(input: Input, { bytes }: Mutant): Input {
  return { ...input, bytes }
}

type Counts = Record<string, number>

/** What the inputs themselves say, and how long a good one takes: the median of all, the first round thrown away. */
export function learn(inputs: readonly Input[]): { readonly known: Known; readonly medianGood: number } {
  const good = new Map<string, Accepted[]>()
  const malformed = new Set<string>()
  for (const input of inputs.flatMap((one) => [one, ...leniently(one, inputs)])) {
    const judged = judgeInput(input)
    if (!judged.ok) {
      if (judged.check === 'format') malformed.add(input.name)
      continue
    }
    const key = hexOf(judged.accepted.signed.signature)
    good.set(key, [...(good.get(key) ?? []), judged.accepted])
  }
  const times = [...good.values()].flat().map(({ input }) => timed(input, Number.POSITIVE_INFINITY).time)
  const medianGood = times.sort((one, other) => one - other)[times.length >> 1] ?? 1
  const all = inputs.map((input) => hexOf(derOf(splitInput(input).signature)))
  return { known: { good, malformed, all }, medianGood }
}

/** A splice may bring any signature to an input whose SCT is not asked for, and there it may be good. */
function leniently({ options }: Input, inputs: readonly Input[]): readonly Input[] {
  if (options.ignoreSct !== true) return []
  return inputs.filter((one) => one.options.trust === options.trust).map((one) => ({ ...one, options }))
}

function derOf(armored: Uint8Array | undefined): Uint8Array {
  const text = Buffer.from(armored ?? []).toString('latin1')
  return Buffer.from(text.replaceAll(/-----[^-\n]*-----/g, ''), 'base64')
}

interface Timed {
  readonly judged?: Judged
  readonly thrown?: unknown
  readonly time: number
}

/** Up to a dozen times where it was slow, and the fastest counts: other programs use the machine too. */
function timed(input: Input, limit: number): Timed {
  let best: Timed | undefined
  for (let round = 0; round < 12 && (best === undefined || best.time > limit); round += 1) {
    const started = performance.now()
    const result = attempt(input)
    const time = performance.now() - started
    if (best === undefined || time < best.time) best = { ...result, time }
  }
  return best ?? { time: 0 }
}

function attempt(input: Input): Omit<Timed, 'time'> {
  try {
    return { judged: judgeInput(input) }
  } catch (thrown) {
    return { thrown }
  }
}

function record(explanation: Explanation, accepted: Counts, tell: (why: string) => void): void {
  if (!explanation.ok) tell(explanation.why)
  else for (const name of explanation.free) add(accepted, name)
}

function add(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

function raise(most: Work, work: Work): void {
  for (const name of ['hashes', 'hashedBytes', 'verifications'] as const) most[name] = Math.max(most[name], work[name])
}

function heapUsed(collect: (() => void) | undefined): number {
  collect?.()
  return collect === undefined ? 0 : process.memoryUsage().heapUsed
}
