// What `status` says.

import { usesText } from '../agent/use.ts'
import type { KeptLogin } from '../oidc/kept.ts'
import type { LoginFlow } from '../oidc/login.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { days } from '../trust/record.ts'

export interface TrustState {
  readonly source: 'file' | 'pem' | 'cache' | 'embedded'
  /** What names the file. */
  readonly named?: string
  readonly sandbox: boolean
  /** When it was last refreshed, or embedded. RFC 3339. */
  readonly since?: string
}

export interface IdentityState {
  readonly by: 'given' | 'ambient' | 'agent' | 'kept' | 'login' | 'nobody'
  readonly subject?: string
  readonly issuer?: string
  readonly source?: string
  readonly refused?: string
  /** How the next signature logs in. */
  readonly flow?: LoginFlow
  /** A file that should hold a token, and is not there. */
  readonly missing?: string
  /** Why nobody would sign, and what to do. */
  readonly why?: string
  readonly hint?: string
}

export interface AgentState {
  readonly running: boolean
  readonly why?: string
  /** For the instance at hand. */
  readonly keys: readonly {
    readonly subject: string
    readonly issuer: string
    readonly expires: string
    readonly uses: number
  }[]
}

export interface StatusDocument {
  readonly version: 1
  readonly instance: string
  readonly trust: TrustState
  readonly identity: IdentityState
  readonly agent: AgentState
  readonly keychain: { readonly why?: string; readonly logins: readonly KeptLogin[] }
  readonly services: Readonly<Record<string, unknown>> & {
    readonly issuer: string
    readonly fulcio: string
    readonly rekor: string
  }
  /** How far each log was looked at for this repository; absent where no monitor has run. */
  readonly monitor?: readonly {
    readonly log: string
    readonly next: number
    readonly waiting: number
    readonly looked: string
  }[]
}

export function statusText(world: Pick<World, 'now' | 'name'>, document: StatusDocument): string {
  const { instance, trust, identity, agent, keychain, services, monitor = [] } = document
  const rows: readonly (readonly [string, string])[] = [
    ['identity', identityText(identity)],
    ['instance', `${instance}${trust.sandbox ? ', a sandbox' : ''}`],
    ['trust', trustText(trust, world.now())],
    ['agent', agentText(agent)],
    ['keychain', keychainText(keychain)],
    ['issuer', services.issuer],
    ['services', `${services.fulcio}, ${services.rekor}`],
    ...monitor.map((one) => ['monitor', monitorText(one)] as const),
  ]
  return rows.map(([name, value]) => `${name.padEnd(8)}  ${escapeText(value)}\n`).join('')
}

function monitorText({ log, next, waiting, looked }: NonNullable<StatusDocument['monitor']>[number]): string {
  const wait = waiting === 0 ? '' : `, waits for the objects of ${waiting}`
  const far = next === 0 ? 'no entry yet' : `up to entry ${next - 1}`
  return `${log} ${far}, last looked at ${looked}${wait}`
}

export function trustText({ source, since, named }: TrustState, now: number): string {
  const age = since === undefined ? '' : `, ${ageText(now - Date.parse(since))}`
  if (source === 'file') return `the trusted root that ${named} names`
  if (source === 'pem') return 'keys and certificates that the configuration names'
  return source === 'embedded' ? `came with this program${age}` : `fetched by TUF${age}`
}

export function ageText(span: number): string {
  const count = days(span)
  if (count < 1) return 'less than a day old'
  return count === 1 ? 'a day old' : `${count} days old`
}

function identityText({ by, subject, issuer, source, refused, flow, missing, why }: IdentityState): string {
  const who = `${subject} (${issuer})`
  const but = refused === undefined ? '' : `; signing refuses it: ${refused}`
  if (subject === undefined && (by === 'given' || by === 'ambient'))
    return `that of ${source}, asked for at each signature`
  if (by === 'given' || by === 'ambient') return `${who}, by the token from ${source}${but}`
  if (by === 'agent') return `${who}, held by the agent`
  if (by === 'kept') return `${subject}, by the login that is kept`
  if (by === 'nobody') return `nobody: ${why}`
  const where = flow === 'browser' ? 'in a browser' : 'with a code for another device'
  const gone = missing === undefined ? '' : `, and there is no ${missing}`
  return `nobody is logged in${gone}: the next signature asks, ${where}`
}

function agentText({ running, why, keys }: AgentState): string {
  if (why !== undefined) return `not used: ${why}`
  if (!running) return 'does not run; signing starts it'
  if (keys.length === 0) return 'runs, holds no key for this instance'
  return `runs, ${keys.map(({ subject, expires, uses }) => `${subject} until ${expires}, ${usesText(uses)}`).join('; ')}`
}

function keychainText({ why, logins }: StatusDocument['keychain']): string {
  if (why !== undefined) return `not used: ${why}`
  if (logins.length === 0) return 'open, no login kept'
  return `open, ${logins.map(({ subject, instance }) => `${subject} at ${instance}`).join('; ')}`
}
