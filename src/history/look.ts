// Looks at an object: whether its bytes are those of its id, and what there is at each of its signature places.
import { Fault } from '../errors.ts'
import { type Frame, frameId } from '../git/frames.ts'
import { factsOf } from '../verify/facts.ts'
import { finish, finishAll, type Steps } from '../verify/steps.ts'
import type { Verdict } from '../verify/verdict.ts'
import { certificateId } from '../x509/fingerprint.ts'
import { type Format, mayBeSigned, type Place, placesOf } from './places.ts'
import type { Finding } from './record.ts'
import { finishInTurns } from './turns.ts'

/** The verdict on a signature, and the instance under whose trust it was found. */
export interface Found {
  readonly verdict: Verdict
  readonly instance: string
}

export type VerifyPlace = (payload: Uint8Array, armored: Uint8Array) => Steps<Found>

const UNSIGNED: readonly Finding[] = [{ state: 'unsigned' }]

/** One finding a place, in the order of `placesOf`; one alone where the object itself is wrong. */
export function lookAt(frame: Frame, format: Format, verify: VerifyPlace): readonly Finding[] {
  return finish(lookSteps(frame, format, verify))
}

/** Several objects side by side, each as `lookAt` would. */
export function lookAtAll(
  frames: readonly Frame[],
  format: Format,
  verify: VerifyPlace,
): readonly (readonly Finding[])[] {
  return finishAll(frames.map((frame) => lookSteps(frame, format, verify)))
}

/** The same, with turns between for what else this thread has to do. */
export function lookInTurns(
  frames: readonly Frame[],
  format: Format,
  verify: VerifyPlace,
  takeTurn: () => Promise<void>,
): Promise<readonly (readonly Finding[])[]> {
  return finishInTurns(
    frames.map((frame) => lookSteps(frame, format, verify)),
    takeTurn,
  )
}

function* lookSteps(frame: Frame, format: Format, verify: VerifyPlace): Steps<readonly Finding[]> {
  const problem = checkFrame(frame, format)
  if (problem !== undefined) return [problem]
  if (!mayBeSigned(frame)) return lookQuickly(frame, format)
  try {
    const places = placesOf(frame, format)
    yield
    const findings: Finding[] = []
    for (const place of places) findings.push(yield* placeSteps(place, verify))
    return places.length === 0 ? [neverSigned(frame)] : findings
  } catch (thrown) {
    // The trust at hand is the run's concern, all else this object's: it must not stop the others.
    if (thrown instanceof Fault && thrown.code === 'trust') throw thrown
    return [faultOf(thrown)]
  }
}

/** The fault of an object that cannot be looked at at all. */
export function checkFrame(frame: Frame, { algorithm }: Format): Finding | undefined {
  if (frame.type === undefined) return { state: 'fault', code: 'git', why: frame.why ?? 'missing' }
  // Git checks no hash when it reads: a damaged or planted pack must not pass for the object that was asked for.
  if (frameId(frame, algorithm) === frame.oid) return undefined
  return { state: 'fault', code: 'git', why: 'damaged: its bytes have another id' }
}

/** Of an object whose id is right and in which nothing looks like a signature. */
export function lookQuickly(frame: Frame, format: Format): readonly Finding[] {
  if (frame.type === 'commit' || frame.type === 'tag') return UNSIGNED
  return placesOf(frame, format).length === 0 ? [neverSigned(frame)] : UNSIGNED
}

function neverSigned({ type }: Frame): Finding {
  return { state: 'fault', code: 'usage', why: `a ${type}, which is never signed` }
}

function* placeSteps({ split, kind }: Place, verify: VerifyPlace): Steps<Finding> {
  if (split.problem !== undefined) return { state: 'rejected', check: 'format', why: split.problem }
  if (split.signature === undefined) return { state: 'unsigned' }
  if (split.format === undefined)
    return { state: 'rejected', check: 'format', why: `the ${kind} is signed with an unknown format, not x509` }
  if (split.format !== 'x509') return { state: 'foreign', format: split.format }
  return findingOf(yield* verify(split.payload, split.signature))
}

/** What there is at a place whose signature was verified. */
export function findingOf({ verdict, instance }: Found): Finding {
  if (verdict.ok) return { state: 'accepted', facts: factsOf(verdict, instance) }
  const { check, why, certificate } = verdict.rejection
  return { state: 'rejected', check, why, ...(certificate && { certificateId: certificateId(certificate) }) }
}

export function faultOf(thrown: unknown): Finding {
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return { state: 'fault', code: thrown instanceof Fault ? thrown.code : 'bug', why }
}
