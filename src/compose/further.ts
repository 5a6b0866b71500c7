// Evidence that is not in the signature (formats: section 2, online mode): entries that the repository keeps, and, where
// somebody asked for it, those that a log is asked for. Loaded for a signature with nothing inside, and for no other.
import { equalBytes } from '../bytes.ts'
import { parseArmor } from '../cms/armor.ts'
import { parseSignedData, type SignedData } from '../cms/signed-data.ts'
import { Fault } from '../errors.ts'
import { objectId } from '../git/id.ts'
import { loggedIds, rebuildObject, type SignedBytes } from '../git/logged-id.ts'
import type { LogEntry } from '../rekor/entry.ts'
import type { Assessment } from '../report/assessment.ts'
import type { World } from '../system/world.ts'
import { onlineCheck } from '../verify/online.ts'
import type { FoundIn } from '../verify/verdict.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Assessor, Configured } from './assessor.ts'
import { type Notes, parseKept, readHeld } from './kept-entries.ts'

/** What a log is asked: the ids that an entry may be about, and whose it must be. */
export interface Missing {
  readonly ids: readonly string[]
  readonly certificate: Certificate
}

/** Asks the logs of the instance that issued the certificate. Throws `log`, `network` or `config`. */
export type FindOnline = (missing: Missing) => Promise<readonly LogEntry[]>

/** How much may be asked at once, and for how long in all. */
export interface Manners {
  readonly inFlight?: number
  /** Milliseconds. */
  readonly budget?: number
}

/** Loads what asks: given by whoever may reach a network to those who may not. */
export type LoadOnline = () => Promise<(configured: Configured, manners?: Manners) => FindOnline>

/** A signature as it was handed over. */
export interface Question {
  readonly payload: Uint8Array
  readonly armored: Uint8Array
  /** The object that holds it, where it was read from there; else it is rebuilt and looked for. */
  readonly object?: SignedBytes
}

/** An assessment, and what a person should know of where its evidence is from. */
export interface Further {
  readonly assessment: Assessment
  readonly notes: readonly string[]
}

const PUSH = 'a push certificate has no object id under which the log could have it'

/**
 * @param first what there is to say by the signature alone, whose own cryptography is in order
 * @param find asks a log, where that is wanted
 */
export async function lookFurther(
  configured: Configured,
  assessor: Assessor,
  question: Question,
  first: Assessment,
  find?: FindOnline,
): Promise<Further> {
  const signed = first.ok ? undefined : readWithoutEntry(question.armored)
  if (first.ok || signed === undefined) return { assessment: first, notes: [] }
  const found = await findObject(configured.world, question)
  if (typeof found === 'string') return { assessment: becauseOf(first, found), notes: [] }
  const { object } = found
  const { payload, armored } = question
  const assess = (entries: readonly LogEntry[], foundIn: FoundIn) =>
    assessor.assess(payload, armored, onlineCheck({ object, entries, foundIn }))
  const kept = parseKept(found.notes, signed.signer)
  const noted = kept.entries.length === 0 ? undefined : assess(kept.entries, 'note')
  if (noted?.ok) return { assessment: noted, notes: [] }
  const notes = [...kept.ignored, ...(noted === undefined ? [] : [noted.rejection.why])].map(
    (why) => `warning: a note is not used: ${why}`,
  )
  if (find === undefined) return { assessment: { ...first, hint: hintFor(configured.world) }, notes }
  const entries = await find({ ids: loggedIds(object, payload, armored), certificate: signed.signer })
  return { assessment: assess(entries, 'log'), notes }
}

// For Git's door too, which has no flags to be told of.
function hintFor({ name }: Pick<World, 'name'>): string {
  return `${name} verify --online looks its log entry up, and ${name} preserve keeps it in the repository`
}

/** Undefined where an entry is inside, or nothing that could be read. */
export function readWithoutEntry(armored: Uint8Array): SignedData | undefined {
  try {
    const signed = parseSignedData(parseArmor(armored))
    return signed.logEntry === undefined ? signed : undefined
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}

/**
 * The object that holds the signature, there with these very bytes: what was never in the repository could be made to have
 * any id. Else why there is none.
 */
async function findObject(
  world: World,
  { payload, armored, object: given }: Question,
): Promise<{ readonly object: SignedBytes; readonly notes: Notes } | string> {
  const object = given ?? rebuildObject(payload, armored)
  if (object === undefined) return PUSH
  const oid = objectId(object.type, object.bytes, object.algorithm)
  const { object: there, notes } = await readHeld(world, oid)
  const isThere = there?.type === object.type && equalBytes(there.bytes, object.bytes)
  return isThere || given !== undefined
    ? { object, notes }
    : `the repository has no object ${oid}, which this signature would be of`
}

function becauseOf(assessment: Assessment, why: string): Assessment {
  if (assessment.ok) return assessment
  const { rejection } = assessment
  return { ok: false, rejection: { ...rejection, why: `${rejection.why}: ${why}` } }
}
