import * as nodeHttp from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createHttp } from '../../src/system/http.ts'
import { checkDirect, proxyFor } from '../../src/system/proxy.ts'
import { serve } from '../support/loopback.ts'

const env = { HTTPS_PROXY: 'http://proxy.test:3128', NO_PROXY: 'internal.test, .corp.test,*.dev.test,odd.test:8443' }

test.each([
  ['https://fulcio.sigstore.dev/', true],
  ['https://internal.test/', false],
  ['https://a.internal.test/', false],
  ['https://notinternal.test/', true],
  ['https://a.corp.test/', false],
  ['https://a.dev.test/', false],
  ['https://odd.test/', true],
  ['https://odd.test:8443/', false],
  ['https://localhost:5555/', false],
  ['http://127.0.0.1:5555/', false],
])('HTTPS_PROXY is used for %s: %s', (url, proxied) => {
  expect(proxyFor(new URL(url), env)).toBe(proxied ? env.HTTPS_PROXY : undefined)
})

test('NO_PROXY=* turns the proxy off', () => {
  expect(proxyFor(new URL('https://a.test/'), { ...env, NO_PROXY: '*' })).toBeUndefined()
})

test('HTTP_PROXY alone is not used: plain http never leaves this machine', async () => {
  const server = await serve((_, response) => response.end('direct'))
  const http = createHttp({ userAgent: 'test', env: { HTTP_PROXY: 'http://127.0.0.1:1' } })
  const answer = await http.request({ service: 'Fulcio', url: server.url, code: 'ca', retry: 'never' })
  expect(Buffer.from(answer.body).toString()).toBe('direct')
})

test.skipIf('Bun' in globalThis)('where Node would send plain http through a proxy, nothing is sent', async () => {
  const proxied = { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://proxy.test:3128' }
  const http = createHttp({ userAgent: 'test', env: proxied })
  const request = http.request({ service: 'Fulcio', url: 'http://127.0.0.1:1/', code: 'ca' })
  await expect(request).rejects.toMatchObject({
    code: 'config',
    message: 'plain http to 127.0.0.1:1 would go through the proxy',
    hint: 'add 127.0.0.1 to NO_PROXY, or unset NODE_USE_ENV_PROXY',
  })
  const url = new URL('http://169.254.169.254/computeMetadata/v1/')
  expect(() => checkDirect(url, proxied)).toThrow('through the proxy')
  expect(() => checkDirect(url, { ...proxied, NO_PROXY: 'localhost,169.254.169.254' })).not.toThrow()
  expect(() => checkDirect(url, { HTTP_PROXY: 'http://proxy.test:3128' })).not.toThrow()
  expect(() => checkDirect(new URL('https://a.test/'), proxied)).not.toThrow()
})

// Node 22 learns of proxies from NODE_USE_ENV_PROXY=1 at its start alone.
test.skipIf(!('setGlobalProxyFromEnv' in nodeHttp))('an https request goes through the proxy by CONNECT', async () => {
  const asked: string[] = []
  const proxy = nodeHttp.createServer()
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const { port } = proxy.address() as AddressInfo
  const http = createHttp({ userAgent: 'test', env: { HTTPS_PROXY: `http://127.0.0.1:${port}` } })
  const request = http.request({ service: 'Fulcio', url: 'https://fulcio.test/', code: 'ca', retry: 'never' })
  await expect(request).rejects.toMatchObject({ code: 'network' })
  expect(asked).toEqual(['fulcio.test:443'])
})
