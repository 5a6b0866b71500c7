// What the doctor finds where the person sits: terminal, browser, agent and keychain, and whose token signs.
import { findAgent, type Standing } from '../compose/standing.ts'
import type { Finding } from '../doctor/finding.ts'
import { type AgentFacts, checkAgent, checkCache, checkDisplay, checkKeychain, checkTerminal } from '../doctor/place.ts'
import { Fault } from '../errors.ts'
import { isKeychain, openKeychain, probeKeychain } from '../system/keychain.ts'
import { hasTerminal } from '../system/terminal.ts'
import { aboutToken } from './doctor-token.ts'

/** Milliseconds for the keychain: a person may have to unlock it. */
const UNLOCKING = 30_000

export async function lookAround(standing: Standing, offline: boolean): Promise<readonly Finding[]> {
  const { settings, world, sources } = standing.configured
  const { hasBrowser, isUnattended } = standing.door.surroundings
  const cache = settings.credentialCache === undefined ? undefined : sources.credentialCache
  return [
    checkTerminal(hasTerminal(world)),
    checkDisplay(hasBrowser, isUnattended),
    checkAgent(await agentFacts(standing)),
    checkKeychain(settings.keychain ? await whyNoKeychain(standing) : undefined, settings.keychain),
    ...checkCache(cache === undefined || cache.from === 'default' ? undefined : cache.name),
    ...(await aboutToken(standing, offline)),
  ]
}

async function agentFacts({ configured }: Standing): Promise<AgentFacts> {
  const enabled = configured.settings.agent !== 'false'
  const found = enabled ? await findAgent(configured) : undefined
  if (found === undefined) return { enabled, running: false, keys: 0 }
  return 'why' in found
    ? { enabled, running: true, why: found.why, hint: found.hint, keys: 0 }
    : { enabled, running: true, keys: found.keys.length }
}

async function whyNoKeychain({ configured: { world } }: Standing): Promise<string | undefined> {
  const opened = await openKeychain(world, { timeout: UNLOCKING })
  if (!isKeychain(opened)) return opened.why
  try {
    await probeKeychain(opened)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.message.replace(/^the keychain cannot be used: /, '')
    throw thrown
  }
}
