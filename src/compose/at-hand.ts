// Who a signature made now would name, found in the order in which signing looks. Publishes nothing, and logs nobody in.

import { describeSource } from '../config/resolve.ts'
import { chooseSteps } from '../oidc/choose.ts'
import { type ExpectedIdentity, expectedIdentity } from '../oidc/expected-identity.ts'
import type { KeptLogin } from '../oidc/kept.ts'
import type { KeptLogins } from '../oidc/kept-client.ts'
import type { IdentityToken } from '../oidc/token.ts'
import { readBytesIfAny, resolvePath } from '../system/files.ts'
import { composeHttp } from './services.ts'
import { findAgent, keysFor, refusalOf, type Standing } from './standing.ts'
import { readGivenToken } from './token.ts'

/** Who would sign, and what says so. */
export interface AtHand extends Pick<ExpectedIdentity, 'subject' | 'issuer'> {
  readonly by: 'given' | 'ambient' | 'agent' | 'kept'
  /** For people: `SIGSTORE_ID_TOKEN`. */
  readonly source: string
  /** Why signing would refuse it. */
  readonly refused?: string
}

/** What would be asked who signs, and was not. */
export interface Unasked {
  readonly by: 'given' | 'ambient'
  /** For people: `github-actions`. */
  readonly source: string
  readonly subject?: never
}

/** Milliseconds that the platform's services may take together. */
const AMBIENT_BUDGET = 10_000
const KEPT = { by: 'kept', source: 'the login that is kept' } as const

/** Where it may be found: what each gives, undefined where it has none. */
interface Ways<Found> {
  given(): Promise<Found>
  platform(provider?: string): Promise<Found | undefined>
  kept(): Promise<Found | undefined>
}

/** Undefined where somebody must log in. Asks the platform, and the issuer of a login that is kept, for a token. */
export async function findIdentity(standing: Standing, kept: () => Promise<KeptLogins>): Promise<AtHand | undefined> {
  return await lookThrough<AtHand>(standing, {
    given: () => fromGiven(standing),
    platform: (provider) => askPlatform(standing, provider),
    async kept() {
      const token = await (await kept()).token()
      return token && { ...fromToken(standing, token, 'kept'), ...KEPT }
    },
  })
}

/**
 * The same as far as it can be told without taking anything from anybody: no login that is kept is used up, standard input
 * is not read, and the platform is asked only where `asksPlatform` is true.
 */
export async function foreseeIdentity(
  standing: Standing,
  kept: () => Promise<KeptLogins>,
  asksPlatform = false,
): Promise<AtHand | Unasked | undefined> {
  const isOnInput = standing.configured.settings.identityToken === '-'
  return await lookThrough<AtHand | Unasked>(standing, {
    given: async () => (isOnInput ? { by: 'given', source: 'standard input' } : await fromGiven(standing)),
    platform: (provider) => (asksPlatform ? askPlatform(standing, provider) : foreseePlatform(standing, provider)),
    kept: async () => fromKept(await (await kept()).find()),
  })
}

/** `FILE, which gitsigil.tokenFile names`, where signing would take a token from there and there is no such file. */
export function missingTokenFile({ configured, door }: Standing): string | undefined {
  const { settings, sources, world } = configured
  const { tokenFile, tokenProvider } = settings
  if (tokenFile === undefined || tokenProvider !== undefined || door.surroundings.hasGiven) return undefined
  const path = resolvePath(tokenFile, world)
  return readBytesIfAny(path) === undefined ? `${path}, which ${describeSource(sources.tokenFile)} names` : undefined
}

async function lookThrough<Found>(standing: Standing, ways: Ways<Found>): Promise<Found | AtHand | undefined> {
  const { configured, door } = standing
  for (const step of chooseSteps(configured.settings.tokenProvider, door.surroundings)) {
    if (step.by === 'given') return await ways.given()
    if (step.by === 'login') return undefined
    const stored = async () => (await fromAgent(standing)) ?? (await ways.kept())
    const found = step.by === 'ambient' ? await ways.platform(step.provider) : await stored()
    if (found !== undefined) return found
  }
  return undefined
}

async function askPlatform(standing: Standing, provider?: string): Promise<AtHand | undefined> {
  const { configured } = standing
  const { ambientToken } = await import('./ambient.ts')
  const token = await ambientToken(configured, composeHttp(configured, AMBIENT_BUDGET), provider)
  return token && fromToken(standing, token, 'ambient')
}

async function foreseePlatform(standing: Standing, provider?: string): Promise<AtHand | Unasked | undefined> {
  const { ambientUnasked } = await import('./ambient.ts')
  const found = await ambientUnasked(standing.configured, provider)
  if (found === undefined) return undefined
  return 'asks' in found ? { by: 'ambient', source: found.asks } : fromToken(standing, found, 'ambient')
}

async function fromAgent(standing: Standing): Promise<AtHand | undefined> {
  const status = standing.configured.settings.agent === 'false' ? undefined : await findAgent(standing.configured)
  const [key, ...more] = status === undefined || 'why' in status ? [] : keysFor(standing, status)
  if (key === undefined || more.length > 0) return undefined
  return { subject: key.subject, issuer: key.issuer, by: 'agent', source: 'a key that the agent holds' }
}

async function fromGiven(standing: Standing): Promise<AtHand> {
  return fromToken(standing, await readGivenToken(standing.configured), 'given')
}

function fromKept(login: KeptLogin | undefined): AtHand | undefined {
  return login && { subject: login.subject, issuer: login.issuer, ...KEPT }
}

function fromToken(standing: Standing, token: IdentityToken, by: AtHand['by']): AtHand {
  const { subject, issuer } = expectedIdentity(token)
  const refused = refusalOf(standing, token)
  return { subject, issuer, by, source: token.source, ...(refused === undefined ? {} : { refused }) }
}
