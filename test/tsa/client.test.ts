import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createHttp } from '../../src/system/http.ts'
import { createTimestampClient } from '../../src/tsa/client.ts'
import { encodeTimestampRequest } from '../../src/tsa/request.ts'
import { parseTimestampToken } from '../../src/tsa/token.ts'
import { faultOf } from '../support/faults.ts'
import { json, serve } from '../support/loopback.ts'
import { startTestSandbox } from '../support/sandbox.ts'

function clientTo(url: string) {
  return createTimestampClient({ http: createHttp({ userAgent: 'test', sleep: async () => {} }), url })
}

const signature = Buffer.from('a signature')

test('a token over the signature is given, once the nonce and the imprint are seen to be ours', async () => {
  const sandbox = await startTestSandbox()
  try {
    const token = await clientTo(`${sandbox.urls.tsa}/api/v1/timestamp`).stamp(signature)
    const { info } = parseTimestampToken(token)
    expect(Buffer.from(info.imprint).equals(hash('sha256', signature, 'buffer'))).toBe(true)

    // The authority answers honestly, to another request than ours.
    const replay = await serve(async (asked, response) => {
      response.end(await answerTo(sandbox.urls.tsa, asked.path === '/imprint' ? 'something else' : 'a signature'))
    })
    expect((await faultOf(clientTo(`${replay.url}/imprint`).stamp(signature))).message).toContain(
      'stamped something else',
    )
    expect((await faultOf(clientTo(`${replay.url}/nonce`).stamp(signature))).message).toContain('the nonce differs')
  } finally {
    await sandbox.close()
  }
})

async function answerTo(tsa: string, text: string): Promise<Buffer> {
  const digest = hash('sha256', Buffer.from(text), 'buffer')
  const body = Buffer.from(encodeTimestampRequest({ hash: 'sha256', digest, nonce: 5n, withCertificates: true }))
  const headers = { 'content-type': 'application/timestamp-query' }
  return Buffer.from(await (await fetch(`${tsa}/api/v1/timestamp`, { method: 'POST', headers, body })).arrayBuffer())
}

test.each([
  ['garbage', Buffer.from('garbage'), 'gave no token: DER'],
  ['nothing', Buffer.alloc(0), 'gave no token: DER'],
  [
    'a rejection',
    Buffer.from('30053003020102', 'hex'),
    'gave no token: the timestamp authority refused the request (status 2)',
  ],
])('%s is a fault that names the authority', async (_, body, why) => {
  const server = await serve((_, response) => void response.end(body))
  const fault = await faultOf(clientTo(server.url).stamp(signature))
  expect(fault.code).toBe('tsa')
  expect(fault.message).toContain(`timestamp authority at 127.0.0.1:${server.port} ${why}`)
})

test('a refusal by status names it too', async () => {
  const server = await serve((_, response) => json(response, 400, { message: 'bad request' }))
  expect((await faultOf(clientTo(server.url).stamp(signature))).message).toContain('answered 400: bad request')
})
