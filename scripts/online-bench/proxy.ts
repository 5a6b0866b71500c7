// Stands before a log: answers late, counts what is asked and how much of it at once, and may refuse.
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What to answer in the log's stead; undefined hands the request on. */
export type Refusal = { readonly status: number; readonly headers?: Readonly<Record<string, string>> }

export interface LogProxy {
  readonly url: string
  /** When each request came, in milliseconds. */
  readonly times: readonly number[]
  /** How many of them searched the index. */
  readonly searches: number
  /** Most requests under way at one moment. */
  readonly most: number
  /** Begins to count anew. */
  forget(): void
  /** Asked for each request, by how many came before. */
  refuse(by: (count: number) => Refusal | undefined): void
  close(): void
}

/** @param latency milliseconds that each answer waits */
export async function openLogProxy(target: string, latency: number): Promise<LogProxy> {
  let [times, searches, now, most] = [[] as number[], 0, 0, 0]
  let refusalOf: (count: number) => Refusal | undefined = () => undefined
  const server = createServer(async (incoming, response) => {
    times.push(performance.now())
    if (incoming.url?.endsWith('/index/retrieve')) searches++
    most = Math.max(most, ++now)
    response.on('close', () => now--)
    const refusal = refusalOf(times.length - 1)
    const body = await readBody(incoming)
    setTimeout(() => {
      if (refusal === undefined) forward(target, incoming, body, response)
      else response.writeHead(refusal.status, refusal.headers).end('{}')
    }, latency)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get times() {
      return times
    },
    get searches() {
      return searches
    },
    get most() {
      return most
    },
    forget() {
      ;[times, searches, most] = [[], 0, now]
    },
    refuse: (by) => {
      refusalOf = by
    },
    close: () => closeAll(server),
  }
}

function forward(target: string, incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const { method, headers, url = '' } = incoming
  const further = request(`${target}${url}`, { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  further.on('error', () => response.destroy())
  further.end(body)
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function closeAll(server: Server): void {
  server.closeAllConnections()
  server.close()
}
