// Where a person stands before anything is signed: the instance, its services, and who would sign. Publishes nothing;
// only `findIdentity` may ask a network, and only for a token.

import type { AgentStatus } from '../agent/answer.ts'
import { askAgent } from '../agent/ask.ts'
import { agentPlace } from '../agent/place.ts'
import { instanceKey } from '../agent/request.ts'
import { resolveServices, type Services } from '../config/services.ts'
import { Fault } from '../errors.ts'
import { chooseSteps } from '../oidc/choose.ts'
import { type ExpectedIdentity, expectedIdentity } from '../oidc/expected-identity.ts'
import type { KeptLogins } from '../oidc/kept-client.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { Instance } from '../trust/instance.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { composeKept } from './kept.ts'
import { composeLogin, type LoginDoor } from './login.ts'
import { composeHttp, composeSigningConfig } from './services.ts'
import { readGivenToken } from './token.ts'

export interface Standing {
  readonly configured: Configured
  readonly instance: Instance
  readonly services: Services
  readonly door: LoginDoor
}

/** Who would sign, and what says so. */
export interface AtHand extends Pick<ExpectedIdentity, 'subject' | 'issuer'> {
  readonly by: 'given' | 'ambient' | 'agent' | 'kept'
  /** For people: `SIGSTORE_ID_TOKEN`. */
  readonly source: string
  /** Why signing would refuse it. */
  readonly refused?: string
}

/** Milliseconds that the platform's services may take together. */
const AMBIENT_BUDGET = 10_000

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

/** The identity that a signature made now would have without anybody logging in; undefined where somebody must. */
export async function findIdentity(standing: Standing, kept: () => Promise<KeptLogins>): Promise<AtHand | undefined> {
  const { configured, door } = standing
  const steps = chooseSteps(configured.settings.tokenProvider, door.surroundings)
  for (const step of steps) {
    if (step.by === 'given') return fromToken(standing, await readGivenToken(configured), 'given')
    if (step.by === 'ambient') {
      const { ambientToken } = await import('./ambient.ts')
      const token = await ambientToken(configured, composeHttp(configured, AMBIENT_BUDGET), step.provider)
      if (token !== undefined) return fromToken(standing, token, 'ambient')
    }
    if (step.by !== 'stored') continue
    const held = await fromAgent(standing)
    if (held !== undefined) return held
    const token = await (await kept()).token()
    if (token !== undefined) return { ...fromToken(standing, token, 'kept'), source: 'the login that is kept' }
  }
  return undefined
}

export async function fromAgent(standing: Standing): Promise<AtHand | undefined> {
  const status = standing.configured.settings.agent === 'false' ? undefined : await findAgent(standing.configured)
  const [key, ...more] = status === undefined || 'why' in status ? [] : keysFor(standing, status)
  if (key === undefined || more.length > 0) return undefined
  return { subject: key.subject, issuer: key.issuer, by: 'agent', source: 'a key that the agent holds' }
}

export function fromToken({ door }: Standing, token: IdentityToken, by: AtHand['by']): AtHand {
  const { subject, issuer } = expectedIdentity(token)
  const refused = refusal(() => door.check(token))
  return { subject, issuer, by, source: token.source, ...(refused === undefined ? {} : { refused }) }
}

function refusal(check: () => void): string | undefined {
  try {
    check()
    return undefined
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message
    throw thrown
  }
}
