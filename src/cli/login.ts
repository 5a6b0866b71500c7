// `login`: logs in ahead of the first signature, and keeps the login in the keychain where there is one. Publishes nothing.
import { readConfiguration } from '../compose/assessor.ts'
import { composeStanding, openLogins, type Standing } from '../compose/standing.ts'
import { Fault } from '../errors.ts'
import { HANDED_OVER, IN_CI } from '../oidc/choose.ts'
import { expectedIdentity } from '../oidc/expected-identity.ts'
import type { LoginFlow } from '../oidc/login.ts'
import { isAbsence } from '../system/keychain.ts'
import type { World } from '../system/world.ts'
import { escapeJson, escapeText } from '../tell.ts'
import { type FlagTable, flagValue, isSet, type ParsedFlags, parseFlags } from './flags.ts'

export const LOGIN_FLAGS: FlagTable = {
  device: { kind: 'switch', help: 'by a code that is entered on any device, instead of a browser here' },
  browser: { kind: 'switch', help: 'by a browser here, whether or not one was found' },
  instance: { kind: 'value', value: 'NAME', help: 'name of the Sigstore instance to log in for' },
  json: { kind: 'switch', help: 'one JSON document on stdout' },
}

export async function loginCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, LOGIN_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'login takes no operands')
  const standing = composeStanding(await readConfiguration(world, flags.values))
  const { door, instance } = standing
  const tell = (kind: string, text: string) => world.write(2, `${world.name}: ${kind}: ${escapeText(text)}\n`)
  const kept = await openLogins(standing, (text) => tell('note', text))
  const flow = flowFor(flags, standing)
  for (const [note, hint] of doubts(standing, kept.why)) {
    tell('note', note)
    tell('hint', hint)
  }
  const login = await door.logIn(flow, kept.why === undefined)
  // Somebody else than is configured would only be refused at each signature: not kept.
  door.check(login.token)
  const why = await kept.keep(login)
  const { subject, issuer } = expectedIdentity(login.token)
  const document = { version: 1, subject, issuer, instance: instance.name, kept: why === undefined, why }
  world.write(
    1,
    isSet(flags, 'json') ? `${escapeJson(JSON.stringify(document))}\n` : text(document, hasAgent(standing)),
  )
  return 0
}

function flowFor(flags: ParsedFlags, { configured, door }: Standing): LoginFlow {
  const [device, browser] = [flagValue(flags, 'device') === 'true', flagValue(flags, 'browser') === 'true']
  if (device && browser) throw new Fault('usage', '--device and --browser exclude each other')
  if (device || (configured.settings.tokenProvider === 'device' && !browser)) return 'device'
  return browser || door.surroundings.hasBrowser ? 'browser' : 'device'
}

type Doubt = readonly [note: string, hint: string]

/** Told before anybody is sent to log in: why it may be for nothing, and what helps. */
function doubts(standing: Standing, why: string | undefined): readonly Doubt[] {
  const inVain: Doubt = ['this is a CI job, where nobody logs in', IN_CI]
  return [
    ...(standing.door.surroundings.isUnattended ? [inVain] : []),
    ...(why === undefined ? [] : [unkept(why, hasAgent(standing))]),
  ]
}

function unkept(why: string, isHeld: boolean): Doubt {
  const open = isAbsence(why) ? '' : 'unlock the keychain; or '
  const agent = isHeld ? ', and the agent keeps that login' : ''
  return [
    `this login will not be kept: ${why}`,
    `${open}sign, which asks for a login itself${agent}; where nobody can log in, set ${HANDED_OVER}`,
  ]
}

function hasAgent({ configured }: Standing): boolean {
  return configured.settings.agent !== 'false'
}

interface Result {
  readonly subject: string
  readonly issuer: string
  readonly why: string | undefined
}

function text({ subject, issuer, why }: Result, isHeld: boolean): string {
  const after = isHeld ? ', which the agent keeps for as long as its certificate is valid' : ''
  const kept =
    why === undefined
      ? 'kept in the keychain: signing asks nobody until it ends'
      : `not kept: ${escapeText(why)}; the next signature asks for a login again${after}`
  return `logged in as ${escapeText(subject)} (${escapeText(issuer)})\n${kept}\n`
}
