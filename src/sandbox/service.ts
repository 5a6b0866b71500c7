// What a service of the sandbox is: a name and a function from request to answer. Who listens is server.ts's matter.
import { Buffer } from 'node:buffer'
import { Fault } from '../errors.ts'
import { NOTICE } from './notice.ts'

export const SERVICE_NAMES = ['issuer', 'fulcio', 'ct', 'rekor1', 'rekor2', 'tsa', 'tuf'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

/** Where services listen, or should. */
export type Ports = Readonly<Partial<Record<ServiceName, number>>>

/** One HTTP service. `handle` answers every request; what it throws becomes a one-line 500. */
export interface Service {
  readonly name: ServiceName
  handle(request: Request): Promise<Response>
}

/** One route: `POST /api/v1/timestamp`. The path is compared exactly, after decoding of nothing. */
export type Routes = Readonly<Record<string, (request: Request) => Promise<Response> | Response>>

/** A request that the service refuses; the message is sent to whoever asked. */
export class Refusal extends Error {
  readonly status: number
  readonly code: number

  /** `code` is the gRPC status that Sigstore's gateways put into the JSON. */
  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** A service made of exact routes; everything else is 404, another method 405. */
export function routed(name: ServiceName, routes: Routes): Service {
  return {
    name,
    handle: async (request) => {
      const { pathname } = new URL(request.url)
      const method = request.method === 'HEAD' ? 'GET' : request.method
      const route = routes[`${method} ${pathname}`]
      if (route !== undefined) return await answerOf(route, request)
      if (method === 'GET' && pathname === '/') return welcome(name, routes)
      const known = Object.keys(routes).some((key) => key.endsWith(` ${pathname}`))
      return known ? problem(405, 12, 'method not allowed') : problem(404, 5, 'not found')
    },
  }
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** An error as grpc-gateway writes it. */
export function problem(status: number, code: number, message: string): Response {
  return json(status, { code, message, details: [] })
}

export function text(status: number, body: string, type = 'text/plain; charset=utf-8'): Response {
  return new Response(body, { status, headers: { 'content-type': type } })
}

export function binary(status: number, body: Uint8Array, type: string): Response {
  return new Response(Buffer.from(body), { status, headers: { 'content-type': type } })
}

/** The request's body as a JSON object, or a 400. */
export async function readJson(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const value = parseJson(await request.text())
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(400, 3, 'the request body is not a JSON object')
  return value as Readonly<Record<string, unknown>>
}

async function answerOf(route: Routes[string], request: Request): Promise<Response> {
  try {
    return await route(request)
  } catch (error) {
    if (error instanceof Refusal) return problem(error.status, error.code, error.message)
    if (error instanceof Fault && error.code === 'parse') return problem(400, 3, error.message)
    throw error
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new Refusal(400, 3, 'the request body is not JSON')
  }
}

function welcome(name: ServiceName, routes: Routes): Response {
  return text(
    200,
    `${NOTICE}\n\n${name}:\n${Object.keys(routes)
      .map((route) => `  ${route}\n`)
      .join('')}`,
  )
}
