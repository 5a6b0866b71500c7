// The loop: mutate, judge, and hold each verdict against what a good input says, against the clock and against the work.
import type { AcceptedBundle } from './bundle.ts'
import { type Explanation, explain, type Known } from './explain.ts'
import { explainBundle } from './explain-bundle.ts'
import { type Input, isAlike } from './inputs.ts'
import type { Accepted } from './judge.ts'
import { learn, timed } from './learn.ts'
import { type Mutant, mutate } from './mutate.ts'
import { randomFor } from './random.ts'
import { isTooMuch, NO_WORK, type Work } from './work.ts'

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
  const mostWork: Work = { ...NO_WORK }
  let slowest = 0
  let early = 0
  for (let index = first; index < first + count; index += 1) {
    const { input, mutant } = makeCase(inputs, seed, index)
    const tell = (why: string): void => {
      const bytes = Buffer.from(mutant.bytes).toString('base64')
      findings.push({ index, input: input.name, mutations: mutant.mutations, why, bytes })
    }
    for (const mutation of mutant.mutations) add(counts.byMutation, mutation)
    const { judged, time, thrown, work } = timed(mutated(input, mutant), medianGood * SLOW)
    raise(mostWork, work)
    slowest = Math.max(slowest, time)
    if (isTooMuch(work)) tell(`too much work: ${JSON.stringify(work)}`)
    if (time > medianGood * MOST_TIMES) tell(`took ${time.toFixed(1)} ms`)
    if (judged === undefined) tell(`threw ${String(thrown)}`)
    else if (!judged.ok) add(counts.rejected, judged.check)
    else record(explainAny(judged.accepted, known), counts.accepted, tell)
    if (index === first + Math.floor(count / 10)) early = heapUsed(collect)
  }
  return { cases: count, findings, ...counts, medianGood, slowest, mostWork, heap: [early, heapUsed(collect)] }
}

/** The mutant of one case: what to look at where a run names it. */
export function makeCase(inputs: readonly Input[], seed: number, index: number): { input: Input; mutant: Mutant } {
  const random = randomFor(seed, index)
  const input = random.pick(inputs)
  // Under another trusted root it would only be rejected sooner.
  const donor = random.pick(inputs.filter((one) => input !== undefined && isAlike(one, input)))
  if (input === undefined || donor === undefined) throw new Error('nothing to mutate')
  return { input, mutant: mutate(input, random, donor) }
}

export function mutated(input: Input, { bytes }: Mutant): Input {
  return { ...input, bytes }
}

type Counts = Record<string, number>

function explainAny(accepted: Accepted | AcceptedBundle, known: Known): Explanation {
  return accepted.form === 'bundle' ? explainBundle(accepted, known) : explain(accepted, known)
}

function record(explanation: Explanation, accepted: Counts, tell: (why: string) => void): void {
  if (!explanation.ok) tell(explanation.why)
  else for (const name of explanation.free) add(accepted, name)
}

function add(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

function raise(most: Work, work: Work): void {
  for (const name of Object.keys(NO_WORK) as (keyof Work)[]) most[name] = Math.max(most[name], work[name])
}

function heapUsed(collect: (() => void) | undefined): number {
  collect?.()
  return collect === undefined ? 0 : process.memoryUsage().heapUsed
}
