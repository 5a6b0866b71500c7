// `whoami`: who a signature made now would name, without logging anybody in and without publishing anything.
import { readConfiguration } from '../compose/assessor.ts'
import { type AtHand, findIdentity, missingTokenFile } from '../compose/at-hand.ts'
import { composeStanding, openLogins, type Standing } from '../compose/standing.ts'
import { Fault } from '../errors.ts'
import { chooseSteps, HANDED_OVER, noIdentity } from '../oidc/choose.ts'
import type { World } from '../system/world.ts'
import { escapeJson, escapeText } from '../tell.ts'
import { type FlagTable, isSet, parseFlags } from './flags.ts'

export const WHOAMI_FLAGS: FlagTable = {
  'identity-token': { kind: 'value', value: 'TOKEN|FILE|-', help: 'say who this token would sign as' },
  instance: { kind: 'value', value: 'NAME', help: 'name of the Sigstore instance' },
  json: { kind: 'switch', help: 'one JSON document on stdout' },
}

/** Exit status 1 where signing would refuse this identity; a fault where there is none. */
export async function whoamiCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, WHOAMI_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'whoami takes no operands')
  const standing = composeStanding(await readConfiguration(world, flags.values))
  const note = (text: string) => world.write(2, `${world.name}: note: ${escapeText(text)}\n`)
  let unkept: string | undefined
  const found = await findIdentity(standing, async () => {
    const kept = await openLogins(standing, note)
    unkept = kept.why
    return kept
  })
  if (found === undefined) throw nobody(standing, unkept)
  const document = { version: 1, instance: standing.instance.name, ...found }
  world.write(1, isSet(flags, 'json') ? `${escapeJson(JSON.stringify(document))}\n` : text(document))
  return found.refused === undefined ? 0 : 1
}

/** @param unkept why no login can be kept: to log in ahead would help nobody then */
function nobody(standing: Standing, unkept?: string): Fault {
  const { world, settings } = standing.configured
  const { surroundings } = standing.door
  const { tokenProvider } = settings
  if (!chooseSteps(tokenProvider, surroundings).some(({ by }) => by === 'login'))
    return noIdentity(tokenProvider, surroundings, unkept)
  const byAgent = settings.agent === 'false' ? '' : ', which the agent keeps for as long as its certificate is valid'
  const hint =
    unkept === undefined
      ? `${world.name} login logs in`
      : `no login is kept (${unkept}): the next signature asks for one${byAgent}; ${HANDED_OVER} hands a token over`
  const missing = missingTokenFile(standing)
  const gone = missing === undefined ? '' : `, and there is no ${missing}`
  return new Fault('identity', `nobody is logged in here${gone}`, { hint })
}

function text({ subject, issuer, instance, source, refused }: AtHand & { readonly instance: string }): string {
  const rows = [
    ['issuer', issuer],
    ['instance', instance],
    ['from', source],
    ...(refused === undefined ? [] : [['refused', refused]]),
  ]
  return [
    escapeText(subject),
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(8)}  ${escapeText(value)}`),
    '',
  ].join('\n')
}
