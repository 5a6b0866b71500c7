// A small HTTP server on this machine alone, for the one answer that a browser brings back from a login (RFC 8252 7.3).
// It refuses what was asked under another name than this machine's: a page elsewhere whose name resolves to loopback.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Fault } from '../errors.ts'

export interface LoopbackAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Called once when the answer has left, or can no more. */
  sent?(): void
}

/** Answers one GET; the path with its query. */
export type LoopbackHandler = (target: string) => Promise<LoopbackAnswer>

export interface Listener {
  readonly port: number
  /** Ends it and every connection. */
  close(): void
}

const HOSTS = ['127.0.0.1', '::1'] as const
const NAMES = ['localhost', '127.0.0.1', '[::1]']
const MAX_TRIES = 5
const REFUSED: LoopbackAnswer = { status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found\n' }

/**
 * Listens on 127.0.0.1 and, where there is IPv6, on ::1, for browsers take `localhost` for either.
 * @param port 0 for any free one
 * @throws `io` where the port is taken
 */
export async function listenOnLoopback(port: number, handle: LoopbackHandler): Promise<Listener> {
  const { createServer } = await import('node:http')
  const create = () => createServer({ headersTimeout: 10_000 }, (request, reply) => void answer(request, reply, handle))
  for (let tries = 1; ; tries++) {
    const servers = [create(), create()] as const
    const taken = await listenOnBoth(servers, port)
    if (typeof taken === 'number') return { port: taken, close: () => closeAll(servers) }
    closeAll(servers)
    // Somebody else on ::1 of a free port of 127.0.0.1 would be given what the browser brings.
    if (port !== 0 || tries === MAX_TRIES)
      throw new Fault('io', `cannot listen on port ${port} of this machine: ${taken.code}`, {
        cause: taken,
        ...(taken.code === 'EADDRINUSE' ? { hint: 'end what listens there, or choose another port' } : {}),
      })
  }
}

async function listenOnBoth([first, second]: readonly [Server, Server], port: number): Promise<number | ErrorWithCode> {
  const failed = await listen(first, port, HOSTS[0])
  if (failed !== undefined) return failed
  const address = first.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  const other = await listen(second, taken, HOSTS[1])
  return other?.code === 'EADDRINUSE' ? other : taken
}

interface ErrorWithCode extends Error {
  readonly code?: string
}

function listen(server: Server, port: number, host: string): Promise<ErrorWithCode | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen(port, host, () => resolve(undefined))
  })
}

function closeAll(servers: readonly Server[]): void {
  for (const server of servers) {
    server.close(() => undefined)
    server.closeAllConnections()
  }
}

async function answer(request: IncomingMessage, reply: ServerResponse, handle: LoopbackHandler): Promise<void> {
  request.resume()
  const closed = new Promise<void>((resolve) => reply.once('close', resolve))
  const { status, headers, body, sent } = await answerTo(request, handle)
  if (sent !== undefined) void closed.then(sent)
  reply.writeHead(status, { ...headers, connection: 'close' })
  reply.end(body)
}

async function answerTo({ method, url, headers }: IncomingMessage, handle: LoopbackHandler): Promise<LoopbackAnswer> {
  const name = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  if (method !== 'GET' || !url?.startsWith('/') || url.startsWith('//') || !NAMES.includes(name)) return REFUSED
  return await handle(url)
}
