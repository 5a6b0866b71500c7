// The one place for HTTP: time limits, size limits while reading, bounded retries within one budget, proxies, and
// errors of one line. Refuses plain http off this machine, credentials in URLs, and redirects of anything but a bare GET.
import { Fault, type FaultCode } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { attempt, type Fetch } from './http-attempt.ts'
import type { Failure, HttpResponse } from './http-failure.ts'
import { failureFault } from './http-fault.ts'
import { checkServiceUrl } from './http-url.ts'
import { createNetworkBudget } from './network-budget.ts'
import { checkDirect, type ProxyEnvironment } from './proxy.ts'

export type { HttpResponse } from './http-failure.ts'

export interface HttpRequest {
  /** Named in errors: `Fulcio`. */
  readonly service: string
  /** https, or http on loopback. */
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  /** The Accept header; `application/json` unless given. */
  readonly accept?: string
  /** Milliseconds for one attempt, its body included. 10,000 unless given. */
  readonly timeout?: number
  /** Largest body accepted, in bytes after decompression. 1 MiB unless given. */
  readonly maxBytes?: number
  /** What a larger body is called in the fault; continues `SERVICE at HOST ...`. */
  readonly tooLarge?: string
  /** `idempotent`: may be sent again after a failure. Unless given, a GET is and a POST is not. */
  readonly retry?: 'idempotent' | 'never'
  /** Code of the fault when the service answers, but not as it should. No answer at all is `network`. */
  readonly code: FaultCode
  /** Cut out of every error, should the service repeat them; a request that carries one follows no redirect. */
  readonly secrets?: readonly Secret[]
  /** The URL may also be that of Google's metadata server, which speaks plain http. */
  readonly metadata?: boolean
}

/**
 * Sends requests. An answer with any status but 408, 425, 429, 3xx and 5xx other than 501 is returned for the caller to
 * judge; those, and no answer, are retried where that is allowed and end as a fault.
 */
export interface Http {
  request(request: HttpRequest): Promise<HttpResponse>
}

export interface HttpOptions {
  readonly userAgent: string
  /** Milliseconds that all requests may take together, waiting included; what happens between them is not counted. */
  readonly budget?: number
  /** HTTPS_PROXY, NO_PROXY and their lower-case forms are read. */
  readonly env?: ProxyEnvironment
  readonly fetch?: Fetch
  readonly now?: () => number
  readonly sleep?: (ms: number) => Promise<void>
  /** A number in [0, 1), for the spread of retries. */
  readonly random?: () => number
}

const DEFAULT_BUDGET = 30_000
const DEFAULT_TIMEOUT = 10_000
const DEFAULT_MAX_BYTES = 1 << 20
const MAX_ATTEMPTS = 4
const FIRST_WAIT = 200
/** Longer than this nobody waits for a service that asks for patience, however large the budget. */
const MAX_WAIT = 300_000

export function createHttp(options: HttpOptions): Http {
  const sleep = options.sleep ?? pause
  const random = options.random ?? Math.random
  const now = options.now ?? Date.now
  const budget = createNetworkBudget(options.budget ?? DEFAULT_BUDGET, now)
  // Hosts that asked for patience, and until when. Others of our requests would only make it worse.
  const pauses = new Map<string, number>()

  async function takePause({ service }: HttpRequest, { host }: URL): Promise<void> {
    const left = (pauses.get(host) ?? 0) - now()
    if (left <= 0) return
    if (left >= budget.remaining())
      throw new Fault('network', `${service} at ${host} was not asked: it asks to wait ${Math.ceil(left / 1000)} s`)
    await sleep(left)
  }

  /** The one that was told waits by itself. */
  async function waitFor({ host }: URL, { after }: Failure, wait: number): Promise<void> {
    const until = now() + wait
    if (after !== undefined) pauses.set(host, Math.max(until, pauses.get(host) ?? 0))
    await sleep(wait)
    if (pauses.get(host) === until) pauses.delete(host)
  }

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const url = checkServiceUrl(request.service, request.url, request.metadata)
    checkDirect(url, options.env ?? {})
    for (let count = 1; ; count++) {
      if (count === 1) await takePause(request, url)
      const timeout = Math.min(request.timeout ?? DEFAULT_TIMEOUT, budget.remaining())
      if (timeout <= 0) throw new Fault('network', `${request.service} at ${url.host} was not asked: no time is left`)
      const outcome = await attempt(requestLimits(request, timeout), url, options)
      if (outcome.ok) return outcome.response
      const wait = outcome.failure.after ?? FIRST_WAIT * 3 ** (count - 1) * (0.5 + random() / 2)
      if (!mayRetry(request, outcome.failure, count) || wait >= Math.min(budget.remaining(), MAX_WAIT))
        throw failureFault(request, url, outcome.failure, count)
      await waitFor(url, outcome.failure, wait)
    }
  }

  return { request: (request) => budget.spend(() => send(request)) }
}

function requestLimits(request: HttpRequest, timeout: number): HttpRequest & { timeout: number; maxBytes: number } {
  return { ...request, timeout, maxBytes: request.maxBytes ?? DEFAULT_MAX_BYTES }
}

function mayRetry(request: HttpRequest, failure: Failure, count: number): boolean {
  const policy = request.retry ?? (request.method === 'POST' ? 'never' : 'idempotent')
  return policy === 'idempotent' && failure.retryable && count < MAX_ATTEMPTS
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
