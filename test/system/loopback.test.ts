import { request } from 'node:http'
import { createServer, type Server } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type LoopbackHandler, listenOnLoopback } from '../../src/system/loopback.ts'

const hello: LoopbackHandler = async (target) => ({ status: 200, headers: {}, body: target })

async function listen(handle: LoopbackHandler = hello, port = 0) {
  const listener = await listenOnLoopback(port, handle)
  onTestFinished(() => listener.close())
  return listener
}

/** Takes a port of one address, or undefined where this machine has no such address. */
async function occupy(host: string, port = 0): Promise<number | undefined> {
  const server: Server = createServer()
  const taken = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, host, () => resolve(true))
  })
  const address = server.address()
  if (!taken || address === null || typeof address === 'string') return undefined
  onTestFinished(() => void server.close())
  return address.port
}

const statusOf = (port: number, options: Readonly<Record<string, unknown>>) =>
  new Promise<number | undefined>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent: false, ...options }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('error', reject).end()
  })

test.each(['localhost', '127.0.0.1'])('answers under the name %s', async (name) => {
  const { port } = await listen()
  expect(await (await fetch(`http://${name}:${port}/a?b=c`)).text()).toBe('/a?b=c')
})

test('IPv6 is answered on the same port, where there is any', async () => {
  const hasIpv6 = (await occupy('::1')) !== undefined
  const { port } = await listen()
  expect(await occupy('::1', port)).toBeUndefined()
  if (hasIpv6) expect((await fetch(`http://[::1]:${port}/`)).status).toBe(200)
})

test.each<[string, Readonly<Record<string, unknown>>]>([
  ['a foreign name', { headers: { host: 'attacker.example' } }],
  ['a name that only begins like ours', { headers: { host: 'localhost.attacker.example' } }],
  ['a POST', { method: 'POST' }],
  ['an address in place of a path', { path: 'http://attacker.example/' }],
  ['a path that reads as a host', { path: '//attacker.example/' }],
])('%s is not found', async (_, options) => {
  const { port } = await listen()
  expect(await statusOf(port, options)).toBe(404)
})

test('a port that is taken is a fault', async () => {
  const port = (await occupy('127.0.0.1')) ?? 0
  await expect(listen(hello, port)).rejects.toMatchObject({
    message: `cannot listen on port ${port} of this machine: EADDRINUSE`,
    hint: 'end what listens there, or choose another port',
  })
})

test('an answer that has left is told, also where the browser went away', async () => {
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>()
  const sent: string[] = []
  const { port } = await listen(async (target) => {
    if (target === '/slow') await gone
    return { status: 200, headers: {}, body: 'x', sent: () => sent.push(target) }
  })
  await (await fetch(`http://127.0.0.1:${port}/fast`)).text()
  await expect.poll(() => sent).toEqual(['/fast'])
  await fetch(`http://127.0.0.1:${port}/slow`, { signal: AbortSignal.timeout(100) }).catch(() => undefined)
  setTimeout(leave, 100)
  await expect.poll(() => sent).toEqual(['/fast', '/slow'])
})

test('closed, it is gone', async () => {
  const listener = await listenOnLoopback(0, hello)
  listener.close()
  await expect(fetch(`http://127.0.0.1:${listener.port}/`)).rejects.toThrow()
})
