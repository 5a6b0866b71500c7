// `gitsigil agent start|status|stop`: the process that keeps a login for as long as its certificate is valid. Signing
// starts it by itself; by hand it can be started to be watched, or to be forwarded to other machines.

import type { AgentStatus } from '../agent/answer.ts'
import { askAgent, silenceText } from '../agent/ask.ts'
import { agentPlace, type Place } from '../agent/place.ts'
import { startAgent } from '../agent/start.ts'
import { Fault } from '../errors.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { documentOf, statusText } from './agent-report.ts'
import { type FlagTable, flagValue, isSet, parseFlags } from './flags.ts'
import { noSuchAction } from './misspelt.ts'

export const AGENT_FLAGS: FlagTable = {
  forward: {
    kind: 'value',
    value: 'true|confirm|false',
    help: 'start: a second socket that may be forwarded to other machines; confirm: each use is asked for, by SSH_ASKPASS',
  },
  foreground: { kind: 'switch', help: 'start: stay, and print each use' },
  idle: { kind: 'value', value: 'SECONDS', help: 'start: end after so long without a key; 28800 unless given' },
  json: { kind: 'switch', help: 'one JSON document on stdout' },
}

type Forward = 'false' | 'true' | 'confirm'

interface Options {
  readonly forward: Forward
  /** Seconds. */
  readonly idle: number | undefined
  readonly foreground: boolean
  readonly json: boolean
}

/** Without a key for so long, one that was started by itself ends. */
const IDLE = 60
const IDLE_BY_HAND = 8 * 3600
const START_PATIENCE = 5_000

export async function agentCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, AGENT_FLAGS)
  const [action, ...more] = flags.operands
  if (more.length > 0) throw new Fault('usage', 'agent takes one action alone')
  const options = {
    forward: readForward(flagValue(flags, 'forward')),
    idle: readSeconds(flagValue(flags, 'idle')),
    foreground: isSet(flags, 'foreground'),
    json: isSet(flags, 'json'),
  }
  const place = agentPlace(world)
  switch (action) {
    case 'start':
      return await start(world, place, options)
    case 'status':
      return await status(world, place, options)
    case 'stop':
      return await stop(world, place, options)
    case 'serve':
      return await serve(world, place, { ...options, idle: options.idle ?? IDLE })
    default:
      throw noSuchAction(world, 'agent', action, ['start', 'status', 'stop'])
  }
}

async function start(world: World, place: Place, options: Options): Promise<number> {
  const idle = options.idle ?? IDLE_BY_HAND
  const running = await findAgent(world, place)
  if (running !== undefined && (running.forward !== undefined) !== (options.forward !== 'false'))
    throw new Fault(
      'usage',
      `an agent runs already, ${running.forward === undefined ? 'not ' : ''}open for forwarding`,
      {
        hint: `${world.name} agent stop ends it, and its keys with it`,
      },
    )
  if (options.foreground && running === undefined) return await serve(world, place, { ...options, idle })
  if (running === undefined) {
    const flags = [`--forward=${options.forward}`, `--idle=${idle}`]
    if (!(await startAgent(world, { place, flags, patience: START_PATIENCE })))
      throw new Fault('io', 'the agent did not start', { hint: `${world.name} agent start --foreground shows why` })
  }
  return await status(world, place, options)
}

async function status(world: World, place: Place, { json }: Options): Promise<number> {
  const found = await findAgent(world, place)
  if (json) world.write(1, documentOf(place, found))
  else world.write(1, found === undefined ? 'no agent runs\n' : statusText(place, found))
  return 0
}

async function stop(world: World, place: Place, { json }: Options): Promise<number> {
  const found = await findAgent(world, place)
  if (found !== undefined) await askAgent({ op: 'stop' }, { socket: place.socket, platform: world.platform })
  if (json) world.write(1, documentOf(place, undefined))
  else world.write(1, found === undefined ? 'no agent runs\n' : 'the agent ends, and its keys with it\n')
  return 0
}

async function serve(world: World, place: Place, options: Options & { readonly idle: number }): Promise<number> {
  const { serveAgent } = await import('../agent/serve.ts')
  const { askPerson } = await import('../agent/confirm.ts')
  await serveAgent({
    place,
    platform: world.platform,
    idle: options.idle * 1000,
    forward: options.forward,
    confirm: (question) => askPerson(world, question),
    tell: (line) => {
      if (options.foreground) world.write(2, `${world.name}: ${escapeText(line)}\n`)
    },
    now: world.now,
  })
  return 0
}

async function findAgent({ platform }: World, { socket }: Place): Promise<AgentStatus | undefined> {
  const asked = await askAgent({ op: 'status' }, { socket, platform })
  if (asked.answer === 'status') return asked
  if (asked.answer === undefined && asked.state === 'gone') return undefined
  const why = asked.answer === undefined ? silenceText(asked) : 'the agent is of another version'
  // An unsafe directory stays so: no signature starts an agent there.
  const own = asked.answer === undefined ? asked.hint : undefined
  throw new Fault('io', why, { hint: own ?? 'the next signature starts a new one in its place' })
}

function readForward(text: string | undefined): Forward {
  if (text === undefined) return 'false'
  if (text === 'true' || text === 'false' || text === 'confirm') return text
  throw new Fault('usage', `--forward is true, confirm or false, not ${JSON.stringify(text)}`)
}

function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new Fault('usage', `--idle is a number of seconds, not ${JSON.stringify(text)}`)
}
