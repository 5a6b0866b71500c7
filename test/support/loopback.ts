// A real HTTP server on a port that the system picks, for clients under test. It is closed when the test ends.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export interface Loopback {
  readonly url: string
  readonly port: number
  /** Every request so far. */
  readonly asked: readonly Asked[]
}

export type Answer = (request: Asked, response: ServerResponse, count: number) => void

/** Starts a server; `answer` gets each request with its body read, and how many came before. */
export async function serve(answer: Answer): Promise<Loopback> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts),
      }
      asked.push(one)
      answer(one, response, asked.length - 1)
    })
  })
  const port = await listen(server)
  return { url: `http://127.0.0.1:${port}`, port, asked }
}

/** Starts one that answers before it has read the body, and hangs up. Gives its URL. */
export async function serveEarly(status: number): Promise<string> {
  const port = await listen(createServer((_, response) => response.writeHead(status, { connection: 'close' }).end()))
  return `http://127.0.0.1:${port}`
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}
