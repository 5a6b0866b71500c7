import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import { Fault } from '../../src/errors.ts'
import { Secret } from '../../src/secret.ts'
import { createHttp, type Http, type HttpRequest } from '../../src/system/http.ts'
import { json, serve } from '../support/loopback.ts'

/** A client whose waits take no time; they are written down, and pass on its clock. */
function client(options: { budget?: number } = {}): Http & { readonly waits: number[] } {
  const waits: number[] = []
  let clock = 0
  const http = createHttp({
    userAgent: 'gitsigil/test',
    now: () => clock,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms)
      clock += ms
    },
    ...options,
  })
  return { ...http, waits }
}

function ask(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { service: 'Fulcio', url, code: 'ca', ...more }
}

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const thrown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(thrown instanceof Fault)) throw new Error('no fault was thrown', { cause: thrown })
  expect(thrown.message).not.toMatch(/[\n\r]/)
  return thrown
}

describe('what is sent and what comes back', () => {
  test('a request carries its headers, its body and our name, and the answer its status, headers and bytes', async () => {
    const server = await serve((_, response) => json(response, 201, { done: true }, { 'x-log-index': '7' }))
    const answer = await client().request(
      ask(`${server.url}/a?b=c`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
    )
    expect(answer.status).toBe(201)
    expect(answer.headers.get('X-Log-Index')).toBe('7')
    expect(Buffer.from(answer.body).toString()).toBe('{"done":true}')
    expect(server.asked[0]).toMatchObject({ method: 'POST', path: '/a?b=c', body: Buffer.from('{}') })
    expect(server.asked[0]?.headers).toMatchObject({ 'user-agent': 'gitsigil/test', accept: 'application/json' })
  })

  test('bytes are sent and received as they are', async () => {
    const server = await serve((asked, response) => response.end(asked.body))
    const body = Uint8Array.from({ length: 256 }, (_, i) => i)
    const answer = await client().request(ask(server.url, { method: 'POST', body }))
    expect(Buffer.from(answer.body).equals(Buffer.from(body))).toBe(true)
  })

  test('an answer of 4xx is the caller’s to judge, and is not asked for twice', async () => {
    const server = await serve((_, response) => json(response, 409, { code: 409 }))
    expect((await client().request(ask(server.url))).status).toBe(409)
    expect(server.asked.length).toBe(1)
  })
})

describe('retries', () => {
  test('a GET that meets 503 twice is asked again after growing waits, and succeeds', async () => {
    const server = await serve((_, response, count) => json(response, count < 2 ? 503 : 200, {}))
    const http = client()
    expect((await http.request(ask(server.url))).status).toBe(200)
    expect(http.waits).toEqual([150, 450])
  })

  test('a POST is sent once unless it is said to be idempotent', async () => {
    const server = await serve((_, response) => json(response, 503, {}))
    expect((await faultOf(client().request(ask(server.url, { method: 'POST' })))).code).toBe('ca')
    expect(server.asked.length).toBe(1)
    await faultOf(client().request(ask(server.url, { method: 'POST', retry: 'idempotent', body: 'x' })))
    expect(server.asked.map((one) => one.body.toString())).toEqual(['', 'x', 'x', 'x', 'x'])
  })

  test('after four attempts the fault names the service, its host, the status and what it said', async () => {
    const server = await serve((_, response) => json(response, 500, { code: 13, message: 'store\nis full' }))
    const fault = await faultOf(client().request(ask(server.url)))
    expect(fault.message).toBe(`Fulcio at 127.0.0.1:${server.port} answered 500 in 4 attempts: store is full`)
    expect(fault.code).toBe('ca')
    expect(server.asked.length).toBe(4)
  })

  test('501 is an answer, not a failure', async () => {
    const server = await serve((_, response) => json(response, 501, {}))
    expect((await client().request(ask(server.url))).status).toBe(501)
  })

  test('Retry-After in seconds is kept to', async () => {
    const server = await serve((_, response, count) =>
      json(response, count === 0 ? 429 : 200, {}, { 'retry-after': '3' }),
    )
    const http = client()
    await http.request(ask(server.url))
    expect(http.waits).toEqual([3000])
  })

  test('Retry-After as a date is kept to', async () => {
    const after = new Date(2000).toUTCString()
    const server = await serve((_, response, count) =>
      json(response, count === 0 ? 503 : 200, {}, { 'retry-after': after }),
    )
    const http = client()
    await http.request(ask(server.url))
    expect(http.waits).toEqual([2000])
  })

  test('a Retry-After beyond the budget ends at once and says how long the service asks to wait', async () => {
    const server = await serve((_, response) => json(response, 429, {}, { 'retry-after': '600' }))
    const http = client()
    const fault = await faultOf(http.request(ask(server.url)))
    expect(fault.message).toBe(`Fulcio at 127.0.0.1:${server.port} answered 429 and asks to wait 600 s`)
    expect(http.waits).toEqual([])
  })

  test('however large the budget, nobody waits for more than five minutes', async () => {
    const server = await serve((_, response) => json(response, 429, {}, { 'retry-after': '86000' }))
    const http = client({ budget: 86_400_000 })
    const fault = await faultOf(http.request(ask(server.url)))
    expect(fault.message).toContain('asks to wait 86000 s')
    expect(http.waits).toEqual([])
  })

  test('while a host asks for patience no other request is sent to it, and to others they are', async () => {
    const server = await serve((_, response, count) =>
      json(response, count === 0 ? 429 : 200, {}, { 'retry-after': '3' }),
    )
    const other = await serve((_, response) => json(response, 200, {}))
    let wake = () => {}
    const waits: number[] = []
    const sleep = (ms: number) => {
      waits.push(Math.round(ms / 1000))
      return new Promise<void>((resolve) => {
        const before = wake
        wake = () => [before(), resolve()]
      })
    }
    const http = createHttp({ userAgent: 'test', sleep })
    const first = http.request(ask(server.url))
    await vi.waitFor(() => expect(waits).toEqual([3]))
    const second = http.request(ask(server.url))
    expect((await http.request(ask(other.url))).status).toBe(200)
    expect([waits, server.asked.length]).toEqual([[3, 3], 1])
    wake()
    expect([(await first).status, (await second).status]).toEqual([200, 200])
  })

  test('all requests share one budget, and what happens between them is not counted', async () => {
    const server = await serve((_, response) => json(response, 503, {}))
    const http = client({ budget: 500 })
    await faultOf(http.request(ask(server.url)))
    await faultOf(http.request(ask(server.url)))
    expect(http.waits).toEqual([150, 150])
  })

  test('nothing is asked once the budget is used up', async () => {
    const server = await serve((_, response) => json(response, 503, {}, { 'retry-after': '1' }))
    const http = client({ budget: 2500 })
    await faultOf(http.request(ask(server.url)))
    await faultOf(http.request(ask(server.url, { retry: 'never' })))
    expect(http.waits).toEqual([1000, 1000])
    const late = createHttp({ userAgent: 'test', budget: 0 })
    const fault = await faultOf(late.request(ask(server.url)))
    expect(fault.message).toBe(`Fulcio at 127.0.0.1:${server.port} was not asked: no time is left`)
  })

  test('a connection dropped before the answer is tried again', async () => {
    const server = await serve((_, response, count) => (count === 0 ? response.destroy() : json(response, 200, {})))
    expect((await client().request(ask(server.url))).status).toBe(200)
  })

  test('a connection dropped in the middle of a body is tried again, never taken for the whole', async () => {
    const server = await serve((_, response, count) => {
      response.writeHead(200, { 'content-length': '10' })
      if (count > 0) response.end('0123456789')
      else response.write('01234', () => setTimeout(() => response.destroy(), 20))
    })
    const answer = await client().request(ask(server.url))
    expect(Buffer.from(answer.body).toString()).toBe('0123456789')
    expect(server.asked.length).toBe(2)
  })
})

describe('limits', () => {
  test('a body over the limit is dropped while it is read, and not asked for again', async () => {
    const server = await serve((_, response) => {
      response.on('error', () => {})
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65536)));
        response.once('drain', more)
      }
      more()
    })
    const fault = await faultOf(client().request(ask(server.url, { maxBytes: 100_000 })))
    expect(fault.message).toContain('sent more than 100000 bytes')
    expect(server.asked.length).toBe(1)
  })

  test('the limit counts what a compressed body becomes', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync(Buffer.alloc(1_000_000)))
    })
    expect((await faultOf(client().request(ask(server.url, { maxBytes: 100_000 })))).message).toContain('100000 bytes')
  })

  test('a body that drips is cut off by the time limit of the attempt', async () => {
    const server = await serve((_, response) => {
      const drip = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(drip))
    })
    const fault = await faultOf(client().request(ask(server.url, { timeout: 60, retry: 'never' })))
    expect(fault.message).toBe(`Fulcio at 127.0.0.1:${server.port} did not answer within 60 ms`)
    expect(fault.code).toBe('network')
  })

  test('a service that never answers is given up within the budget', async () => {
    const server = await serve(() => {})
    const began = Date.now()
    const http = createHttp({ userAgent: 'test', budget: 200 })
    expect((await faultOf(http.request(ask(server.url)))).code).toBe('network')
    expect(Date.now() - began).toBeLessThan(10_000)
  })
})

describe('redirects', () => {
  test('a bare GET follows one', async () => {
    const server = await serve((asked, response) =>
      asked.path === '/from' ? json(response, 302, {}, { location: '/to' }) : json(response, 200, { at: asked.path }),
    )
    const answer = await client().request(ask(`${server.url}/from`))
    expect(Buffer.from(answer.body).toString()).toBe('{"at":"/to"}')
  })

  test.each([
    ['a POST', { method: 'POST' }],
    ['a GET with headers of its own', { headers: { authorization: 'Bearer abc' } }],
    ['a request with a secret', { secrets: [new Secret('abc')] }],
  ] as const)('%s follows none', async (_, more) => {
    const server = await serve((_, response) => json(response, 307, {}, { location: '/to' }))
    const fault = await faultOf(client().request(ask(`${server.url}/from`, more)))
    expect(fault.message).toContain('answered 307, a redirect that is not followed')
    expect(server.asked.length).toBe(1)
  })

  test('a loop ends after three', async () => {
    const server = await serve((_, response) => json(response, 302, {}, { location: '/' }))
    expect((await faultOf(client().request(ask(server.url)))).message).toContain('redirect that is not followed')
    expect(server.asked.length).toBe(4)
  })

  test.each(['http://example.test/', 'file:///etc/passwd', 'http://name:word@127.0.0.1/', 'http://'])(
    'none leads to %s',
    async (location) => {
      const server = await serve((_, response) => json(response, 302, {}, { location }))
      expect((await faultOf(client().request(ask(server.url)))).message).toContain('redirect that is not followed')
    },
  )

  test('none leads from outside into this machine', async () => {
    const http = createHttp({
      userAgent: 'test',
      fetch: async () => new Response('', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }),
    })
    expect((await faultOf(http.request(ask('https://example.test/')))).message).toContain('not followed')
  })
})

describe('which URLs are asked', () => {
  test.each([
    ['http://example.test/', 'is plain http to example.test'],
    ['http://127.0.0.1.example.test/', 'is plain http to'],
    ['http://localhost.example.test/', 'is plain http to'],
    ['http://0.0.0.0/', 'is plain http to'],
    ['ftp://localhost/', 'is neither https nor http'],
    ['https://name:hunter2@example.test/', 'holds a name or password'],
    ['nonsense', 'is not one'],
  ])('%s is refused before anything is sent', async (url, why) => {
    const http = createHttp({
      userAgent: 'test',
      fetch: () => Promise.reject(new Error('something was sent')),
    })
    const fault = await faultOf(http.request(ask(url)))
    expect(fault.code).toBe('config')
    expect(fault.message).toContain(`the URL of Fulcio ${why}`)
    expect(fault.message).not.toContain('hunter2')
  })

  test.each([
    'http://localhost/',
    'http://127.0.0.1/',
    'http://127.1.2.3:80/',
    'http://[::1]:80/',
    'https://example.test/',
  ])('%s may be asked', async (url) => {
    const http = createHttp({ userAgent: 'test', fetch: async () => new Response('ok') })
    expect((await http.request(ask(url))).status).toBe(200)
  })

  test.each([
    ['http://169.254.169.254/computeMetadata/v1/instance/', true],
    ['http://metadata.google.internal/computeMetadata/v1/instance/', true],
    ['http://169.254.169.254/latest/meta-data/', false],
    ['http://169.254.169.254:8080/computeMetadata/v1/', false],
    ['http://name@169.254.169.254/computeMetadata/v1/', false],
    ['http://metadata.google.internal.example.test/computeMetadata/v1/', false],
    ['http://10.0.0.1/computeMetadata/v1/', false],
  ])(
    "a request that says so may ask Google's metadata server, and nobody else, over plain http: %s %s",
    async (url, may) => {
      const http = createHttp({ userAgent: 'test', fetch: async () => new Response('ok') })
      expect((await faultOf(http.request(ask(url)))).code).toBe('config')
      const asked = http.request(ask(url, { metadata: true }))
      if (may) expect((await asked).status).toBe(200)
      else expect((await faultOf(asked)).code).toBe('config')
    },
  )

  test("no redirect leads to Google's metadata server", async () => {
    const location = 'http://169.254.169.254/computeMetadata/v1/instance/'
    const http = createHttp({
      userAgent: 'test',
      fetch: async () => new Response('', { status: 302, headers: { location } }),
    })
    const fault = await faultOf(http.request(ask('https://example.test/', { metadata: true })))
    expect(fault.message).toContain('not followed')
  })
})

describe('errors', () => {
  test('a refused connection on this machine hints at the sandbox', async () => {
    const fault = await faultOf(client().request(ask(`http://127.0.0.1:${await freePort()}/`)))
    expect(fault.message).toMatch(/^Fulcio at 127\.0\.0\.1:\d+ refused the connection \(.*\) in 4 attempts$/)
    expect(fault.hint).toContain('gitsigil sandbox start')
    expect(fault.code).toBe('network')
  })

  test('a public-good service hints at its status page', async () => {
    const http = createHttp({
      userAgent: 'test',
      sleep: async () => {},
      fetch: async () => new Response('<html>bad gateway</html>', { status: 502 }),
    })
    const fault = await faultOf(http.request(ask('https://fulcio.sigstore.dev/api', { retry: 'never' })))
    expect(fault.message).toBe('Fulcio at fulcio.sigstore.dev answered 502')
    expect(fault.hint).toContain('https://status.sigstore.dev')
  })

  test('a name without an address is not asked again', async () => {
    const cause = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    const http = client()
    const failing = createHttp({
      userAgent: 'test',
      sleep: async (ms) => void http.waits.push(ms),
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause })),
    })
    const fault = await faultOf(failing.request(ask('https://nowhere.test/')))
    expect(fault.message).toBe('Fulcio at nowhere.test has no address (DNS) (ENOTFOUND)')
    expect(fault.hint).toMatch(/^is the name of the host right/)
    expect(http.waits).toEqual([])
  })

  test('what is not TLS is told as TLS trouble, once', async () => {
    const server = await serve((_, response) => json(response, 200, {}))
    const http = client()
    const fault = await faultOf(http.request(ask(`https://127.0.0.1:${server.port}/`)))
    expect(fault.message).toContain('TLS')
    expect(http.waits).toEqual([])
  })

  test('a token that the service repeats, whole or as any JWT, is cut out', async () => {
    const token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln'
    const server = await serve((_, response) =>
      json(response, 500, { message: `bad ${token} and s3cret\u202e\u0007!` }),
    )
    const fault = await faultOf(client().request(ask(server.url, { secrets: [new Secret('s3cret')] })))
    expect(fault.message).toContain(': bad [secret] and [secret] !')
    expect(JSON.stringify([fault.message, fault.hint, String(fault.cause), fault.stack])).not.toContain('s3cret')
  })

  test('a long answer is shortened', async () => {
    const server = await serve((_, response) => json(response, 500, { message: 'x'.repeat(3000) }))
    expect((await faultOf(client().request(ask(server.url)))).message.length).toBeLessThan(300)
  })
})

/** A port where nobody listens any more. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
