// One unary gRPC call over HTTP/2 without TLS (the "gRPC over HTTP2" protocol), to a Unix socket or a port of this
// machine, within one time limit. Refuses compressed messages, several messages in one answer, and large ones.
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { concatBytes } from '../bytes.ts'

export interface UnaryCall {
  /** Path of a Unix socket, or a port of 127.0.0.1. */
  readonly at: string | number
  /** `/Service/Method`. */
  readonly method: string
  readonly metadata: Readonly<Record<string, string>>
  readonly message: Uint8Array
  /** Milliseconds for all of it. */
  readonly timeout: number
}

/** `status`: what the server answered (gRPC status codes, 0 is OK). `failed`: no answer; `why` continues `SERVICE ...`. */
export type UnaryAnswer =
  | { readonly kind: 'status'; readonly status: number; readonly said: string; readonly message: Uint8Array }
  | { readonly kind: 'failed'; readonly why: string; readonly errno?: string }

const MAX_ANSWER = 1 << 20
const PREFIX = 5

/** Never rejects. */
export async function callUnary(call: UnaryCall): Promise<UnaryAnswer> {
  const [{ connect: connectHttp2 }, { connect }] = await Promise.all([import('node:http2'), import('node:net')])
  const socket = typeof call.at === 'string' ? connect(call.at) : connect(call.at, '127.0.0.1')
  const session = connectHttp2('http://localhost', { createConnection: () => socket })
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => finish(failed(`did not answer within ${call.timeout / 1000} s`)), call.timeout)
      const finish = (answer: UnaryAnswer): void => {
        clearTimeout(timer)
        resolve(answer)
      }
      for (const part of [socket, session]) part.on('error', (error) => finish(connectionFailure(error)))
      session.on('close', () => finish(failed('closed the connection')))
      readAnswer(session.request(requestHeaders(call), { endStream: false }), call.message, finish)
    })
  } finally {
    session.destroy()
    socket.destroy()
  }
}

function requestHeaders({ method, metadata, timeout }: UnaryCall): Record<string, string> {
  return {
    ...metadata,
    ':method': 'POST',
    ':path': method,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': `${timeout}m`,
  }
}

function readAnswer(stream: ClientHttp2Stream, message: Uint8Array, finish: (answer: UnaryAnswer) => void): void {
  const parts: Uint8Array[] = []
  let length = 0
  let headers: IncomingHttpHeaders = {}
  // The status comes in the trailers, or in the headers where there is nothing else.
  stream.on('response', (first) => {
    headers = { ...first }
  })
  stream.on('trailers', (last) => {
    headers = { ...headers, ...last }
  })
  stream.on('data', (part: Uint8Array) => {
    length += part.length
    if (length > MAX_ANSWER) finish(failed(`sent more than ${MAX_ANSWER} bytes`))
    else parts.push(part)
  })
  stream.on('error', (error) => finish(connectionFailure(error)))
  stream.on('end', () => setImmediate(() => finish(answerOf(headers, concatBytes(...parts)))))
  stream.end(encodeFrame(message))
}

function answerOf(headers: IncomingHttpHeaders, body: Uint8Array): UnaryAnswer {
  const status = headers['grpc-status']
  if (typeof status !== 'string' || !/^\d{1,3}$/.test(status)) return failed('does not speak gRPC')
  const said = headers['grpc-message']
  if (status !== '0')
    return {
      kind: 'status',
      status: Number(status),
      said: typeof said === 'string' ? decodeText(said) : '',
      message: body,
    }
  const message = decodeFrame(body)
  return message === undefined
    ? failed('sent what is no single gRPC message')
    : { kind: 'status', status: 0, said: '', message }
}

/** Length-prefixed message: a zero for "not compressed", four bytes of length, the message. */
function encodeFrame(message: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(PREFIX)
  new DataView(prefix.buffer).setUint32(1, message.length)
  return concatBytes(prefix, message)
}

function decodeFrame(body: Uint8Array): Uint8Array | undefined {
  if (body.length < PREFIX || body[0] !== 0) return undefined
  const length = new DataView(body.buffer, body.byteOffset).getUint32(1)
  return body.length === PREFIX + length ? body.subarray(PREFIX) : undefined
}

/** grpc-message is percent-encoded UTF-8; what is not stays as it is. */
function decodeText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  ECONNREFUSED: 'refused the connection: nobody listens there',
  EACCES: 'may not be opened by this user',
}

function connectionFailure(error: Error): UnaryAnswer {
  const errno = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const why = REASONS[errno ?? ''] ?? (errno?.startsWith('ERR_HTTP2') ? 'does not speak gRPC' : 'closed the connection')
  return { kind: 'failed', why, ...(errno === undefined ? {} : { errno }) }
}

function failed(why: string): UnaryAnswer {
  return { kind: 'failed', why }
}
