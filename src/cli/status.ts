// `status`: instance and trust, who would sign, agent and keychain, in a few lines. Asks no service.
import { readConfiguration } from '../compose/assessor.ts'
import { foreseeIdentity, missingTokenFile } from '../compose/at-hand.ts'
import { readMonitorStanding } from '../compose/monitor-standing.ts'
import { composeStanding, findAgent, keysFor, openLogins, type Standing } from '../compose/standing.ts'
import { describeSource } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import { chooseSteps, noIdentity } from '../oidc/choose.ts'
import type { KeptLogins } from '../oidc/kept-client.ts'
import type { World } from '../system/world.ts'
import { escapeJson } from '../tell.ts'
import { isSandbox } from '../trust/here-client.ts'
import { instancesDirectory } from '../trust/place.ts'
import { PUBLIC_GOOD_DATE } from '../trust/public-good.ts'
import { readRecord } from '../trust/store-client.ts'
import { type FlagTable, isSet, parseFlags } from './flags.ts'
import {
  type AgentState,
  type IdentityState,
  type StatusDocument,
  statusText,
  type TrustState,
} from './status-report.ts'

export const STATUS_FLAGS: FlagTable = {
  instance: { kind: 'value', value: 'NAME', help: 'name of the Sigstore instance' },
  json: { kind: 'switch', help: 'one JSON document on stdout' },
}

export async function statusCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, STATUS_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'status takes no operands')
  const standing = composeStanding(await readConfiguration(world, flags.values))
  const kept = await openLogins(standing, () => undefined)
  const agent = await agentState(standing)
  const { services, door, instance } = standing
  const document: StatusDocument = {
    version: 1,
    instance: instance.name,
    trust: trustState(standing),
    identity: await identityState(standing, kept),
    agent,
    keychain: { ...(kept.why === undefined ? {} : { why: kept.why }), logins: await kept.list() },
    services: { ...services, issuer: door.issuer },
    ...(await monitorState(world)),
  }
  world.write(1, isSet(flags, 'json') ? `${escapeJson(JSON.stringify(document))}\n` : statusText(world, document))
  return 0
}

async function monitorState(world: World): Promise<Pick<StatusDocument, 'monitor'>> {
  const logs = await readMonitorStanding(world)
  const told = logs.map(({ looked, ...rest }) => ({ ...rest, looked: new Date(looked).toISOString() }))
  return logs.length === 0 ? {} : { monitor: told }
}

function trustState({ instance, configured }: Standing): TrustState {
  const { source, name } = instance
  const instances = instancesDirectory(configured.env)
  const record = source === 'cache' && instances !== undefined ? readRecord(instances, name) : undefined
  const since = source === 'embedded' ? PUBLIC_GOOD_DATE : record?.refreshed
  const { trustedRoot } = configured.sources
  return {
    source,
    ...(source === 'file' ? { named: describeSource(trustedRoot) } : {}),
    sandbox: isSandbox(instance),
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
  }
}

async function agentState(standing: Standing): Promise<AgentState> {
  if (standing.configured.settings.agent === 'false')
    return { running: false, why: 'gitsigil.agent is false', keys: [] }
  const found = await findAgent(standing.configured)
  if (found === undefined) return { running: false, keys: [] }
  if ('why' in found) return { running: true, why: found.why, keys: [] }
  const keys = keysFor(standing, found).map(({ subject, issuer, expires, uses }) => ({
    subject,
    issuer,
    expires: new Date(expires).toISOString(),
    uses,
  }))
  return { running: true, keys }
}

async function identityState(standing: Standing, kept: KeptLogins): Promise<IdentityState> {
  try {
    return (await foreseeIdentity(standing, async () => kept)) ?? loginState(standing, kept.why)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return nobody(thrown)
  }
}

function loginState(standing: Standing, unkept: string | undefined): IdentityState {
  const { configured, door } = standing
  const { tokenProvider } = configured.settings
  const last = chooseSteps(tokenProvider, door.surroundings).at(-1)
  if (last?.by !== 'login') return nobody(noIdentity(tokenProvider, door.surroundings, unkept))
  const missing = missingTokenFile(standing)
  return { by: 'login', flow: last.flow, ...(missing === undefined ? {} : { missing }) }
}

function nobody({ message, hint }: Fault): IdentityState {
  return { by: 'nobody', why: message, ...(hint === undefined ? {} : { hint }) }
}
