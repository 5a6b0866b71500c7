// One HTTP exchange: a request, a bare GET's few redirects, and a body read up to a limit, all within one time limit.
import { concatBytes } from '../bytes.ts'
import type { Secret } from '../secret.ts'
import { type Failure, type HttpResponse, transportFailure } from './http-failure.ts'
import { isLoopback, urlProblem } from './http-url.ts'
import { type ProxyEnvironment, proxyInit } from './proxy.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export type Outcome =
  | { readonly ok: true; readonly response: HttpResponse }
  | { readonly ok: false; readonly failure: Failure }

export interface AttemptRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly accept?: string
  readonly timeout: number
  readonly maxBytes: number
  readonly tooLarge?: string
  readonly secrets?: readonly Secret[]
}

export interface AttemptOptions {
  readonly userAgent: string
  readonly env?: ProxyEnvironment
  readonly fetch?: Fetch
  readonly now?: () => number
}

const MAX_REDIRECTS = 3
const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

export async function attempt(request: AttemptRequest, url: URL, options: AttemptOptions): Promise<Outcome> {
  const abort = new AbortController()
  let late = false
  const timer = setTimeout(() => {
    late = true
    abort.abort()
  }, request.timeout)
  try {
    return await exchange(request, url, options, abort.signal)
  } catch (thrown) {
    if (late)
      return failed({ why: `did not answer within ${seconds(request.timeout)}`, retryable: true, cause: thrown })
    return failed(transportFailure(thrown))
  } finally {
    clearTimeout(timer)
  }
}

async function exchange(
  request: AttemptRequest,
  url: URL,
  options: AttemptOptions,
  signal: AbortSignal,
  hops = 0,
): Promise<Outcome> {
  const answer = await (options.fetch ?? fetch)(url.href, {
    method: request.method ?? 'GET',
    headers: { accept: request.accept ?? 'application/json', 'user-agent': options.userAgent, ...request.headers },
    ...(request.body === undefined ? {} : { body: request.body as NonNullable<RequestInit['body']> }),
    redirect: 'manual',
    signal,
    ...(await proxyInit(url, options.env ?? {})),
  })
  const body = await readBody(answer, request.maxBytes)
  if (body === undefined)
    return failed({
      why: request.tooLarge ?? `sent more than ${request.maxBytes} bytes`,
      retryable: false,
      answered: true,
    })
  const response = { status: answer.status, headers: answer.headers, body }
  if (answer.status < 300 || answer.status > 399) return judge(response, (options.now ?? Date.now)())
  const next = redirectTarget(request, url, answer)
  if (next === undefined || hops >= MAX_REDIRECTS)
    return failed({ why: `answered ${answer.status}, a redirect that is not followed`, retryable: false, response })
  return exchange(request, next, options, signal, hops + 1)
}

/** A redirect is a stranger's wish: never with a token or a body, never off https, never into this machine from outside. */
function redirectTarget(request: AttemptRequest, from: URL, answer: Response): URL | undefined {
  const bare = (request.method ?? 'GET') === 'GET' && request.headers === undefined && !request.secrets?.length
  const location = answer.headers.get('location')
  if (!bare || location === null || !URL.canParse(location, from.href)) return undefined
  const to = new URL(location, from)
  return urlProblem(to) === undefined && (isLoopback(from) || !isLoopback(to)) ? to : undefined
}

function judge(response: HttpResponse, now: number): Outcome {
  if (!RETRYABLE.has(response.status) && (response.status < 502 || response.status > 599)) return { ok: true, response }
  const after = retryAfter(response.headers.get('retry-after'), now)
  return failed({
    why: `answered ${response.status}`,
    retryable: RETRYABLE.has(response.status),
    response,
    ...(after === undefined ? {} : { after }),
  })
}

/** RFC 9110 10.2.3: seconds or a date. Undefined for anything else. */
function retryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Undefined when the body is larger than `limit`; leaving the loop drops what came, and the connection. */
async function readBody(answer: Response, limit: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  if (answer.body === null) return concatBytes()
  for await (const part of answer.body) {
    length += part.length
    if (length > limit) return undefined
    parts.push(part)
  }
  return concatBytes(...parts)
}

function failed(failure: Failure): Outcome {
  return { ok: false, failure }
}

function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`
}
