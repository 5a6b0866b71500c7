import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { encodeMessage } from '../../src/proto/message.ts'
import { callUnary, type UnaryCall } from '../../src/system/grpc.ts'
import { temporaryFolder } from '../support/folder.ts'
import { frame, type Reply, serveWorkloadApi } from '../support/workload-api.ts'

const folder = temporaryFolder('grpc')
let count = 0

function call(at: string | number, more: Partial<UnaryCall> = {}) {
  const metadata = { 'workload.spiffe.io': 'true' }
  const message = encodeMessage([[1, 'sigstore']])
  return callUnary({ at, method: '/SpiffeWorkloadAPI/FetchJWTSVID', metadata, message, timeout: 2_000, ...more })
}

async function answerTo(reply: Reply, more: Partial<UnaryCall> = {}) {
  const at = join(folder, `${++count}.sock`)
  const { calls } = await serveWorkloadApi(at, () => reply)
  return { answer: await call(at, more), calls }
}

test('a message goes out with its metadata and deadline, and the answer comes back', async () => {
  const { answer, calls } = await answerTo({ raw: frame(Uint8Array.of(1, 2, 3)) })
  expect(answer).toMatchObject({ kind: 'status', status: 0 })
  expect(answer.kind === 'status' && [...answer.message]).toEqual([1, 2, 3])
  expect(calls[0]).toMatchObject({
    audiences: ['sigstore'],
    headers: { te: 'trailers', 'content-type': 'application/grpc', 'grpc-timeout': '2000m', ':method': 'POST' },
  })
})

test('an empty message is an answer', async () => {
  const { answer } = await answerTo({ raw: frame(new Uint8Array()) })
  expect(answer).toMatchObject({ kind: 'status', status: 0 })
})

test('a refusal has its status and what was said, percent-encoding undone', async () => {
  const { answer } = await answerTo({ status: 7, said: 'no identity issued — 100% sure' })
  expect(answer).toMatchObject({ kind: 'status', status: 7, said: 'no identity issued — 100% sure' })
})

test.each([
  ['compressed', Uint8Array.of(1, 0, 0, 0, 1, 7)],
  ['cut short', Uint8Array.of(0, 0, 0, 0, 9, 7)],
  ['two messages', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
  ['nothing', new Uint8Array()],
])('an answer that is %s is refused', async (_, raw) => {
  expect((await answerTo({ raw })).answer).toEqual({ kind: 'failed', why: 'sent what is no single gRPC message' })
})

test('an answer larger than 1 MiB is refused while it comes', async () => {
  const { answer } = await answerTo({ raw: new Uint8Array(3 << 20) })
  expect(answer).toEqual({ kind: 'failed', why: 'sent more than 1048576 bytes' })
})

test('a silent server costs no more than the time limit', async () => {
  const start = performance.now()
  const { answer } = await answerTo('silence', { timeout: 300 })
  expect(answer).toEqual({ kind: 'failed', why: 'did not answer within 0.3 s' })
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('a socket that is not there, and a port where nobody listens, say so', async () => {
  expect(await call(join(folder, 'none'))).toEqual({ kind: 'failed', why: 'is not there', errno: 'ENOENT' })
  expect(await call(1)).toMatchObject({ kind: 'failed', errno: 'ECONNREFUSED' })
})

test.each([
  ['speaks HTTP/1', (socket: { end(text: string): void }) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['hangs up', (socket: { end(text: string): void }) => socket.end('')],
])('a server that %s is no gRPC server', async (_, greet) => {
  const at = join(folder, `${++count}.sock`)
  const server = createServer((socket) => greet(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(at, resolve))
  onTestFinished(() => void server.close())
  expect(await call(at)).toMatchObject({ kind: 'failed', why: expect.stringMatching(/gRPC|closed the connection/) })
})
