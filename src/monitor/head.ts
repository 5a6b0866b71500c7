// What is wrong with a log's checkpoint, before any entry of it is looked at: fewer witnesses than a policy asks for, or an
// age that nobody should be content with.

import type { WitnessRule } from '../policy/document.ts'
import type { SignedCheckpoint } from '../rekor/checkpoint.ts'
import { cosignaturesOf, parseWitnesses, type Witness } from '../rekor/cosignature.ts'

/** Whose cosignatures count, ready to be checked. */
export interface Witnesses {
  readonly witnesses: readonly Witness[]
  readonly quorum: number
  readonly origins?: readonly string[]
}

/** Milliseconds that a witness's clock may run ahead. */
const CLOCK_SKEW = 300_000
/** As Rekor v1 writes it: nanoseconds since 1970. */
const TIMESTAMP = /^Timestamp: (\d{13})\d{6}$/

export function prepareWitnesses({ keys, quorum, origins }: WitnessRule): Witnesses {
  return { witnesses: parseWitnesses(keys), quorum, ...(origins === undefined ? {} : { origins }) }
}

/** @returns why a checkpoint has not the witnesses that are asked for, or undefined */
export function checkWitnesses(
  checkpoint: SignedCheckpoint,
  asked: Witnesses | undefined,
  now: number,
): string | undefined {
  if (asked === undefined || asked.origins?.includes(checkpoint.origin) === false) return undefined
  const found = cosignaturesOf(checkpoint, asked.witnesses, now + CLOCK_SKEW)
  if (found.length >= asked.quorum) return undefined
  const names = found.map(({ witness }) => witness.name).join(', ') || 'nobody'
  return `cosigned by ${found.length} of the ${asked.quorum} witnesses that the policy asks for: ${names}`
}

/** Somebody's word of how young a log is, milliseconds since 1970. */
export interface Told {
  readonly time: number
  readonly by: string
}

/**
 * When a log was last known to be alive: by our own clock, by its checkpoint's signed word, by its newest cosignature. Each
 * may only make it older: neither a log nor its witnesses vouch for one that stands still, and a time to come is nobody's.
 * @param changed when it was first seen in its present size
 */
export function oldestWord(
  checkpoint: SignedCheckpoint,
  asked: Witnesses | undefined,
  { changed, now }: { readonly changed: number; readonly now: number },
): Told {
  const own = checkpoint.extensions.flatMap((line) => {
    const [, digits] = TIMESTAMP.exec(line) ?? []
    return digits === undefined || Number(digits) > now + CLOCK_SKEW ? [] : [Number(digits)]
  })
  const cosigned = cosignaturesOf(checkpoint, asked?.witnesses ?? [], now + CLOCK_SKEW).map(({ time }) => time)
  const words: readonly Told[] = [
    { time: changed, by: 'when it last grew' },
    ...own.slice(0, 1).map((time) => ({ time, by: 'its own word' })),
    ...(cosigned.length === 0 ? [] : [{ time: Math.max(...cosigned), by: 'its witnesses' }]),
  ]
  return words.reduce((oldest, word) => (word.time < oldest.time ? word : oldest))
}

/** A span of time as people say it. */
export function spanText(milliseconds: number): string {
  const [size, unit] = UNITS.find(([least]) => milliseconds >= 2 * least) ?? [1_000, 'second']
  const count = Math.floor(milliseconds / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
]
