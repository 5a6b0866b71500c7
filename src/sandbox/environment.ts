// What other programs must know to use the sandbox: the same settings for a shell, for Git's configuration, for gitsign,
// and as JSON. Paths are quoted for a POSIX shell.
import { quoteShell } from '../quote.ts'
import { NOTICE } from './notice.ts'
import type { ServerRecord } from './record.ts'
import type { State } from './state.ts'

export const ENVIRONMENT_FORMATS = ['sh', 'git', 'gitsign', 'json'] as const
export type EnvironmentFormat = (typeof ENVIRONMENT_FORMATS)[number]

/** Which log is used to sign. Version 2 proves no time, so a timestamp server comes with it. */
export type RekorVersion = '1' | '2'

type Settings = Readonly<Record<string, string>>

/** Lines that a shell evaluates, or one JSON document. */
export function environmentText(
  format: EnvironmentFormat,
  rekor: RekorVersion,
  { urls }: Pick<ServerRecord, 'urls'>,
  state: Pick<State, 'path'>,
): string {
  const services = serviceSettings(rekor, urls)
  const files = {
    trustedRoot: state.path('trusted_root.json'),
    signingConfig: state.path('signing_config.json'),
  }
  if (format === 'git') return lines(gitConfig({ ...files, ...services }))
  if (format === 'gitsign') return lines(exports({ ...environment('GITSIGN', services), ...pemFiles(rekor, state) }))
  const own = { ...environment('GITSIGIL', files), ...environment('SIGSTORE', services) }
  return format === 'sh'
    ? lines(exports(own))
    : `${JSON.stringify({ notice: NOTICE, urls, ...files, env: own }, undefined, 2)}\n`
}

function serviceSettings(rekor: RekorVersion, urls: ServerRecord['urls']): Settings {
  const log = { rekor: rekor === '1' ? urls.rekor1 : urls.rekor2, rekorVersion: rekor }
  const services = { fulcio: urls.fulcio, ...log, issuer: urls.issuer }
  return rekor === '1' ? services : { ...services, timestampServerURL: `${urls.tsa}/api/v1/timestamp` }
}

const NAMES: Settings = {
  trustedRoot: 'TRUSTED_ROOT',
  signingConfig: 'SIGNING_CONFIG',
  fulcio: 'FULCIO_URL',
  rekor: 'REKOR_URL',
  rekorVersion: 'REKOR_VERSION',
  issuer: 'OIDC_ISSUER',
  timestampServerURL: 'TIMESTAMP_SERVER_URL',
}

function environment(prefix: string, settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${prefix}_${NAMES[name]}`, value]))
}

/** gitsign reads no trusted root; it takes the keys one by one. */
function pemFiles(rekor: RekorVersion, state: Pick<State, 'path'>): Settings {
  return {
    SIGSTORE_ROOT_FILE: state.path('fulcio.pem'),
    SIGSTORE_REKOR_PUBLIC_KEY: state.path(`rekor${rekor}.pub.pem`),
    SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: state.path('ct.pub.pem'),
    GITSIGN_TIMESTAMP_CERT_CHAIN: state.path('tsa.pem'),
    GITSIGN_REKOR_MODE: 'offline',
  }
}

function exports(settings: Settings): readonly string[] {
  return Object.entries(settings).map(([name, value]) => `export ${name}=${quoteShell(value)}`)
}

function gitConfig(settings: Settings): readonly string[] {
  return Object.entries(settings).map(([name, value]) => `git config gitsigil.${name} ${quoteShell(value)}`)
}

function lines(commands: readonly string[]): string {
  return [`# ${NOTICE}`, ...commands].map((line) => `${line}\n`).join('')
}
