// Failures of HTTP as faults: one line that names the service and its host, no token, nothing that moves a cursor.
import { Fault, type FaultCode } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Failure, HttpResponse } from './http-failure.ts'
import { checkServiceUrl, isLoopback, isPublicGood } from './http-url.ts'

/** What a fault needs to know of the request that failed. */
export interface Asked {
  readonly service: string
  readonly url: string
  readonly code: FaultCode
  readonly secrets?: readonly Secret[]
  readonly metadata?: boolean
}

const STATUS_PAGE = 'https://status.sigstore.dev'
const MAX_QUOTE = 200

/** The service's answer does not do: `Fulcio at HOST answered 400: what it said`. */
export function answerFault(asked: Asked, response: HttpResponse, hint?: string): Fault {
  return answerProblem(asked, `answered ${response.status}${quote(response, asked.secrets ?? [])}`, hint)
}

/** The same for an answer that came with the right status and is wrong; `why` continues `SERVICE at HOST ...`. */
export function answerProblem(asked: Asked, why: string, hint?: string, cause?: unknown): Fault {
  const { host } = checkServiceUrl(asked.service, asked.url, asked.metadata)
  return new Fault(asked.code, `${asked.service} at ${host} ${why}`, { ...(hint ? { hint } : {}), cause })
}

/**
 * Reads an answer's body. What its parser refuses is the service's fault; `why` continues `SERVICE at HOST ...`.
 * Anything else thrown is a bug and passes through.
 */
export function readAnswer<T>(asked: Asked, why: string, read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    throw answerProblem(asked, `${why}: ${thrown.message}`, undefined, thrown)
  }
}

/** What is left when no attempt, of `count`, gave an answer to use. */
export function failureFault(asked: Asked, url: URL, failure: Failure, count: number): Fault {
  const said = failure.response === undefined ? '' : quote(failure.response, asked.secrets ?? [])
  const code = failure.errno === undefined ? '' : ` (${failure.errno})`
  const tries = count === 1 ? '' : ` in ${count} attempts`
  const later = failure.after === undefined ? '' : ` and asks to wait ${Math.ceil(failure.after / 1000)} s`
  const hint = failureHint(asked, url, failure)
  return new Fault(
    failure.response === undefined && failure.answered !== true ? 'network' : asked.code,
    `${asked.service} at ${url.host} ${failure.why}${code}${tries}${later}${said}`,
    { ...(hint === undefined ? {} : { hint }), cause: failure.cause },
  )
}

function failureHint({ service }: Asked, url: URL, failure: Failure): string | undefined {
  if (/ISSUER|SELF_SIGNED|VERIFY_LEAF/.test(failure.errno ?? ''))
    return 'for a private CA set NODE_EXTRA_CA_CERTS to the file with its certificate'
  if (isPublicGood(url))
    return `see ${STATUS_PAGE} for outages; behind a proxy set HTTPS_PROXY (on Node 22 also NODE_USE_ENV_PROXY=1)`
  if (/^(ENOTFOUND|EAI_AGAIN|DNS.*)$/.test(failure.errno ?? ''))
    return 'is the name of the host right, and is there a network? behind a proxy set HTTPS_PROXY'
  // No sandbox has one.
  if (service === 'the webhook') return undefined
  if (isLoopback(url) && failure.response === undefined)
    return 'is it running? the sandbox starts with: gitsigil sandbox start'
  return undefined
}

/** The `message` of a JSON error, or the text, shortened. HTML says nothing that fits a line. */
function quote(response: HttpResponse, secrets: readonly Secret[]): string {
  const text = new TextDecoder().decode(response.body.subarray(0, 4096)).trim()
  const said = text.startsWith('{') ? messageOf(text) : text.startsWith('<') ? '' : text
  const line = printable(redact(said, secrets)).slice(0, MAX_QUOTE)
  return line === '' ? '' : `: ${line}`
}

function messageOf(text: string): string {
  const match = /"(?:message|error_description|error)"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)
  try {
    return match?.[1] === undefined ? '' : String(JSON.parse(match[1]))
  } catch {
    return ''
  }
}

/** Without the secrets, and without anything shaped like a JWT: a service may repeat what it was sent. */
export function redact(text: string, secrets: readonly Secret[] = []): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret.reveal(), '[secret]'), text)
  return known.replace(/eyJ[\w-]*(?:\.[\w-]*){0,4}/g, '[secret]')
}

/** One line, without what would move a cursor. */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim()
}
