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

/**
 * When a checkpoint was made, as far as it or its witnesses tell; undefined where nobody does. The log's own word is in its
 * signed text.
 */
export function toldTime(checkpoint: SignedCheckpoint, asked: Witnesses | undefined, now: number): number | undefined {
  const own = checkpoint.extensions.flatMap((line) => {
    const [, digits] = TIMESTAMP.exec(line) ?? []
    return digits === undefined ? [] : [Number(digits)]
  })
  const cosigned = cosignaturesOf(checkpoint, asked?.witnesses ?? [], now + CLOCK_SKEW).map(({ time }) => time)
  const times = [...own, ...cosigned]
  return times.length === 0 ? undefined : Math.max(...times)
}
