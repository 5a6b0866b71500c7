// Configuration becomes the parts that sign: clients of the services, the token, and the check of what was made.

import { describeSource } from '../config/resolve.ts'
import { resolveServices, type Services } from '../config/services.ts'
import { Fault } from '../errors.ts'
import { createFulcioClient } from '../fulcio/client.ts'
import { parseIdentity } from '../fulcio/identity.ts'
import { checkWanted, parseWanted } from '../oidc/confirm.ts'
import type { IdentityToken } from '../oidc/token.ts'
import { createRekorClient } from '../rekor/client.ts'
import { isSamePerson } from '../report/people.ts'
import type { BundlePorts } from '../sign/bundle.ts'
import type { ProvingKey } from '../sign/key.ts'
import type { Chain, SignedPayload } from '../sign/sign.ts'
import { gitValue } from '../system/git-config.ts'
import type { Http } from '../system/http.ts'
import { readStaleNote, refreshIfDue } from '../trust/daily-client.ts'
import type { Instance } from '../trust/instance.ts'
import type { SigningConfig } from '../trust/signing-config.ts'
import { createTimestampClient } from '../tsa/client.ts'
import { onlineCheck } from '../verify/online.ts'
import { type Assessor, type Configured, composeAssessor, composeTrust } from './assessor.ts'
import { composeMode } from './mode.ts'
import { composeHttp, composeSigningConfig } from './services.ts'
import { readGivenToken } from './token.ts'

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
  readonly config: SigningConfig | undefined
  readonly services: Services
  readonly http: Http
}

/** Time for a refresh of the trusted root, in milliseconds: a signature must not wait long for it. */
const REFRESH_BUDGET = 5_000
const NO_STDIN = 'standard input holds what is to be signed'

/** What of the process is left for signing: whether standard input may hold the token, as it is not the payload. */
export interface Left {
  readonly hasStdin: boolean
}

/** Throws `config` for services that do not fit together, and what composeAssessor throws. */
export async function composeSigner(configured: Configured, left: Left): Promise<Signer> {
  const noStdin = left.hasStdin ? undefined : NO_STDIN
  const { notes, ...parts } = await composeSigning(configured, noStdin)
  const mode = await composeMode(configured, parts.services)
  const sign = async (payload: Uint8Array) => {
    mode.check(payload)
    const given = isTokenGiven(configured) ? await givenToken(configured, noStdin) : undefined
    if (given !== undefined && configured.settings.agent !== 'true')
      return await mode.sign(payload, { ...parts.ports, identity: { token: async () => given } })
    // Loaded only where it is needed: with a token at hand a signature takes what it took.
    const { signAsChosen } = await import('./chosen.ts')
    return await signAsChosen(payload, { ...parts, configured, person: configuredPerson(configured), mode }, given)
  }
  return { ...(await composeAssessor(configured)), notes: [...notes, ...cacheNote(configured)], sign }
}

/** Signs, and verifies what was made: what does not verify here would verify nowhere. Throws `trust` then. */
export async function signVerified(signer: Signer, payload: Uint8Array) {
  const signed = await signer.sign(payload)
  const { armored, object, entry } = signed
  const assessment = signer.assess(payload, armored, object && onlineCheck({ object, entries: [entry] }))
  if (assessment.ok) return { signed, identity: assessment.verdict.signer.identity }
  const { check, why } = assessment.rejection
  throw new Fault(
    'trust',
    `the new signature does not verify under instance ${signer.instance.name}: ${check}: ${why}`,
    {
      hint: 'are the services and the trusted root of the same instance, and is this clock right?',
    },
  )
}

function cacheNote({ settings, sources }: Configured): readonly string[] {
  if (settings.credentialCache === undefined) return []
  return [
    `${describeSource(sources.credentialCache)} is not used: that cache hands out the private key; ` +
      "gitsigil's own agent keeps it to itself",
  ]
}

/**
 * @param noStdin why the token cannot come from standard input; undefined where it can
 * @throws `config` for services that do not fit together, and what composeTrust throws
 */
export async function composeSigning(configured: Configured, noStdin?: string): Promise<Signing> {
  const { world } = configured
  const notes = await refreshTrust(configured)
  const instance = composeTrust(configured).standard
  const config = composeSigningConfig(configured, instance.name)
  const services = resolveServices(configured, config, world.now())
  const http = composeHttp(configured)
  const { logs } = instance.trust
  const log = (url: string) => createRekorClient({ http, url, version: services.rekorVersion, logs })
  const ports = {
    identity: { token: () => givenToken(configured, noStdin) },
    ca: {
      certify: async (token: IdentityToken, key: ProvingKey) =>
        checkCommitter(configured, await composeFulcio(configured, http, services.fulcio).certify(token, key)),
    },
    log: log(services.rekor),
    furtherLogs: services.further.rekor.map(log),
    furtherTimestamps: services.further.timestamp.map((url) => createTimestampClient({ http, url })),
    ...(services.timestamp === undefined
      ? {}
      : { timestamp: createTimestampClient({ http, url: services.timestamp }) }),
    clock: world,
  } satisfies BundlePorts
  return { ports, instance, notes, config, services, http }
}

function composeFulcio({ settings, world }: Configured, http: Http, url: string) {
  return createFulcioClient({ http, url, now: world.now, mayLackSct: settings.insecureIgnoreSCT })
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

function isTokenGiven({ settings: { identityToken, tokenProvider } }: Configured): boolean {
  return tokenProvider === 'envvar' || (tokenProvider === undefined && Boolean(identityToken))
}

async function givenToken(configured: Configured, noStdin?: string): Promise<IdentityToken> {
  const token = await readGivenToken(configured, noStdin)
  // Before Fulcio and Rekor publish it for ever: somebody else is noticed on the token already.
  checkWanted(token, wantedIdentities(configured))
  return token
}

function wantedIdentities(configured: Configured) {
  const identities = configured.settings.identity.map(parseWanted)
  return { identities, ...(configured.settings.matchCommitter ? { committer: configuredPerson(configured) } : {}) }
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
