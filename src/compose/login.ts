// Configuration becomes a login: who may be asked, where they sit, how they are told, and how they stop it.
import { join } from 'node:path'
import { decodeUtf8 } from '../bytes.ts'
import { resolveIssuer } from '../config/services.ts'
import { Fault } from '../errors.ts'
import type { Surroundings } from '../oidc/choose.ts'
import { checkWanted, confirmName, parseWanted } from '../oidc/confirm.ts'
import { confirmedIn } from '../oidc/confirmed-client.ts'
import type { ExpectedIdentity } from '../oidc/expected-identity.ts'
import type { Login, LoginFlow, LoginOptions } from '../oidc/login.ts'
import { type LoginPorts, logIn, refreshLogin, revokeLogin } from '../oidc/login-client.ts'
import type { IdentityToken } from '../oidc/token.ts'
import { Secret } from '../secret.ts'
import { findBrowser } from '../system/browser.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import { gitValue } from '../system/git-config.ts'
import { askTerminal, hasTerminal, writeTerminal } from '../system/terminal.ts'
import { waitFor } from '../system/wait.ts'
import type { World } from '../system/world.ts'
import { stateDirectory } from '../trust/place.ts'
import type { SigningConfig } from '../trust/signing-config.ts'
import type { Configured } from './assessor.ts'
import { composeHttp } from './services.ts'

/** All that logging in takes. What waits for a person throws `interrupted` on Ctrl-C. */
export interface LoginDoor {
  /** URL of the issuer that people log in at. */
  readonly issuer: string
  readonly surroundings: Surroundings
  /** @param keep asks for a refresh token as well */
  logIn(flow: LoginFlow, keep: boolean): Promise<Login>
  /** Undefined where the issuer has no more of this refresh token. */
  refresh(refreshToken: Secret): Promise<Login | undefined>
  /** Ends a refresh token of that issuer; false where it has no way to. */
  revoke(issuer: string, refreshToken: Secret): Promise<boolean>
  /** Throws `identity` where somebody else than configured would sign. */
  check(token: IdentityToken): void
  /** Shows, once for each new identity, what will be public; for tokens of a person, not of a workload. */
  confirm(identity: Pick<ExpectedIdentity, 'issuer' | 'subject'>, instance: string): Promise<void>
}

/** Milliseconds that the issuer's answers may take together. */
const NETWORK_BUDGET = 60_000
/** The same for a revocation, which is worth no longer wait: nothing is kept here by then. */
const REVOKE_BUDGET = 10_000
const CI = ['CI', 'GITHUB_ACTIONS', 'GITLAB_CI', 'BUILDKITE', 'CIRCLECI', 'TF_BUILD', 'JENKINS_URL']

/** @param isShown that stderr is seen while a command runs; Git keeps it to itself */
export function composeLogin(configured: Configured, config: SigningConfig | undefined, isShown = false): LoginDoor {
  const { settings, world } = configured
  const issuer = resolveIssuer(configured, config, world.now())
  const openBrowser = findBrowser(world, settings.urlOpener)
  const http = composeHttp(configured, NETWORK_BUDGET)
  const options = () => loginOptions(configured, issuer)
  const atTerminal = hasTerminal(world)
  const tell = (text: string) => {
    if (!writeTerminal(world, text)) world.write(2, text)
  }
  const ports: LoginPorts = {
    http,
    openBrowser,
    tell,
    now: world.now,
    ...(atTerminal ? { ask: (question, signal) => askTerminal(world, question, signal) } : {}),
  }
  return {
    issuer,
    surroundings: {
      hasGiven: Boolean(settings.identityToken),
      hasBrowser: openBrowser !== undefined,
      isShown: isShown || atTerminal || settings.logPath !== undefined,
      isUnattended: CI.some((name) => /^(?!false$|0$)./i.test(world.env[name] ?? '')),
    },
    logIn: (flow, keep) => interruptible(world, (signal) => logIn({ ...options(), flow, keep }, { ...ports, signal })),
    refresh: (refreshToken) => refreshLogin(options(), refreshToken, ports),
    revoke: (at, refreshToken) =>
      revokeLogin(at === issuer ? options() : { ...options(), issuer: at, clientSecret: undefined }, refreshToken, {
        ...ports,
        http: composeHttp(configured, REVOKE_BUDGET),
      }),
    check: (token) => checkWanted(token, wantedBy(configured)),
    confirm: (identity, instance) => confirm(configured, identity, instance, ports),
  }
}

function loginOptions({ settings, world }: Configured, issuer: string): LoginOptions {
  const { clientID, clientSecretFile, redirectURL, connectorID, autoclose, autocloseTimeout } = settings
  return {
    flow: 'browser',
    issuer,
    clientID,
    clientSecret: clientSecretFile === undefined ? undefined : readSecret(resolvePath(clientSecretFile, world)),
    redirectURL,
    connectorID,
    autoclose,
    autocloseTimeout,
    timeout: settings.loginTimeout * 1000,
  }
}

function readSecret(path: string): Secret {
  return new Secret(decodeUtf8(readBytes(path), path).trim())
}

function wantedBy({ settings, git }: Configured) {
  const committer = { name: gitValue(git, 'user.name') ?? '', email: gitValue(git, 'user.email') ?? '' }
  return { identities: settings.identity.map(parseWanted), ...(settings.matchCommitter ? { committer } : {}) }
}

async function confirm(
  configured: Configured,
  identity: Pick<ExpectedIdentity, 'issuer' | 'subject'>,
  instance: string,
  { tell, ask }: LoginPorts,
) {
  const { settings, world } = configured
  const state = stateDirectory(world.env)
  const timeout = settings.loginTimeout * 1000
  const bounded = (question: string) =>
    interruptible(world, (signal) => {
      const stop = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
      return waitFor(ask?.(question, stop) ?? Promise.resolve(undefined), { timeout, signal, late: unanswered })
    })
  await confirmName(
    identity,
    { instance, mode: settings.confirmIdentity },
    { ...confirmedIn(state && join(state, 'confirmed')), tell, ask: ask && bounded },
  )
}

function unanswered(): Fault {
  return new Fault('identity', 'nobody answered whether to publish this identity; nothing was', {
    hint: 'answer y at the terminal, or set gitsigil.confirmIdentity to false',
  })
}

// Ctrl-C ends what waits for the issuer, too; `work` hears of it to tidy up.
async function interruptible<T>(world: World, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const interrupted = Promise.withResolvers<never>()
  const forget = world.onInterrupt?.(() => {
    stop.abort()
    interrupted.reject(new Fault('interrupted', 'interrupted'))
  })
  try {
    return await Promise.race([work(stop.signal), interrupted.promise])
  } finally {
    forget?.()
  }
}
