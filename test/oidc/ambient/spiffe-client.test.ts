import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseEndpoint } from '../../../src/oidc/ambient/spiffe.ts'
import { spiffe } from '../../../src/oidc/ambient/spiffe-client.ts'
import { freshToken, worldWith } from '../../support/ambient.ts'
import { faultOf, printed } from '../../support/faults.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { frame, type Reply, serveWorkloadApi } from '../../support/workload-api.ts'

const folder = temporaryFolder('spiffe')
let count = 0

async function agent(reply: (count: number) => Reply, timeout = 2_000) {
  const path = join(folder, `${++count}.sock`)
  const { calls } = await serveWorkloadApi(path, reply)
  const world = worldWith({ SPIFFE_ENDPOINT_SOCKET: `unix://${path}` })
  return { calls, source: spiffe({ world, forced: false, timeout }) }
}

test("the agent gives the process's default identity, for the audience and with the header it wants", async () => {
  const { calls, source } = await agent(() => ({
    token: (audience) => freshToken(audience, { sub: 'spiffe://e.org/ci' }),
  }))
  const token = await source.token('sigstore')
  expect(token).toMatchObject({ source: 'SPIFFE', claims: { subject: 'spiffe://e.org/ci', audience: ['sigstore'] } })
  expect(calls[0]).toMatchObject({ audiences: ['sigstore'], headers: { 'workload.spiffe.io': 'true' } })
})

test.each([
  [7, 'no identity issued', 'the agent has no identity for this process: no identity issued', /register an entry/],
  [12, '', 'the agent offers no JWT-SVIDs', /JWT-SVID profile/],
  [13, 'a\nb', 'the agent refused (gRPC status 13): a b', /log/],
])('gRPC status %i is a fault that says what to do', async (status, said, why, hint) => {
  const { source } = await agent(() => ({ status, said }))
  const fault = await faultOf(source.token('sigstore'))
  expect(fault).toMatchObject({ code: 'identity', message: `SPIFFE gave no token: ${why}` })
  expect(fault.hint).toMatch(hint)
})

test('an agent that is still starting is asked again, three times in all', async () => {
  const { source } = await agent((count) => (count < 2 ? { status: 14, said: '' } : { token: freshToken }))
  expect(await source.token('sigstore')).toBeDefined()
  const never = await agent(() => ({ status: 14, said: 'starting' }))
  expect((await faultOf(never.source.token('sigstore'))).message).toContain('the agent is not ready: starting')
  expect(never.calls.length).toBe(3)
})

test('a silent agent, and one that is gone, end in time and name the socket', async () => {
  const { source } = await agent(() => 'silence', 300)
  expect((await faultOf(source.token('sigstore'))).message).toMatch(/the socket unix:.* did not answer within 0\.3 s$/)
  const gone = spiffe({ world: worldWith({ SPIFFE_ENDPOINT_SOCKET: `unix://${folder}/none` }), forced: false })
  const fault = await faultOf(gone.token('sigstore'))
  expect(fault.message).toBe(`SPIFFE gave no token: the socket unix://${folder}/none is not there`)
  expect(fault.hint).toContain('SPIFFE_ENDPOINT_SOCKET')
})

test('a token without an issuer says how SPIRE gets one, and is not shown', async () => {
  const text = freshToken('sigstore', { iss: undefined })
  const { source } = await agent(() => ({ token: () => text }))
  const fault = await faultOf(source.token('sigstore'))
  expect(fault.message).toContain('names no issuer or no subject')
  expect(fault.hint).toContain('jwt_issuer')
  expect(printed(fault)).not.toContain(text)
})

test.each([
  ['empty', new Uint8Array()],
  ['no protobuf', Uint8Array.of(0xff, 0xff)],
])('an answer that is %s is a fault', async (_, message) => {
  const { source } = await agent(() => ({ raw: frame(message) }))
  expect((await faultOf(source.token('sigstore'))).message).toMatch(
    /^SPIFFE gave a token that is of no use: JWTSVIDRes/,
  )
})

test('without the variable nobody is asked: in /tmp anybody may listen', async () => {
  expect(await spiffe({ world: worldWith({}), forced: false }).token('sigstore')).toBeUndefined()
})

describe('the endpoint', () => {
  test.each([
    ['unix:///run/spire/agent.sock', '/run/spire/agent.sock'],
    ['unix:/run/a', '/run/a'],
    ['/run/a', '/run/a'],
    ['tcp://127.0.0.1:8000', 8000],
  ])('%s is one', (text, endpoint) => {
    expect(parseEndpoint(text)).toBe(endpoint)
  })

  test.each([
    '',
    'run/a',
    'unix://run',
    'tcp://10.0.0.1:80',
    'tcp://127.0.0.1:0',
    'tcp://127.0.0.1:80/x',
    'tcp://127.0.0.1:70000',
    'https://x',
  ])('%j is none', (text) => {
    expect(() => parseEndpoint(text)).toThrow('SPIFFE_ENDPOINT_SOCKET is neither')
  })
})
