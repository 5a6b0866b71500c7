// Who signs where no token was handed over: the platform's own identity, a login that the agent keeps, one that the
// keychain keeps, or a person who logs in now.

import type { Checked } from '../agent/check.ts'
import { instanceKey, type Wanted } from '../agent/request.ts'
import { type ByAgent, type SessionPorts, signByAgent } from '../agent/session.ts'
import type { Services } from '../config/services.ts'
import { chooseSteps, noIdentity, type Step } from '../oidc/choose.ts'
import { parseWanted } from '../oidc/confirm.ts'
import { expectedIdentity } from '../oidc/expected-identity.ts'
import type { KeptLogins } from '../oidc/kept-client.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { Ports, SignedPayload } from '../sign/sign.ts'
import { resolvePath } from '../system/files.ts'
import type { Http } from '../system/http.ts'
import { writeTerminal } from '../system/terminal.ts'
import { escapeText } from '../tell.ts'
import type { Instance } from '../trust/instance.ts'
import type { SigningConfig } from '../trust/signing-config.ts'
import type { Configured } from './assessor.ts'
import { composeKept } from './kept.ts'
import { composeLogin, type LoginDoor } from './login.ts'
import type { Mode } from './mode.ts'

/** What is known before anybody is asked for an identity. */
export interface Chosen {
  readonly configured: Configured
  readonly config: SigningConfig | undefined
  readonly instance: Instance
  readonly services: Services
  readonly http: Http
  readonly ports: Omit<Ports, 'identity'>
  readonly person: { readonly name: string; readonly email: string }
  readonly mode: Mode
}

/** @param given a token that was handed over; the agent keeps its certificate where `agent` is true */
export async function signAsChosen(payload: Uint8Array, chosen: Chosen, given?: IdentityToken): Promise<SignedPayload> {
  const { settings } = chosen.configured
  const withToken = (token: IdentityToken) =>
    chosen.mode.sign(payload, { ...chosen.ports, identity: { token: async () => token } })
  // The agent signs the id of what it has made itself, and a timestamp stands in the object too.
  const isBeyond = chosen.mode.isOnline && chosen.ports.timestamp !== undefined
  const mode = isBeyond ? 'false' : settings.agent
  if (given !== undefined) return mode === 'false' ? await withToken(given) : await signFor(payload, chosen, given)
  const door = composeLogin(chosen.configured, chosen.config)
  const steps = chooseSteps(settings.tokenProvider, door.surroundings)
  const step = steps.find(({ by }) => by === 'ambient')
  const ambient = step?.by === 'ambient' ? await askPlatform(chosen, step.provider) : undefined
  if (ambient !== undefined) {
    door.check(ambient)
    return mode === 'true' ? await signFor(payload, chosen, ambient) : await withToken(ambient)
  }
  const token = () => logIn(chosen, door, steps)
  if (mode === 'false') return await withToken(await token())
  const admit = ({ identity }: Checked) => door.confirm(identity, chosen.instance.name)
  const made = await askAgent(payload, chosen, wantedBy(chosen), { token, admit })
  return made.signed === undefined ? await withToken(made.token ?? (await token())) : await witness(made, chosen)
}

/** The agent's key for the identity that this token names, else the token. */
async function signFor(payload: Uint8Array, chosen: Chosen, token: IdentityToken): Promise<SignedPayload> {
  const { issuer, subject } = expectedIdentity(token)
  const wanted = { ...wantedBy(chosen), identities: [`${issuer} ${subject}`] }
  const made = await askAgent(payload, chosen, wanted, { token: async () => token, admit: async () => undefined })
  if (made.signed !== undefined) return await witness(made, chosen)
  return await chosen.mode.sign(payload, { ...chosen.ports, identity: { token: async () => token } })
}

function askAgent(
  payload: Uint8Array,
  chosen: Chosen,
  wanted: Wanted,
  how: Pick<SessionPorts, 'token' | 'admit'>,
): Promise<ByAgent> {
  const { configured, instance, ports } = chosen
  const { settings, world } = configured
  const options = {
    world,
    wanted,
    trust: instance.trust,
    ignoreSct: settings.insecureIgnoreSCT,
    online: chosen.mode.isOnline,
    loginTime: settings.loginTimeout * 1000,
    forwarded: settings.agentSocket === undefined ? undefined : resolvePath(settings.agentSocket, world),
    forward: settings.agentForward,
  }
  return signByAgent(payload, options, {
    ...how,
    certify: ports.ca.certify,
    note: (text) => note(chosen, text),
    tell: (text) => tell(chosen, text),
  })
}

// That a key signed which somebody logged in for earlier is shown each time, with how often it has.
async function witness(
  { signed, made, place }: Extract<ByAgent, { readonly place: string }>,
  chosen: Chosen,
): Promise<SignedPayload> {
  const { subject, issuer } = signed.identity
  const isOurs = place !== chosen.configured.settings.agentSocket
  const from = isOurs ? 'the agent' : 'the forwarded agent'
  if (made.uses > 1 || !isOurs) tell(chosen, `signed by ${from} as ${subject} (${issuer}), use ${made.uses}`)
  return await chosen.mode.witness(signed, chosen.ports)
}

function wantedBy({ configured: { settings }, instance, services, person }: Chosen): Wanted {
  const names = settings.identity.map(parseWanted)
  const identities = names.map(({ issuer, subject }) => (issuer === undefined ? subject : `${issuer} ${subject}`))
  return {
    instance: instanceKey(instance.name, services.fulcio),
    ...(identities.length === 0 ? {} : { identities }),
    ...(settings.matchCommitter ? { subjects: [person.email, person.name] } : {}),
  }
}

async function askPlatform({ configured, http }: Chosen, provider?: string): Promise<IdentityToken | undefined> {
  const { ambientToken } = await import('./ambient.ts')
  return await ambientToken(configured, http, provider)
}

/** A token that a kept login or a person gives: one whose holder may sign here and knows what will be public. */
async function logIn(chosen: Chosen, door: LoginDoor, steps: readonly Step[]): Promise<IdentityToken> {
  const { configured, instance } = chosen
  const kept = await composeKept(configured, { instance: instance.name, door }, (text) => note(chosen, text))
  const stored = steps.some(({ by }) => by === 'stored') ? await kept.token() : undefined
  if (stored !== undefined) door.check(stored)
  const token = stored ?? (await logInNow(chosen, door, steps, kept))
  await door.confirm(expectedIdentity(token), instance.name)
  return token
}

async function logInNow(
  chosen: Chosen,
  door: LoginDoor,
  steps: readonly Step[],
  kept: KeptLogins,
): Promise<IdentityToken> {
  const { settings } = chosen.configured
  const step = steps.find(({ by }) => by === 'login')
  if (step?.by !== 'login') throw noIdentity(settings.tokenProvider, door.surroundings, kept.why)
  if (kept.why !== undefined && settings.keychain) note(chosen, `the login is not kept: ${kept.why}`)
  const login = await door.logIn(step.flow, kept.why === undefined)
  door.check(login.token)
  const why = kept.why === undefined && login.refreshToken !== undefined ? await kept.keep(login) : undefined
  if (why !== undefined) note(chosen, `the login is not kept: ${why}`)
  return login.token
}

function note({ configured: { world } }: Chosen, text: string): void {
  world.write(2, `${world.name}: note: ${escapeText(text)}\n`)
}

function tell({ configured: { world } }: Chosen, text: string): void {
  const line = `${world.name}: ${escapeText(text)}\n`
  if (!writeTerminal(world, line)) world.write(2, line)
}
