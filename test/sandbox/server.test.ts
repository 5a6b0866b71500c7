import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOTICE } from '../../src/sandbox/notice.ts'
import { SERVICE_NAMES } from '../../src/sandbox/service.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

test.each(SERVICE_NAMES)('%s says on every answer that it is not to be trusted', async (name) => {
  const answer = await fetch(`${sandbox.urls[name]}/nothing-here`)
  expect(answer.status).toBe(404)
  expect(answer.headers.get('gitsigil-sandbox')).toBe(NOTICE)
})

test.each(SERVICE_NAMES)('the front page of %s says what it is', async (name) => {
  expect(await (await fetch(`${sandbox.urls[name]}/`)).text()).toContain(NOTICE)
})

test('another method is refused as such', async () => {
  const answer = await fetch(`${sandbox.urls.fulcio}/api/v2/signingCert`)
  expect(answer.status).toBe(405)
})

test('a request larger than a megabyte is refused', async () => {
  const body = new Uint8Array((1 << 20) + 1)
  const answer = await fetch(`${sandbox.urls.fulcio}/api/v2/signingCert`, { method: 'POST', body })
  expect(answer.status).toBe(413)
})

test('a request under a name of another machine is refused, so that no web site reaches it by DNS', async () => {
  const { statusCode } = await requestAs('evil.example')
  expect(statusCode).toBe(421)
})

test.each(['127.0.0.1', 'localhost'])('%s reaches it', async (host) => {
  const url = new URL(sandbox.urls.issuer)
  expect((await fetch(`http://${host}:${url.port}/keys`)).status).toBe(200)
})

describe('ports', () => {
  test('may be chosen', async () => {
    const port = await freePort()
    const chosen = await startTestSandbox({ ports: { fulcio: port } })
    expect(chosen.urls.fulcio).toBe(`http://localhost:${port}`)
    await chosen.close()
  })

  test('that are taken are a fault that names them, and nothing stays open', async () => {
    const port = Number(new URL(sandbox.urls.tsa).port)
    const message = `sandbox: port ${port} is in use`
    await expect(startTestSandbox({ ports: { tuf: port } })).rejects.toMatchObject({ code: 'config', message })
  })
})

async function requestAs(host: string): Promise<IncomingMessage> {
  const sent = httpRequest(`${sandbox.urls.issuer}/keys`, { headers: { host } })
  sent.end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return answer
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
