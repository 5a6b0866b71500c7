// One request through a program written for node:http: a Request in, a Response out, no socket between.
import { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable, Writable } from 'node:stream'

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Throws what was recorded by `failWith`, so that whoever listens logs it. */
export async function exchange(handle: NodeHandler, request: Request): Promise<Response> {
  const answer = new Answer()
  const finished = new Promise((resolve) => answer.once('finish', resolve))
  await handle(await incoming(request), answer as unknown as ServerResponse)
  await finished
  if (answer.failure !== undefined) throw answer.failure
  return answer.response()
}

/** Notes that a response came of an error that nobody expected. */
export function failWith(response: ServerResponse, error: unknown): void {
  if ((response as unknown) instanceof Answer) (response as unknown as Answer).failure = error
}

async function incoming(request: Request): Promise<IncomingMessage> {
  const { pathname, search, host } = new URL(request.url)
  const body = Buffer.from(await request.arrayBuffer())
  const stream = Readable.from(body.length === 0 ? [] : [body], { objectMode: false })
  return Object.assign(stream, {
    method: request.method,
    url: `${pathname}${search}`,
    headers: { ...Object.fromEntries(request.headers), host },
    httpVersion: '1.1',
    httpVersionMajor: 1,
    socket: { remoteAddress: '127.0.0.1', encrypted: false, readable: true, writable: true },
  }) as unknown as IncomingMessage
}

type Header = number | string | readonly string[]

/** As much of a ServerResponse as Koa writes to. */
class Answer extends Writable {
  statusCode = 200
  statusMessage = ''
  headersSent = false
  failure: unknown
  readonly #headers = new Map<string, Header>()
  readonly #body: Buffer[] = []

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.#body.push(chunk)
    done()
  }

  setHeader(name: string, value: Header): void {
    this.#headers.set(name.toLowerCase(), value)
  }

  getHeader(name: string): Header | undefined {
    return this.#headers.get(name.toLowerCase())
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase())
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase())
  }

  getHeaders(): Readonly<Record<string, Header>> {
    return Object.fromEntries(this.#headers)
  }

  getHeaderNames(): readonly string[] {
    return [...this.#headers.keys()]
  }

  flushHeaders(): void {}

  response(): Response {
    const headers = new Headers()
    for (const [name, value] of this.#headers)
      for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one))
    const body = Buffer.concat(this.#body)
    return new Response(body.length === 0 ? null : body, { status: this.statusCode, headers })
  }
}
