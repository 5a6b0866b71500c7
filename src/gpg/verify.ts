// Git asks whether a signature is good: `--verify FILE -`. The verdict is printed last and in one piece, after every check.
import { type Assessor, type Configured, composeAssessor, readConfiguration } from '../compose/assessor.ts'
import type { LoadOnline } from '../compose/further.ts'
import { Fault } from '../errors.ts'
import type { Assessment } from '../report/assessment.ts'
import { findPerson, personText } from '../report/people.ts'
import { acceptedText, judgementText, rejectedText } from '../report/text.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { isEvidenceMissing } from '../verify/verdict.ts'
import type { GitCall } from './call.ts'
import { type LoggedWorld, startLog } from './log.ts'
import { acceptedStatus, rejectedStatus } from './status.ts'
import { trustOf } from './trust.ts'

interface Signature {
  readonly payload: Uint8Array
  readonly armored: Uint8Array
}

type VerifyCall = Extract<GitCall, { readonly action: 'verify' }>

/** Largest signature file, in bytes. Real ones have up to 9 KiB. */
const MAX_SIGNATURE = 2 * 1024 * 1024

/** Verifies, tells people on stderr and Git on the status descriptor; gives the exit status. */
export async function verifyForGit(world: LoggedWorld, call: VerifyCall, online: LoadOnline): Promise<number> {
  const [configured, payload, armored] = await gather(world, call)
  startLog(world, configured)
  const assessor = await composeAssessor(configured)
  const assessment =
    'why' in armored
      ? unreadable(armored.why)
      : await assess(configured, assessor, { payload, armored: armored.bytes }, online)
  tellPeople(world, assessment, payload)
  return tellGit(world, call, configured, assessor, assessment, payload)
}

// Git's configuration is asked for first, so that its child runs while the payload arrives.
async function gather(world: World, call: VerifyCall) {
  const configuration = readConfiguration(world, call.flags)
  const payload = readPayload(world, call.payload)
  return await Promise.all([configuration, payload, payload.then(() => readSignature(world, call.signature))])
}

async function readPayload(world: World, path: string): Promise<Uint8Array> {
  return path === '-' ? await world.readStdin() : readBytes(resolvePath(path, world), Number.MAX_SAFE_INTEGER)
}

function readSignature(world: World, path: string): { readonly bytes: Uint8Array } | { readonly why: string } {
  try {
    return { bytes: readBytes(resolvePath(path, world), MAX_SIGNATURE) }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return { why: 'the signature is too large' }
    throw thrown
  }
}

async function assess(
  configured: Configured,
  assessor: Assessor,
  signature: Signature,
  online: LoadOnline,
): Promise<Assessment> {
  const assessment = await assessAnyway(configured, assessor, signature, online)
  if (!assessment.ok || configured.settings.policyRoot === undefined) return assessment
  // Whoever has no policy pays nothing for there being any.
  const { judgeAtDoor } = await import('../compose/door.ts')
  const judgement = await judgeAtDoor(configured, assessor.instance.name, assessment, signature)
  return { ...assessment, judgement }
}

/** By the signature alone; only where that has no log entry inside is evidence looked for elsewhere. */
async function assessAnyway(
  configured: Configured,
  assessor: Assessor,
  signature: Signature,
  online: LoadOnline,
): Promise<Assessment> {
  const first = assessor.assess(signature.payload, signature.armored)
  if (first.ok || !isEvidenceMissing(first.rejection)) return first
  const { lookFurther } = await import('../compose/further.ts')
  const find = configured.settings.rekorMode === 'online' ? (await online())(configured) : undefined
  const { assessment, notes } = await lookFurther(configured, assessor, signature, first, find)
  for (const note of notes) configured.world.write(2, `${configured.world.name}: ${escapeText(note)}\n`)
  return assessment
}

function unreadable(why: string): Assessment {
  return { ok: false, rejection: { check: 'format', why } }
}

function tellPeople(world: World, assessment: Assessment, payload: Uint8Array): void {
  const text = assessment.ok
    ? acceptedText(world.name, assessment) +
      personText(world.name, assessment.verdict.signer.identity, findPerson(payload)) +
      judgementText(world.name, assessment)
    : rejectedText(world.name, assessment)
  world.write(2, text)
}

function tellGit(
  world: World,
  call: VerifyCall,
  configured: Configured,
  assessor: Assessor,
  assessment: Assessment,
  payload: Uint8Array,
): number {
  if (!assessment.ok) {
    if (call.statusFd !== undefined) world.write(call.statusFd, rejectedStatus(assessment.rejection))
    return 1
  }
  const trust = trustOf(assessment, findPerson(payload), { ...configured, defaultInstance: assessor.instance.name })
  if (call.statusFd !== undefined) world.write(call.statusFd, acceptedStatus(assessment.verdict, trust))
  return trust === 'NEVER' ? 1 : 0
}
