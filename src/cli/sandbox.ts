// `gitsigil sandbox start|status|stop|env|token`: a complete Sigstore on this machine, for trying and testing only. Says
// so on stderr each time; stdout holds what was asked for and nothing else.
import { join } from 'node:path'
import { Fault } from '../errors.ts'
import { findServer, startInBackground, stopServer } from '../sandbox/background.ts'
import { ENVIRONMENT_FORMATS, environmentText } from '../sandbox/environment.ts'
import { parseFault } from '../sandbox/fault.ts'
import { mintToken } from '../sandbox/issuer.ts'
import { NOTICE } from '../sandbox/notice.ts'
import { untilAskedToStop } from '../sandbox/process.ts'
import type { ServerRecord } from '../sandbox/record.ts'
import { SERVICE_NAMES } from '../sandbox/service.ts'
import { startSandbox } from '../sandbox/start.ts'
import { stateAt } from '../sandbox/state.ts'
import { resolvePath } from '../system/files.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { flagValue, isSet, type ParsedFlags, parseFlags } from './flags.ts'
import { noSuchAction } from './misspelt.ts'
import { ACTION_FLAGS, issuersOf, portsOf, tokenRequestOf } from './sandbox-flags.ts'

type Action = (world: World, directory: string, flags: ParsedFlags) => Promise<number>

const ACTIONS: Readonly<Record<keyof typeof ACTION_FLAGS, Action>> = { start, status, stop, env, token }

/** Exit status 0 where it was done; `status`, `env` and `token` without a running sandbox end as a fault. */
export async function sandboxCommand(world: World, args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  const action = Object.keys(ACTION_FLAGS).find((known) => known === name) as keyof typeof ACTION_FLAGS | undefined
  if (action === undefined) throw noSuchAction(world, 'sandbox', name, Object.keys(ACTION_FLAGS))
  const flags = parseFlags(rest, ACTION_FLAGS[action])
  if (flags.operands.length > 0) throw new Fault('usage', `sandbox ${action} takes no operands`)
  world.write(2, `${NOTICE}\n`)
  return ACTIONS[action](world, directoryOf(world, flags), flags)
}

async function start(world: World, directory: string, flags: ParsedFlags): Promise<number> {
  const faults = (flags.values.get('fault') ?? []).map(parseFault)
  const options = { directory, ports: portsOf(flags), faults, issuers: issuersOf(flags) }
  if (isSet(flags, 'detach')) {
    tellServer(world, await startInBackground(directory, argumentsOf(directory, flags)), directory)
    return 0
  }
  const stopped = untilAskedToStop()
  const log = (line: string) => world.write(2, `${world.name}: sandbox: ${escapeText(line)}\n`)
  const sandbox = await startSandbox({ ...options, now: world.now, log })
  tellServer(world, sandbox, directory)
  await stopped
  await sandbox.close()
  return 0
}

/** The arguments for the process in the background: the same ones, with the directory as it was understood here. */
function argumentsOf(directory: string, flags: ParsedFlags): readonly string[] {
  const lists = ['port', 'fault', 'trust-issuer']
  const given = lists.flatMap((name) => (flags.values.get(name) ?? []).map((value) => `--${name}=${value}`))
  return [`--directory=${directory}`, ...given]
}

function tellServer(world: World, { urls }: Pick<ServerRecord, 'urls'>, directory: string): void {
  const rows = [...SERVICE_NAMES.map((name) => [name, urls[name]] as const), ['directory', directory] as const]
  world.write(1, rows.map(([name, value]) => `${name.padEnd(10)} ${escapeText(value)}\n`).join(''))
}

async function status(world: World, directory: string): Promise<number> {
  tellServer(world, await runningServer(world, directory), directory)
  return 0
}

async function stop(world: World, directory: string): Promise<number> {
  const wasRunning = await stopServer(directory)
  world.write(1, wasRunning ? 'stopped\n' : 'no sandbox was running\n')
  return 0
}

async function env(world: World, directory: string, flags: ParsedFlags): Promise<number> {
  const format = oneOf(flags, 'format', ENVIRONMENT_FORMATS)
  const rekor = oneOf(flags, 'rekor', ['1', '2'] as const)
  world.write(1, environmentText(format, rekor, await runningServer(world, directory), stateAt(directory)))
  return 0
}

async function token(world: World, directory: string, flags: ParsedFlags): Promise<number> {
  const request = tokenRequestOf(flags)
  const { urls } = await runningServer(world, directory)
  const key = await stateAt(directory).key('issuer', 'rsa2048')
  world.write(1, `${await mintToken(key, urls.issuer, request, world.now())}\n`)
  return 0
}

async function runningServer(world: World, directory: string): Promise<ServerRecord> {
  const server = await findServer(directory)
  if (server !== undefined) return server
  throw new Fault('io', `sandbox: none is running in ${directory}`, { hint: `${world.name} sandbox start --detach` })
}

function oneOf<T extends string>(flags: ParsedFlags, name: string, values: readonly [T, ...T[]]): T {
  const given = flagValue(flags, name) ?? values[0]
  const value = values.find((known) => known === given)
  if (value === undefined)
    throw new Fault('usage', `--${name} is one of ${values.join(', ')}, not ${JSON.stringify(given)}`)
  return value
}

function directoryOf(world: World, flags: ParsedFlags): string {
  const given = flagValue(flags, 'directory')
  if (given !== undefined && given !== '') return resolvePath(given, world)
  const { XDG_STATE_HOME: base, HOME: home } = world.env
  if (base?.startsWith('/') === true) return join(base, 'gitsigil', 'sandbox')
  if (home !== undefined && home !== '') return join(home, '.local', 'state', 'gitsigil', 'sandbox')
  throw new Fault('usage', 'sandbox needs --directory where there is no HOME')
}
