// What the doctor finds where the person sits: terminal, browser, agent, keychain, and a token that was handed over.
import { findAgent, fromToken, type Standing } from '../compose/standing.ts'
import { readGivenToken } from '../compose/token.ts'
import { type Finding, fail, ok } from '../doctor/finding.ts'
import { type AgentFacts, checkAgent, checkCache, checkDisplay, checkKeychain, checkTerminal } from '../doctor/place.ts'
import { Fault } from '../errors.ts'
import { chooseSteps } from '../oidc/choose.ts'
import { isKeychain, openKeychain, probeKeychain } from '../system/keychain.ts'
import { hasTerminal } from '../system/terminal.ts'

const ANOTHER = 'hand over another token, or unset what holds it'
/** Milliseconds for the keychain: a person may have to unlock it. */
const UNLOCKING = 30_000

export async function lookAround(standing: Standing): Promise<readonly Finding[]> {
  const { settings, world, sources } = standing.configured
  const { hasBrowser, isUnattended } = standing.door.surroundings
  const cache = settings.credentialCache === undefined ? undefined : sources.credentialCache
  return [
    checkTerminal(hasTerminal(world)),
    checkDisplay(hasBrowser, isUnattended),
    checkAgent(await agentFacts(standing)),
    checkKeychain(settings.keychain ? await whyNoKeychain(standing) : undefined, settings.keychain),
    ...checkCache(cache === undefined || cache.from === 'default' ? undefined : cache.name),
    ...(await checkGivenToken(standing)),
  ]
}

// It is used in place of any login, so one that is too old stops every signature.
async function checkGivenToken(standing: Standing): Promise<readonly Finding[]> {
  const { configured, door } = standing
  const [first] = chooseSteps(configured.settings.tokenProvider, door.surroundings)
  // What comes on standard input comes when it signs.
  if (first?.by !== 'given' || configured.settings.identityToken === '-') return []
  try {
    const { subject, issuer, refused } = fromToken(standing, await readGivenToken(configured), 'given')
    return [refused === undefined ? ok('token', `${subject} (${issuer})`) : fail('token', refused, ANOTHER)]
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return [fail('token', thrown.message, thrown.hint ?? ANOTHER)]
  }
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
