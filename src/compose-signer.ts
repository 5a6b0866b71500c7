// Configuration becomes the parts that sign: clients of the services, the token, and the check of what was made.
import { type Assessor, type Configured, composeAssessor, composeTrust } from './compose.ts'
import { describeSource } from './config/resolve.ts'
import { resolveServices } from './config/services.ts'
import { Fault } from './errors.ts'
import { createFulcioClient } from './fulcio/client.ts'
import { parseIdentity } from './fulcio/identity.ts'
import { tokenFrom } from './oidc/source.ts'
import type { IdentityToken } from './oidc/token.ts'
import { createRekorClient } from './rekor/client.ts'
import { isSamePerson } from './report/people.ts'
import type { BundlePorts } from './sign/bundle.ts'
import { type Chain, type SignedPayload, signPayload } from './sign/sign.ts'
import { readBytes, readBytesIfAny, resolvePath } from './system/files.ts'
import { gitValue } from './system/git-config.ts'
import { createHttp, type Http } from './system/http.ts'
import { readStaleNote, refreshIfDue } from './trust/daily-client.ts'
import type { Instance } from './trust/instance.ts'
import { parseSigningConfig, type SigningConfig } from './trust/signing-config.ts'
import { readSigningConfig } from './trust/store-client.ts'
import { createTimestampClient } from './tsa/client.ts'
import { VERSION } from './version.ts'

export type Signed = SignedPayload

/** Signs, and verifies with the same trust as a reader would. */
export interface Signer extends Assessor, Pick<Signing, 'notes'> {
  sign(payload: Uint8Array): Promise<Signed>
}

/** What signs, whatever is signed. */
export interface Signing {
  readonly ports: BundlePorts
  /** Whose services they are. */
  readonly instance: Instance
  /** What the signer should be told; nothing of it stops a signature. */
  readonly notes: readonly string[]
}

/** Time for a refresh of the trusted root, in milliseconds: a signature must not wait long for it. */
const REFRESH_BUDGET = 5_000
const NO_STDIN = 'standard input holds what is to be signed'

/** Throws `config` for services that do not fit together, and what composeAssessor throws. */
export async function composeSigner(configured: Configured): Promise<Signer> {
  const { ports, notes } = await composeSigning(configured, NO_STDIN)
  return { ...(await composeAssessor(configured)), notes, sign: (payload) => signPayload(payload, ports) }
}

/**
 * @param noStdin why the token cannot come from standard input; undefined where it can
 * @throws `config` for services that do not fit together, and what composeTrust throws
 */
export async function composeSigning(configured: Configured, noStdin?: string): Promise<Signing> {
  const { world } = configured
  const notes = await refreshTrust(configured)
  const instance = composeTrust(configured).standard
  const config = readConfig(configured, instance.name)
  const services = resolveServices(configured, config, world.now())
  const http = composeHttp(configured)
  const { logs } = instance.trust
  const log = (url: string) => createRekorClient({ http, url, version: services.rekorVersion, logs })
  const ports: BundlePorts = {
    identity: { token: () => findToken(configured, noStdin) },
    ca: {
      certify: async (token, key) =>
        checkCommitter(configured, await composeFulcio(configured, http, services.fulcio).certify(token, key)),
    },
    log: log(services.rekor),
    furtherLogs: services.further.rekor.map(log),
    furtherTimestamps: services.further.timestamp.map((url) => createTimestampClient({ http, url })),
    ...(services.timestamp === undefined
      ? {}
      : { timestamp: createTimestampClient({ http, url: services.timestamp }) }),
    clock: world,
  }
  return { ports, instance, notes }
}

function composeFulcio({ settings, world }: Configured, http: Http, url: string) {
  return createFulcioClient({ http, url, now: world.now, mayLackSct: settings.insecureIgnoreSCT })
}

function composeHttp({ world }: Configured, budget?: number): Http {
  const limit = budget === undefined ? {} : { budget }
  return createHttp({ userAgent: `gitsigil/${VERSION}`, env: world.env, ...limit })
}

// Signing is online anyway, so it keeps the trusted root fresh for the verifications that never are.
async function refreshTrust(configured: Configured): Promise<readonly string[]> {
  const { env, world } = configured
  const { standard } = composeTrust(configured)
  const failure = await refreshIfDue(env, standard, composeHttp(configured, REFRESH_BUDGET), world.now())
  if (failure === undefined) return []
  const stale = readStaleNote(env, standard, world.now())
  return stale === undefined ? [] : [`${stale.why} (${stale.hint}), and refreshing failed: ${failure.message}`]
}

function readConfig({ settings, world, env }: Configured, instance: string): SigningConfig | undefined {
  if (settings.signingConfig === undefined) return readSigningConfig(env, instance)
  const path = resolvePath(settings.signingConfig, world)
  try {
    return parseSigningConfig(readBytes(path))
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'parse') throw cause
    throw new Fault('config', `signingConfig ${path}: ${cause.message}`, { cause })
  }
}

async function findToken(configured: Configured, noStdin: string | undefined): Promise<IdentityToken> {
  const { settings, sources, world } = configured
  const { identityToken, tokenProvider, tokenFile, clientID: audience } = settings
  if (identityToken === '-' && noStdin !== undefined)
    throw new Fault('config', `${describeSource(sources.identityToken)}: ${noStdin}`)
  const token = await tokenFrom(
    { identityToken, tokenProvider, tokenFile, audience },
    {
      readFile: (path) => readBytesIfAny(resolvePath(path, world)),
      readStdin: world.readStdin,
      now: world.now,
    },
  )
  checkClaims(configured, token)
  return token
}

// Before Fulcio and Rekor publish it for ever: an address that is not the committer's is noticed on the token already.
function checkClaims(configured: Configured, { claims }: IdentityToken): void {
  if (!configured.settings.matchCommitter || claims.email === undefined) return
  const { email } = configuredPerson(configured)
  if (claims.email !== email) throw mismatch(claims.email, email)
}

function checkCommitter(configured: Configured, chain: Chain): Chain {
  if (!configured.settings.matchCommitter) return chain
  const identity = parseIdentity(chain.leaf)
  const person = configuredPerson(configured)
  if (!isSamePerson(identity, person))
    throw mismatch(identity.subject, identity.type === 'email' ? person.email : person.name)
  return chain
}

function configuredPerson({ git }: Configured) {
  return { name: gitValue(git, 'user.name') ?? '', email: gitValue(git, 'user.email') ?? '' }
}

function mismatch(identity: string, person: string): Fault {
  return new Fault('identity', `the identity ${identity} is not the committer ${person || '(none configured)'}`, {
    hint: 'matchCommitter asks for this: set user.email or user.name, or sign in as somebody else',
  })
}
