// An agent of SPIFFE for tests: gRPC over HTTP/2 on a Unix socket, as SPIRE's agent and the standard have it.
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { onTestFinished } from 'vitest'
import { encodeMessage, parseMessage } from '../../src/proto/message.ts'

export interface Call {
  readonly headers: IncomingHttpHeaders
  readonly audiences: readonly string[]
}

/** `token`: a JWTSVIDResponse; `status`: a refusal; `raw`: these bytes as the body, in a good answer. */
export type Reply =
  | { readonly token: (audience: string) => string }
  | { readonly status: number; readonly said: string }
  | { readonly raw: Uint8Array }
  | 'silence'

/** Listens at `path`; `reply` is asked with the number of calls so far. Ends with the test. */
export async function serveWorkloadApi(path: string, reply: (count: number) => Reply): Promise<{ calls: Call[] }> {
  const calls: Call[] = []
  const server = createServer()
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (stream, headers) => {
    const parts: Buffer[] = []
    stream.on('error', () => {})
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      const body = Buffer.concat(parts)
      const audiences = parseMessage(body.subarray(5), 'request').every(1)
      calls.push({ headers, audiences: audiences.map((one) => Buffer.from(one).toString()) })
      answer(stream, headers, calls, reply(calls.length - 1))
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { calls }
}

function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, calls: readonly Call[], reply: Reply): void {
  if (reply === 'silence') return
  // The standard, section 3: without the header the agent must refuse.
  if (headers['workload.spiffe.io'] !== 'true') refuse(stream, 3, 'security header missing from request')
  else if (headers[':path'] !== '/SpiffeWorkloadAPI/FetchJWTSVID') refuse(stream, 12, 'unknown method')
  else if ('status' in reply) refuse(stream, reply.status, reply.said)
  else grant(stream, 'raw' in reply ? reply.raw : frame(response(reply.token(calls.at(-1)?.audiences[0] ?? ''))))
}

function grant(stream: ServerHttp2Stream, body: Uint8Array): void {
  const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': 'identity' }
  stream.respond(headers, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': '' }))
  stream.end(body)
}

/** A refusal has no body, so its trailers are its headers. */
function refuse(stream: ServerHttp2Stream, status: number, said: string): void {
  const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(status) }
  stream.respond({ ...headers, 'grpc-message': encodeURIComponent(said) }, { endStream: true })
}

function response(token: string): Uint8Array {
  const svid = encodeMessage([
    [1, 'spiffe://example.org/ci'],
    [2, token],
    [3, 'internal'],
  ])
  const other = encodeMessage([
    [1, 'spiffe://example.org/other'],
    [2, 'not this one'],
  ])
  return encodeMessage([
    [1, svid],
    [1, other],
  ])
}

export function frame(message: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}
