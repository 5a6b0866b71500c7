// The part of the library that reaches a network: ports for `sign` on Fulcio, Rekor and a timestamp authority, over one
// HTTP client with time-outs, size limits and bounded retries.
import { createFulcioClient } from './fulcio/client.ts'
import { checkToken, type IdentityToken, parseToken } from './oidc/token.ts'
import { createRekorClient } from './rekor/client.ts'
import type { Ports } from './sign/sign.ts'
import { createHttp } from './system/http.ts'
import type { TrustedRoot } from './trust/root.ts'
import { createTimestampClient } from './tsa/client.ts'
import { VERSION } from './version.ts'

export type { IdentityToken } from './oidc/token.ts'
export type { Ports } from './sign/sign.ts'

/** Where to sign. URLs are https, or of this machine. */
export interface ServiceOptions {
  /** Base URL of the certificate authority. */
  readonly fulcio: string
  /** Base URL of the transparency log. */
  readonly rekor: string
  readonly rekorVersion: 1 | 2
  /** Full URL of an RFC 3161 endpoint. Needed with Rekor v2, which proves no time. */
  readonly timestamp?: string
  /** Gives an OIDC token, as text; asked once for each signature. */
  token(): string | Promise<string>
  /** Audience that the token must be for. Default: `sigstore`. */
  readonly audience?: string
  /** The root that the signature will be verified with: names the logs. */
  readonly trust: TrustedRoot
  /** Proxies and the like, as in the process's environment. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. Default: this machine's clock. */
  now?(): number
}

/**
 * Ports for `sign`, `signBundle` and `signStatement`. They throw a `Fault`: `ca`, `log`, `tsa`, `network`, or `identity`
 * for what is no token, or none to use now. What was signed is *not* verified: do so under `trust` before it is given away.
 */
export function createPorts(options: ServiceOptions): Ports {
  const { fulcio, rekor, rekorVersion, timestamp, trust, env = {}, now = Date.now } = options
  const http = createHttp({ userAgent: `gitsigil/${VERSION}`, env })
  return {
    identity: { token: () => readToken(options, now()) },
    ca: createFulcioClient({ http, url: fulcio, now }),
    log: createRekorClient({ http, url: rekor, version: rekorVersion, logs: trust.logs }),
    ...(timestamp === undefined ? {} : { timestamp: createTimestampClient({ http, url: timestamp }) }),
    clock: { now },
  }
}

async function readToken({ token: ask, audience = 'sigstore' }: ServiceOptions, now: number): Promise<IdentityToken> {
  const token = parseToken(await ask(), 'the token given')
  checkToken(token, audience, now)
  return token
}
