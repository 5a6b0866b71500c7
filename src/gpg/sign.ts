// Git asks for a signature: `-bsau KEY`. Stdout gets the signature and nothing else, once, after it was parsed and
// verified under the instance's own trust: Git stores whatever stands there, unseen.
import { parseArmor } from '../cms/armor.ts'
import { type Configured, readConfiguration } from '../compose/assessor.ts'
import { composeSigner, signVerified } from '../compose/signer.ts'
import { unknownKeys } from '../config/resolve.ts'
import type { Identity } from '../fulcio/identity.ts'
import { findPerson, isSamePerson, personText } from '../report/people.ts'
import { readBytes, resolvePath, writeBytes } from '../system/files.ts'
import { writeTerminal } from '../system/terminal.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import type { GitCall } from './call.ts'
import { type LoggedWorld, startLog } from './log.ts'
import { beginSigningStatus, signatureCreatedStatus } from './status.ts'

type SignCall = Extract<GitCall, { readonly action: 'sign' }>

/** Signs, checks what was made, and prints it; gives the exit status. */
export async function signForGit(world: LoggedWorld, call: SignCall): Promise<number> {
  // All of the payload before anything that can take long or fail: Git dies of EPIPE on a large one otherwise.
  const [configured, payload] = await Promise.all([
    readConfiguration(world, call.flags),
    readPayload(world, call.payload),
  ])
  startLog(world, configured)
  warn(world, call, configured)
  status(world, call, beginSigningStatus())
  const signer = await composeSigner(configured, { hasStdin: call.payload !== '-' })
  for (const note of signer.notes) world.write(2, `${world.name}: warning: ${escapeText(note)}\n`)
  const { signed, identity } = await signVerified(signer, payload)
  tell(world, `tlog entry created with index: ${signed.entry.logIndex}\n`)
  tellPerson(world, identity, payload)
  print(world, call, signed.armored)
  status(world, call, signatureCreatedStatus(signed.leaf, world.now()))
  return 0
}

async function readPayload(world: World, path: string): Promise<Uint8Array> {
  return path === '-' ? await world.readStdin() : readBytes(resolvePath(path, world), Number.MAX_SAFE_INTEGER)
}

function warn(world: World, call: SignCall, { git }: Configured): void {
  const unknown = unknownKeys(git).map((key) => `warning: git config ${key} is not an option and has no effect`)
  const hints = call.hints.map((hint) => `hint: ${hint}`)
  for (const text of [...unknown, ...hints]) world.write(2, `${world.name}: ${escapeText(text)}\n`)
}

function print(world: World, call: SignCall, armored: Uint8Array): void {
  const bytes = call.armor ? armored : parseArmor(armored)
  if (call.output === '-') world.write(1, bytes)
  else writeBytes(resolvePath(call.output, world), bytes)
}

// That the committer is somebody else should be seen; that all is well need not be.
function tellPerson(world: World, identity: Identity, payload: Uint8Array): void {
  const person = findPerson(payload)
  const text = personText(world.name, identity, person)
  if (person === undefined || isSamePerson(identity, person)) world.write(2, text)
  else tell(world, text)
}

// Git drops the stderr of a signing that went well.
function tell(world: World, text: string): void {
  if (!writeTerminal(world, text)) world.write(2, text)
}

function status(world: World, call: SignCall, line: string): void {
  if (call.statusFd !== undefined) world.write(call.statusFd, line)
}
