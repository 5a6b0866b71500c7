// Flags of `sandbox`, and what they are turned into.
import { Fault } from '../errors.ts'
import { CI_PROVIDERS } from '../sandbox/ci.ts'
import { FAULT_HELP } from '../sandbox/fault.ts'
import type { TokenRequest } from '../sandbox/issuer.ts'
import type { IssuerType, TrustedIssuer } from '../sandbox/principal.ts'
import { type Ports, SERVICE_NAMES } from '../sandbox/service.ts'
import { githubWorkflow, gitlabPipeline } from '../sandbox/workload.ts'
import { type FlagTable, flagValue, type ParsedFlags } from './flags.ts'

const DIRECTORY: FlagTable = {
  directory: { kind: 'value', value: 'DIR', help: 'where the sandbox keeps its keys, logs and trust' },
}

const START: FlagTable = {
  detach: { kind: 'switch', help: 'start: run in the background; the messages go to sandbox.log' },
  port: { kind: 'list', value: 'SERVICE=PORT', help: `start: a port for one of ${SERVICE_NAMES.join(', ')}` },
  fault: { kind: 'list', value: 'SERVICE:KIND[:N]', help: `start: misbehave; ${FAULT_HELP}` },
  'trust-issuer': { kind: 'list', value: 'TYPE=URL', help: 'start: take tokens of another issuer too' },
}

const ENV: FlagTable = {
  format: { kind: 'value', value: 'sh|git|gitsign|json', help: 'env: for a shell (default), for git config, ...' },
  rekor: { kind: 'value', value: '1|2', help: 'env: the log to sign with; 1 unless given' },
}

const TOKEN: FlagTable = {
  email: { kind: 'value', value: 'ADDR', help: 'token: of a person' },
  github: { kind: 'value', value: 'OWNER/REPO[@REF]', help: 'token: of a GitHub Actions workflow' },
  gitlab: { kind: 'value', value: 'GROUP/PROJECT[@REF]', help: 'token: of a GitLab pipeline' },
  username: { kind: 'value', value: 'NAME', help: 'token: of a user name' },
  uri: { kind: 'value', value: 'URI', help: 'token: of a https://sandbox.example URI' },
  aud: { kind: 'value', value: 'TEXT', help: 'token: its audience; sigstore unless given' },
  ttl: { kind: 'value', value: 'SECONDS', help: 'token: how long it lives; below zero for one that has expired' },
  claim: { kind: 'list', value: 'NAME=VALUE', help: 'token: one more claim, or another value for one' },
}

/** The flags of each action. */
export const ACTION_FLAGS = {
  start: { ...DIRECTORY, ...START },
  status: DIRECTORY,
  stop: DIRECTORY,
  env: { ...DIRECTORY, ...ENV },
  token: { ...DIRECTORY, ...TOKEN },
} as const satisfies Readonly<Record<string, FlagTable>>

/** All of them, for the help. */
export const SANDBOX_FLAGS: FlagTable = { ...DIRECTORY, ...START, ...ENV, ...TOKEN }

export function portsOf(flags: ParsedFlags): Ports {
  return Object.fromEntries(
    (flags.values.get('port') ?? []).map((given) => {
      const [, service, port] = /^(\w+)=(\d{1,5})$/.exec(given) ?? []
      if (!SERVICE_NAMES.some((name) => name === service) || Number(port) > 65_535)
        throw new Fault('usage', `--port ${JSON.stringify(given)} is not SERVICE=PORT`)
      return [service, Number(port)]
    }),
  )
}

export function issuersOf(flags: ParsedFlags): readonly TrustedIssuer[] {
  const types: readonly string[] = ['email', 'uri', 'username', ...Object.keys(CI_PROVIDERS)]
  return (flags.values.get('trust-issuer') ?? []).map((given) => {
    const [type = '', ...rest] = given.split('=')
    const url = rest.join('=')
    if (types.includes(type) && URL.canParse(url)) return { url, type: type as IssuerType }
    throw new Fault('usage', `--trust-issuer ${JSON.stringify(given)} is not TYPE=URL`, {
      hint: `TYPE is one of ${types.join(', ')}`,
    })
  })
}

/** Exactly one identity, and what is to be said of it. */
export function tokenRequestOf(flags: ParsedFlags): TokenRequest {
  const given = Object.keys(IDENTITIES).filter((name) => flags.values.has(name))
  const [name] = given
  const make = name === undefined ? undefined : IDENTITIES[name]
  if (name === undefined || make === undefined || given.length > 1)
    throw new Fault('usage', `a token needs exactly one of --${Object.keys(IDENTITIES).join(', --')}`)
  const request = make(flagValue(flags, name) ?? '')
  const aud = flagValue(flags, 'aud')
  const ttl = flagValue(flags, 'ttl')
  return {
    ...request,
    ...(aud === undefined ? {} : { audience: aud }),
    ...(ttl === undefined ? {} : { ttl: secondsOf(ttl) }),
    claims: { ...request.claims, ...claimsOf(flags) },
  }
}

const IDENTITIES: Readonly<Record<string, (value: string) => TokenRequest>> = {
  email: emailOf,
  github: (value) => githubWorkflow(...repositoryOf('--github', value)),
  gitlab: (value) => gitlabPipeline(...repositoryOf('--gitlab', value)),
  username: (sub) => ({ folder: 'username', claims: { sub } }),
  uri: (sub) => ({ folder: 'uri', claims: { sub } }),
}

function emailOf(email: string): TokenRequest {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return { email }
  throw new Fault('usage', `--email ${JSON.stringify(email)} is not an email address`)
}

function repositoryOf(flag: string, value: string): readonly [string, string] {
  const [, repository, ref = 'refs/heads/main'] = /^([^\s@/]+(?:\/[^\s@/]+)+)(?:@(\S+))?$/.exec(value) ?? []
  if (repository === undefined) throw new Fault('usage', `${flag} ${JSON.stringify(value)} is not OWNER/REPO[@REF]`)
  return [repository, ref.startsWith('refs/') ? ref : `refs/heads/${ref}`]
}

function secondsOf(value: string): number {
  if (!/^-?\d{1,9}$/.test(value)) throw new Fault('usage', `--ttl ${JSON.stringify(value)} is not a number of seconds`)
  return Number(value)
}

// `true`, `false` and numbers are given as JSON has them: email_verified=false must not become a text.
function claimsOf(flags: ParsedFlags): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (flags.values.get('claim') ?? []).map((given) => {
      const at = given.indexOf('=')
      if (at < 1) throw new Fault('usage', `--claim ${JSON.stringify(given)} is not NAME=VALUE`)
      const value = given.slice(at + 1)
      return [given.slice(0, at), /^(?:true|false|\d{1,15})$/.test(value) ? JSON.parse(value) : value]
    }),
  )
}
