// A signature by the agent, from the signer's side: another machine's that is forwarded here, else this machine's.
// Whatever goes wrong with the agent, the caller is told to sign without it.
import { Fault } from '../errors.ts'
import { MAX_BODY } from './frame.ts'
import { signHere } from './here.ts'
import {
  acceptAnswer,
  askToSign,
  type ByAgent,
  isSilent,
  type Matter,
  type SessionOptions,
  type SessionPorts,
} from './matter.ts'
import { parsePayload } from './payload.ts'

export type { ByAgent, SessionOptions, SessionPorts } from './matter.ts'

const CONFIRM_PATIENCE = 60_000

/** Throws what the ports throw, and `identity` where nothing says which of several identities is meant. */
export async function signByAgent(payload: Uint8Array, options: SessionOptions, ports: SessionPorts): Promise<ByAgent> {
  if (payload.length > MAX_BODY || !isGitPayload(payload)) return { signed: undefined, token: undefined }
  const matter = { payload, options, ports }
  return (await signAfar(matter)) ?? (await signHere(matter))
}

async function signAfar(matter: Matter): Promise<ByAgent | undefined> {
  const { options, ports } = matter
  const { forwarded, forward } = options
  if (forwarded === undefined) return undefined
  let asked = await askToSign(matter, forwarded)
  if (asked.answer === 'confirm' && forward === 'confirm') {
    ports.tell('waiting for a confirmation where the agent runs')
    asked = await askToSign(matter, forwarded, CONFIRM_PATIENCE)
  } else if (asked.answer === 'confirm')
    ports.note('the forwarded agent wants a confirmation: set gitsigil.agentForward to confirm to wait for it')
  const found = await acceptAnswer(matter, asked, forwarded)
  if (found === undefined && isSilent(asked)) ports.note(`GITSIGIL_AGENT_SOCK: ${asked.why}`)
  return found
}

function isGitPayload(payload: Uint8Array): boolean {
  try {
    parsePayload(payload)
    return true
  } catch (thrown) {
    if (thrown instanceof Fault) return false
    throw thrown
  }
}
