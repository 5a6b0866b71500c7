// Which services sign: what the options name, else what the instance's signing config offers, else public good's.
import { Fault } from '../errors.ts'
import { chooseServices, type ServiceOffer, type SigningConfig } from '../trust/signing-config.ts'
import type { Resolved } from './resolve.ts'

export interface Services {
  /** Base URLs. */
  readonly fulcio: string
  readonly rekor: string
  readonly rekorVersion: 1 | 2
  /** Full endpoint. Always with Rekor v2, which proves no time; with v1 only where it is configured by hand. */
  readonly timestamp: string | undefined
  /** What the signing config asks for beside these: a bundle has room for it, a signature in Git has not. */
  readonly further: {
    readonly rekor: readonly string[]
    readonly timestamp: readonly string[]
  }
}

const DEFAULT_FULCIO = 'https://fulcio.sigstore.dev'
const DEFAULT_ISSUER = 'https://oauth2.sigstore.dev/auth'
const DEFAULT_REKOR = 'https://rekor.sigstore.dev'

/** @throws `config` for what cannot be signed with: too few services, Rekor v2 without timestamps */
export function resolveServices(resolved: Resolved, config: SigningConfig | undefined, now: number): Services {
  const { settings } = resolved
  const { fulcio, rekor, timestampServerURL } = settings
  const isComplete = fulcio !== undefined && rekor !== undefined && timestampServerURL !== undefined
  const chosen = config === undefined || isComplete ? undefined : chooseServices(config, now, wantedVersion(resolved))
  const [offer] = chosen?.logs ?? []
  const rekorVersion = versionOf(resolved, config, offer)
  const [authority] = chosen?.timestampAuthorities ?? []
  const timestamp = timestampServerURL ?? (rekorVersion === 2 ? (authority?.url ?? noTimestamps()) : undefined)
  const authorities = timestampServerURL === undefined ? (chosen?.timestampAuthorities ?? []) : []
  return {
    fulcio: fulcio ?? chosen?.ca.url ?? DEFAULT_FULCIO,
    rekor: rekor ?? offer?.url ?? DEFAULT_REKOR,
    rekorVersion,
    timestamp,
    further: {
      rekor: rekor === undefined ? (chosen?.logs ?? []).slice(1).map(({ url }) => url) : [],
      timestamp: authorities.map(({ url }) => url).filter((url) => url !== timestamp),
    },
  }
}

/** The issuer to log in at. Throws `config` where the instance's signing config has none. */
export function resolveIssuer({ settings }: Resolved, config: SigningConfig | undefined, now: number): string {
  if (settings.issuer !== undefined) return settings.issuer
  return config === undefined ? DEFAULT_ISSUER : chooseServices(config, now).oidc.url
}

// A log that is named by hand may be of a version that the config does not offer.
function wantedVersion({ settings }: Resolved): { readonly logVersions?: readonly number[] } {
  const { rekor, rekorMode } = settings
  // Of what v2 holds nothing can be searched for.
  const rekorVersion = settings.rekorVersion ?? (rekorMode === 'online' ? '1' : undefined)
  return rekorVersion === undefined || rekor !== undefined ? {} : { logVersions: [Number(rekorVersion)] }
}

// A log named by hand without its version is what the config says it is, else v1 as in gitsign.
function versionOf(
  { settings: { rekor, rekorVersion } }: Resolved,
  config: SigningConfig | undefined,
  offer: ServiceOffer | undefined,
): 1 | 2 {
  if (rekorVersion !== undefined) return rekorVersion === '2' ? 2 : 1
  const named = rekor === undefined ? offer : config?.logs.find(({ url }) => isSameUrl(url, rekor))
  return named?.majorApiVersion === 2 ? 2 : 1
}

function isSameUrl(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
}

function noTimestamps(): never {
  throw new Fault('config', 'Rekor v2 needs a timestamp server, and none is configured', {
    hint: 'set gitsigil.timestampServerURL, or use gitsigil.rekorVersion 1',
  })
}
