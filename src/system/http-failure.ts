// Why an HTTP attempt gave nothing to use, in words and with a judgement whether another one may help.

export interface HttpResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: Uint8Array
}

/** Why an attempt gave nothing to use. */
export interface Failure {
  /** Continues the sentence `SERVICE at HOST ...`. */
  readonly why: string
  /** Worth another attempt, if the request may be sent twice. */
  readonly retryable: boolean
  /** The service did answer: its fault, not the network's. */
  readonly response?: HttpResponse
  /** It answered, with what cannot be taken. */
  readonly answered?: true
  /** Milliseconds that the service asked to wait. */
  readonly after?: number
  /** The platform's code, such as ECONNREFUSED. */
  readonly errno?: string
  readonly cause?: unknown
}

const REASONS: readonly (readonly [RegExp, string, boolean])[] = [
  [/^(ECONNREFUSED|ConnectionRefused)$/, 'refused the connection', true],
  [/^(EAI_AGAIN)$/, 'has no address now (DNS did not answer)', true],
  [/^(ENOTFOUND|DNS.*)$/, 'has no address (DNS)', false],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|ConnectionClosed|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/,
    'closed the connection',
    true,
  ],
  [/^(ETIMEDOUT|UND_ERR_.*_TIMEOUT|Timeout)$/, 'did not answer', true],
  [/CERT|SIGNATURE|SSL|TLS|EPROTO/, 'offers a TLS certificate or connection that is not accepted', false],
]

/** What fetch threw, read the same on both runtimes. */
export function transportFailure(thrown: unknown): Failure {
  const errno = errnoOf(thrown)
  if (isBlockedPort(thrown))
    return { why: 'is on a port that HTTP clients do not ask', retryable: false, cause: thrown }
  const known = REASONS.find(([pattern]) => pattern.test(errno ?? ''))
  const why = known === undefined ? 'could not be reached' : known[1]
  return { why, retryable: known?.[2] ?? true, cause: thrown, ...(errno === undefined ? {} : { errno }) }
}

/** Node keeps the platform's code in `cause`, Bun on the error itself. */
function errnoOf(thrown: unknown): string | undefined {
  for (let at = thrown; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'string') return at.code
  return undefined
}

/** Ports of other protocols (Fetch, "port blocking"), which Node refuses and Bun does not. */
function isBlockedPort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.cause instanceof Error && thrown.cause.message === 'bad port'
}
