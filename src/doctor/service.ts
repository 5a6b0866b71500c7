// Whether the services that signing uses can be reached.
import { type Finding, fail, ok } from './finding.ts'

export interface Asked {
  /** `Fulcio`. */
  readonly name: string
  /** Base URL. */
  readonly url: string
  /** Milliseconds until it answered; undefined where it did not. */
  readonly took?: number
  /** Why not, one line. */
  readonly why?: string
}

export function checkService({ name, url, took, why }: Asked): Finding {
  const host = URL.canParse(url) ? new URL(url).host : url
  if (why === undefined) return ok(name, `${host} answers${took === undefined ? '' : ` in ${Math.round(took)} ms`}`)
  return fail(name, why, 'signing needs it: check the network, a proxy (HTTPS_PROXY) and the service')
}
