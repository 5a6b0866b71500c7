// What the inputs themselves say, before anything is mutated; and how long a verification takes.
import type { AcceptedBundle } from './bundle.ts'
import type { Known } from './explain.ts'
import { signatureOf } from './explain-bundle.ts'
import { type Input, isAlike } from './inputs.ts'
import { bytesIn } from './json.ts'
import { type Accepted, hexOf, type Judged, judgeInput } from './judge.ts'
import { splitInput } from './object.ts'
import { takeWork, type Work } from './work.ts'

/** What is good, and how long a good one takes: the median of a sample, the first round thrown away. */
export function learn(inputs: readonly Input[]): { readonly known: Known; readonly medianGood: number } {
  const good = new Map<string, Accepted[]>()
  const bundles = new Map<string, AcceptedBundle[]>()
  const malformed = new Set<string>()
  const slips = new Set<string>()
  const untimely = new Set<string>()
  const waiting = [...inputs]
  for (const input of waiting) {
    const judged = judgeInput(input)
    if (!judged.ok) {
      if (judged.check === 'sct') waiting.push(...leniently(input, inputs))
      if (judged.check === 'format') malformed.add(input.name)
      if (['format', 'time', 'log'].includes(judged.check)) slips.add(input.name)
      if (judged.why.includes('not valid at the proven time')) untimely.add(input.name)
      continue
    }
    if (judged.accepted.form === 'bundle') put(bundles, signatureOf(judged.accepted), judged.accepted)
    else put(good, hexOf(judged.accepted.signed.signature), judged.accepted)
  }
  const sample = [...good.values(), ...bundles.values()].flat().filter((_, i) => i % 4 === 0)
  const times = sample.map(({ input }) => timed(input, Number.POSITIVE_INFINITY).time)
  const medianGood = times.sort((one, other) => one - other)[times.length >> 1] ?? 1
  const all = inputs.map((input) =>
    input.kind === 'bundle' ? bytesIn(input.bytes).map(hexOf).join() : hexOf(derOf(splitInput(input).signature)),
  )
  return { known: { good, bundles, malformed, slips, untimely, all }, medianGood }
}

function put<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  map.set(key, [...(map.get(key) ?? []), item])
}

/** A splice may bring its signature to an input whose SCT is not asked for, and there it may be good. */
function leniently(input: Input, inputs: readonly Input[]): readonly Input[] {
  const asking = inputs.find((one) => one.options.ignoreSct === true && isAlike(one, input))
  return asking === undefined || input.options.ignoreSct === true ? [] : [{ ...input, options: asking.options }]
}

function derOf(armored: Uint8Array | undefined): Uint8Array {
  const text = Buffer.from(armored ?? []).toString('latin1')
  return Buffer.from(text.replaceAll(/-----[^-\n]*-----/g, ''), 'base64')
}

interface Timed {
  readonly judged?: Judged
  readonly thrown?: unknown
  readonly time: number
  /** Of one round. */
  readonly work: Work
}

/** Up to a dozen times where it was slow, and the fastest counts: other programs use the machine too. */
export function timed(input: Input, limit: number): Timed {
  let best = round(input)
  for (let more = 11; more > 0 && best.time > limit; more -= 1) {
    const again = round(input)
    if (again.time < best.time) best = again
  }
  return best
}

function round(input: Input): Timed {
  takeWork()
  const started = performance.now()
  const result = attempt(input)
  const time = performance.now() - started
  return { ...result, time, work: takeWork() }
}

function attempt(input: Input): Pick<Timed, 'judged' | 'thrown'> {
  try {
    return { judged: judgeInput(input) }
  } catch (thrown) {
    return { thrown }
  }
}
