import { expect, test } from 'vitest'
import { githubActions } from '../../../src/oidc/ambient/github-client.ts'
import { freshToken, testHttp, worldWith } from '../../support/ambient.ts'
import { faultOf, printed } from '../../support/faults.ts'
import { type Answer, json, serve } from '../../support/loopback.ts'

const BEARER = 'the-bearer-of-this-job'

/** The runner's endpoint: the audience asked for, the bearer checked, `{ count, value }` answered. */
async function runner(answer?: Answer) {
  const server = await serve(
    answer ??
      ((asked, response) => {
        if (asked.headers.authorization !== `Bearer ${BEARER}`) return json(response, 401, { message: 'unauthorized' })
        const value = freshToken(new URL(asked.path, 'http://x').searchParams.get('audience') ?? 'https://github.com/o')
        json(response, 200, { count: value.length, value })
      }),
  )
  const env = {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/x/idtoken/1/2?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
  }
  return { server, env, source: githubActions(worldWith(env), testHttp()) }
}

test("a job with the permission gets a token, asked for by the runner's own URL and the audience", async () => {
  const { server, source } = await runner()
  expect((await source.token('sigstore'))?.claims.audience).toEqual(['sigstore'])
  expect(server.asked[0]).toMatchObject({ method: 'GET', path: '/x/idtoken/1/2?api-version=2.0&audience=sigstore' })
})

test('each use fetches a fresh token, because they live for five minutes', async () => {
  const { server, source } = await runner()
  const [first, second] = [await source.token('sigstore'), await source.token('sigstore')]
  expect(first?.secret.reveal()).not.toBe(second?.secret.reveal())
  expect(server.asked.length).toBe(2)
})

test('an audience is sent as it is, whatever it holds', async () => {
  const { source } = await runner()
  expect((await source.token('https://a.test/?b=c&d'))?.claims.audience).toEqual(['https://a.test/?b=c&d'])
})

test('a job without id-token: write is told that this is what is missing', async () => {
  const fault = await faultOf(githubActions(worldWith({ GITHUB_ACTIONS: 'true' }), testHttp()).token('sigstore'))
  expect(fault).toMatchObject({
    code: 'identity',
    message: 'GitHub Actions lets this job have no identity token: id-token: write is missing',
  })
  expect(fault.hint).toContain('permissions: id-token: write')
})

test('elsewhere it is not here', async () => {
  expect(await githubActions(worldWith({}), testHttp()).token('sigstore')).toBeUndefined()
})

test.each([401, 403])('a refusal with %i names the permission, and never the bearer', async (status) => {
  const { source } = await runner((asked, response) =>
    json(response, status, { message: `no: ${asked.headers.authorization}` }),
  )
  const fault = await faultOf(source.token('sigstore'))
  expect(fault.message).toMatch(
    new RegExp(`^GitHub Actions at 127.0.0.1:\\d+ answered ${status}: no: Bearer \\[secret\\]$`),
  )
  expect(fault.hint).toContain('id-token: write')
  expect(printed(fault)).not.toContain(BEARER)
})

test('a runner that stumbles is asked again', async () => {
  const { source } = await runner((_, response, count) =>
    json(response, count === 0 ? 503 : 200, count === 0 ? {} : { value: freshToken('sigstore') }),
  )
  expect(await source.token('sigstore')).toBeDefined()
})

test.each([
  ['no JSON', 'hello'],
  ['no value', '{"count":1}'],
  ['a value of another type', '{"value":{"a":1}}'],
])('an answer with %s is refused without being quoted', async (_, body) => {
  const { source } = await runner((_, response) => response.end(body))
  const fault = await faultOf(source.token('sigstore'))
  expect(fault.message).toMatch(/^GitHub Actions at 127\.0\.0\.1:\d+ answered without a value$/)
})

test('a URL off this machine must be https, and no redirect is followed with the bearer', async () => {
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://example.com/', ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER }
  const fault = await faultOf(githubActions(worldWith(env), testHttp()).token('sigstore'))
  expect(fault.message).toContain('plain http to example.com')
  const { source } = await runner((_, response) => response.writeHead(302, { location: 'https://example.com/' }).end())
  expect((await faultOf(source.token('sigstore'))).message).toContain('a redirect that is not followed')
})
