// This machine's agent: what it holds signs at once; else one signer logs in, certifies a key that the agent made, and all
// use it. An agent that does not answer is replaced by a new one.
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { decodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { ProvingKey } from '../sign/key.ts'
import type { Asked } from './ask.ts'
import { exclusively, type LockOptions } from './lock.ts'
import { acceptAnswer, askAt, askToSign, type ByAgent, isSilent, type Matter } from './matter.ts'
import { agentPlace, openDirectory, type Place, socketId } from './place.ts'
import { startAgent } from './start.ts'

/** What comes before and after a login, in milliseconds. */
const LOCK_MARGIN = 80_000
/** Only while the new process lives; a busy machine takes its time. */
const START_PATIENCE = 15_000

export async function signHere(matter: Matter): Promise<ByAgent> {
  const { world } = matter.options
  const place = agentPlace(world)
  const unsafe = findUnsafe(place, world.platform)
  if (unsafe !== undefined) {
    matter.ports.note(`the agent is not used: ${unsafe}`)
    return { signed: undefined, token: undefined }
  }
  for (;;) {
    const before = socketId(place.socket, world.platform)
    const asked = await askToSign(matter, place.socket)
    const found = await acceptAnswer(matter, asked, place.socket)
    if (found !== undefined) return found
    // One that was stuck is not given more time, unless somebody has put another in its place.
    const isSame = () => isSilent(asked) && asked.state !== 'gone' && socketId(place.socket, world.platform) === before
    const done = await exclusively(lockOf(matter, place), () => signAlone(matter, place, isSame() ? asked : undefined))
    if (done.ran) return done.value
  }
}

async function signAlone(matter: Matter, place: Place, known: Asked | undefined): Promise<ByAgent> {
  const asked = known ?? (await askToSign(matter, place.socket))
  return (await acceptAnswer(matter, asked, place.socket)) ?? (await obtain(matter, place, asked))
}

async function obtain(matter: Matter, place: Place, asked: Asked): Promise<ByAgent> {
  const token = await matter.ports.token()
  // What makes no sense to us makes no key for us either.
  if (asked.answer === 'none' || (await start(matter, place, asked)))
    return (await certify(matter, place, token)) ?? { signed: undefined, token }
  matter.ports.note('the agent did not start: signing without it')
  return { signed: undefined, token }
}

function start({ options, ports }: Matter, place: Place, asked: Asked): Promise<boolean> {
  const { world, forward, command } = options
  if (isSilent(asked) && asked.state !== 'gone') ports.note(`${asked.why}: a new one takes its place`)
  if (asked.answer === 'refused') ports.note(`the agent refuses: ${asked.why}: a new one takes its place`)
  const flags = forward === 'false' ? [] : [`--forward=${forward}`]
  const how = { place, flags, patience: START_PATIENCE, ...(command === undefined ? {} : { command }) }
  return startAgent(world, how).catch((thrown: unknown) => {
    if (thrown instanceof Fault) return false
    throw thrown
  })
}

/** The key stays where the agent is: it proves that it has it, and gets the certificate. Undefined where it went away. */
async function certify(matter: Matter, { socket }: Place, token: IdentityToken): Promise<ByAgent | undefined> {
  const { options, ports } = matter
  const key = await askAt(options, socket, { op: 'key' })
  if (key.answer !== 'key') return undefined
  let isLost = false
  const proving: ProvingKey = {
    spki: key.spki,
    sign: async (data) => {
      const proof = await askAt(options, socket, { op: 'prove', id: key.id, challenge: decodeUtf8(data) })
      if (proof.answer === 'proof') return proof.signature
      isLost = true
      throw new Fault('io', 'the agent went away')
    },
  }
  try {
    const { leaf } = await ports.certify(token, proving)
    const { instance } = options.wanted
    const kept = await askAt(options, socket, { op: 'keep', id: key.id, instance, certificate: leaf.bytes })
    if (kept.answer !== 'kept') return undefined
  } catch (thrown) {
    if (isLost) return undefined
    throw thrown
  }
  return await acceptAnswer(matter, await askToSign(matter, socket), socket)
}

function lockOf({ options, ports }: Matter, { directory }: Place): LockOptions {
  const { world, wanted, loginTime } = options
  const name = hash('sha256', JSON.stringify(wanted)).slice(0, 16)
  return {
    path: join(directory, `login-${name}`),
    limit: loginTime + LOCK_MARGIN,
    now: world.now,
    waiting: () => ports.tell('waiting for the login that another signer has begun'),
  }
}

function findUnsafe(place: Place, platform: string): string | undefined {
  try {
    openDirectory(place, platform)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message
    throw thrown
  }
}
