// Where a person stands before anything is signed: the instance, its services, logins and agent. Asks no network.

import type { AgentStatus } from '../agent/answer.ts'
import { askAgent } from '../agent/ask.ts'
import { agentPlace } from '../agent/place.ts'
import { instanceKey } from '../agent/request.ts'
import { resolveServices, type Services } from '../config/services.ts'
import { Fault } from '../errors.ts'
import type { KeptLogins } from '../oidc/kept-client.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { Instance } from '../trust/instance.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { composeKept } from './kept.ts'
import { composeLogin, type LoginDoor } from './login.ts'
import { composeSigningConfig } from './services.ts'

export interface Standing {
  readonly configured: Configured
  readonly instance: Instance
  readonly services: Services
  readonly door: LoginDoor
}

/** Throws `config`, `io` or `trust`. */
export function composeStanding(configured: Configured): Standing {
  const instance = composeTrust(configured).standard
  const config = composeSigningConfig(configured, instance.name)
  const services = resolveServices(configured, config, configured.world.now())
  return { configured, instance, services, door: composeLogin(configured, config, true) }
}

export function openLogins(
  { configured, instance, door }: Standing,
  note: (text: string) => void,
): Promise<KeptLogins> {
  return composeKept(configured, { instance: instance.name, door }, note)
}

/** What this user's agent says of itself; why not, where it runs and says nothing of use. */
export async function findAgent({
  world,
}: Pick<Configured, 'world'>): Promise<AgentStatus | { readonly why: string; readonly hint?: string } | undefined> {
  const { socket } = agentPlace(world)
  const asked = await askAgent({ op: 'status' }, { socket, platform: world.platform })
  if (asked.answer === 'status') return asked
  if (asked.answer !== undefined) return { why: 'the agent is of another version' }
  return asked.state === 'gone' ? undefined : asked
}

/** The agent's keys for the instance and CA at hand. */
export function keysFor({ instance, services }: Standing, status: AgentStatus): AgentStatus['keys'] {
  return status.keys.filter((key) => key.instance === instanceKey(instance.name, services.fulcio))
}

/** Why signing would refuse this token's identity. */
export function refusalOf({ door }: Pick<Standing, 'door'>, token: IdentityToken): string | undefined {
  try {
    door.check(token)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message
    throw thrown
  }
}
