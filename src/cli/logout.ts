// `logout`: forgets the logins that are kept for this instance and issuer, has the issuer end them, and ends the agent
// with its keys.
import { askAgent } from '../agent/ask.ts'
import { agentPlace } from '../agent/place.ts'
import { readConfiguration } from '../compose/assessor.ts'
import { composeStanding, openLogins } from '../compose/standing.ts'
import { Fault } from '../errors.ts'
import { encodeAccount, type KeptLogin, keptFor } from '../oidc/kept.ts'
import { isAbsence } from '../system/keychain.ts'
import type { World } from '../system/world.ts'
import { escapeJson, escapeText } from '../tell.ts'
import { type FlagTable, isSet, parseFlags } from './flags.ts'

export const LOGOUT_FLAGS: FlagTable = {
  all: { kind: 'switch', help: 'the logins of every instance and issuer' },
  instance: { kind: 'value', value: 'NAME', help: 'name of the Sigstore instance to log out of' },
  json: { kind: 'switch', help: 'one JSON document on stdout' },
}

export async function logoutCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, LOGOUT_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'logout takes no operands')
  const standing = composeStanding(await readConfiguration(world, flags.values))
  const agentEnded = await endAgent(world)
  const kept = await openLogins(standing, (text) => world.write(2, `${world.name}: note: ${escapeText(text)}\n`))
  const all = await kept.list()
  const { door, instance } = standing
  const here = keptFor(all.map(encodeAccount), { instance: instance.name, issuer: door.issuer })
  const removed = isSet(flags, 'all') ? all : here
  const why = kept.why ?? (await kept.forget(removed))
  const isDone = why === undefined || isAbsence(why)
  const result = { removed: why === undefined ? removed : [], agentEnded, ...(why === undefined ? {} : { why }) }
  const document = { version: 1, ...result }
  world.write(1, isSet(flags, 'json') ? `${escapeJson(JSON.stringify(document))}\n` : textOf(result))
  if (isDone) return 0
  throw new Fault('io', `logins may still be kept: ${why}`, { hint: 'unlock the keychain and try again' })
}

async function endAgent(world: World): Promise<boolean> {
  const { socket } = agentPlace(world)
  const asked = await askAgent({ op: 'stop' }, { socket, platform: world.platform })
  return asked.answer === 'stopped'
}

interface Result {
  readonly removed: readonly KeptLogin[]
  readonly agentEnded: boolean
  readonly why?: string
}

function textOf({ removed, agentEnded, why }: Result): string {
  const lines = [
    ...removed.map(({ subject, issuer }) => `removed the login of ${escapeText(subject)} at ${escapeText(issuer)}`),
    ...(agentEnded ? ['ended the agent, and its keys with it'] : []),
  ]
  const done = lines.length === 0 ? ['nobody was logged in'] : lines
  const unseen = why === undefined ? [] : [`the keychain was not looked into: ${escapeText(why)}`]
  return [...done, ...unseen, ''].join('\n')
}
