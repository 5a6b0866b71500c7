// One object, assessed: by its signature alone and, where that has no log entry inside, by what is kept or found elsewhere.
import type { Assessor, Configured } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import type { Assessment } from '../report/assessment.ts'
import { escapeText } from '../tell.ts'
import { isEvidenceMissing } from '../verify/verdict.ts'
import { type SignedObject, splitProblem } from './signed-object.ts'

/** By its signature alone. */
export function assess(assessor: Assessor, signed: SignedObject): Assessment {
  const { split } = signed
  const problem = splitProblem(signed)
  if (problem !== undefined || split.signature === undefined)
    return { ok: false, rejection: { check: 'format', why: problem ?? 'not signed' } }
  return assessor.assess(split.payload, split.signature)
}

/** By what is inside, and else by a note or a log. @param online loads what asks a log; undefined where none is to be asked */
export async function assessFurther(
  configured: Configured,
  assessor: Assessor,
  signed: SignedObject,
  online: LoadOnline | undefined,
): Promise<Assessment> {
  const first = assess(assessor, signed)
  const { payload, signature: armored } = signed.split
  if (first.ok || armored === undefined || !isEvidenceMissing(first.rejection)) return first
  const { lookFurther } = await import('../compose/further.ts')
  const find = online === undefined ? undefined : (await online())(configured)
  const question = { payload, armored, ...objectOf(signed) }
  const { assessment, notes } = await lookFurther(configured, assessor, question, first, find)
  const { world } = configured
  for (const note of notes) world.write(2, `${world.name}: ${escapeText(note)}\n`)
  return assessment
}

function objectOf({ bytes, subject: { kind, algorithm } }: SignedObject) {
  if (kind === 'push certificate') return {}
  return { object: { type: kind === 'commit' ? kind : ('tag' as const), bytes, algorithm } }
}
