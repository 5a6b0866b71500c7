// A service on loopback: node:http in front of a function from Request to Response. Listens on 127.0.0.1 and, where the
// machine has it, on ::1, because `localhost` means either. Every answer carries the sandbox's notice.
import { Buffer } from 'node:buffer'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Fault } from '../errors.ts'
import { NOTICE, NOTICE_HEADER } from './notice.ts'
import { problem, type Service, type ServiceName } from './service.ts'

export interface Listener {
  /** `http://localhost:PORT`. */
  readonly url: string
  readonly port: number
  /** Until then every request is answered with 503. */
  serve(service: Service): void
  /** Finishes what is being answered, within two seconds. */
  close(): Promise<void>
}

/** Thrown by a service that wants the connection closed without an answer. */
export class DroppedConnection extends Error {}

/** Largest request body, in bytes. */
const MAX_BODY = 1 << 20
const GRACE = 2000
const FAMILIES = ['127.0.0.1', '::1'] as const

/** Port 0 is any free one. Throws `config` where a given port is taken. */
export async function listen(name: ServiceName, port: number, log: (line: string) => void): Promise<Listener> {
  let service: Service | undefined
  const handle = (message: IncomingMessage, response: ServerResponse) => void answer(service, message, response, log)
  const first = await open(name, FAMILIES[0], port, handle)
  const chosen = portOf(first)
  const second = await open(name, FAMILIES[1], chosen, handle).catch((error: unknown) => error)
  if (second instanceof Fault && port === 0) return await again(first, name, log)
  const servers = second instanceof Error ? [first] : [first, second as Server]
  return {
    url: `http://localhost:${chosen}`,
    port: chosen,
    serve: (ready) => {
      service = ready
    },
    close: async () => void (await Promise.all(servers.map(closeServer))),
  }
}

// The free port of one family was taken in the other.
async function again(taken: Server, name: ServiceName, log: (line: string) => void): Promise<Listener> {
  await closeServer(taken)
  return await listen(name, 0, log)
}

type Handler = (message: IncomingMessage, response: ServerResponse) => void

/** A Fault where the port is in use; another error where the address family is not to be had. */
function open(name: ServiceName, host: string, port: number, handle: Handler): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ requestTimeout: 60_000, headersTimeout: 10_000 }, handle)
    server.once('error', (error) => reject(hasCode(error, 'EADDRINUSE') ? portTaken(name, port, error) : error))
    server.listen({ host, port }, () => resolve(server))
  })
}

function portTaken(name: ServiceName, port: number, cause: Error): Fault {
  const hint = `choose another port for ${name}, or none`
  return new Fault('config', `sandbox: port ${port} is in use`, { hint, cause })
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), GRACE)
  await closed
  clearTimeout(timer)
}

async function answer(
  service: Service | undefined,
  message: IncomingMessage,
  response: ServerResponse,
  log: (line: string) => void,
): Promise<void> {
  try {
    await send(await respond(service, message, log), message, response)
  } catch (error) {
    if (!(error instanceof DroppedConnection)) log(`${service?.name}: the answer could not be sent`)
    message.socket.destroy()
  }
}

async function respond(
  service: Service | undefined,
  message: IncomingMessage,
  log: (line: string) => void,
): Promise<Response> {
  if (service === undefined) return problem(503, 14, 'the sandbox is starting')
  // A page that another site's name leads to this address must not talk to the sandbox through a browser.
  if (!isLoopbackName(message.headers.host))
    return problem(421, 3, 'the sandbox answers to names of this machine alone')
  const body = await readBody(message)
  if (body === undefined) return problem(413, 3, `the request is larger than ${MAX_BODY} bytes`)
  try {
    return await service.handle(toRequest(message, body))
  } catch (error) {
    if (error instanceof DroppedConnection) throw error
    const why = error instanceof Fault ? error.message : `internal error: ${oneLine(error)}`
    log(`${service.name}: ${why}`)
    return problem(500, 13, why)
  }
}

function isLoopbackName(host: string | undefined): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host ?? '')
}

async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY) chunks.push(chunk)
  }
  return size <= MAX_BODY ? Buffer.concat(chunks) : undefined
}

function toRequest(message: IncomingMessage, body: Buffer): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  const method = message.method ?? 'GET'
  const target = new URL(message.url ?? '/', `http://${message.headers.host}`)
  const bare = method === 'GET' || method === 'HEAD'
  return new Request(target, bare ? { method, headers } : { method, headers, body: Uint8Array.from(body) })
}

async function send(answer: Response, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer())
  const cookies = answer.headers.getSetCookie()
  response.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
    [NOTICE_HEADER]: NOTICE,
    'content-length': body.length,
  })
  response.end(message.method === 'HEAD' ? undefined : body)
}

function oneLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
