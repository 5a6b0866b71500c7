import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TOKEN_PROVIDERS } from '../../../src/config/options.ts'
import {
  type AmbientName,
  ambientSource,
  ambientSources,
  firstToken,
  firstUnasked,
  isAmbientName,
} from '../../../src/oidc/ambient/sources-client.ts'
import { freshToken, testHttp, worldWith } from '../../support/ambient.ts'
import { faultOf } from '../../support/faults.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { json, serve } from '../../support/loopback.ts'

const folder = temporaryFolder('ambient')
const absent = join(folder, 'absent')
const tokenFile = join(folder, 'token')
writeFileSync(tokenFile, `${freshToken('sigstore', { sub: 'file' })}\n`)

/** The mounted file of this machine is never read: another stands for it. */
function sources(env: Readonly<Record<string, string>>, file = absent) {
  return ambientSources(worldWith(env), testHttp(), { tokenFile: file })
}

function forced(name: AmbientName, env: Readonly<Record<string, string>> = {}, file = absent) {
  return ambientSource(name, worldWith(env), testHttp(), { tokenFile: file })
}

test('what was put there for signing comes before the CI system, and that before the machine', () => {
  expect(sources({}).map(({ name }) => name)).toEqual([
    'envvar',
    'filesystem',
    'github-actions',
    'gitlab',
    'buildkite-agent',
    'circleci',
    'spiffe',
    'google-impersonate',
    'google-workload-identity',
  ])
})

test('every provider of the option table is one of these, or a login', () => {
  expect(TOKEN_PROVIDERS.filter((name) => !isAmbientName(name))).toEqual(['interactive', 'device'])
})

test('a variable comes before the mounted file, and both before the platform', async () => {
  const platform = { GITHUB_ACTIONS: 'true' }
  const given = { ...platform, SIGSTORE_ID_TOKEN: freshToken('sigstore', { sub: 'variable' }) }
  expect((await firstToken(sources(given, tokenFile), 'sigstore'))?.claims.subject).toBe('variable')
  expect((await firstToken(sources(platform, tokenFile), 'sigstore'))?.claims.subject).toBe('file')
  expect((await faultOf(firstToken(sources(platform), 'sigstore'))).message).toContain('id-token: write is missing')
})

describe('where nobody is asked', () => {
  const unasked = (env: Readonly<Record<string, string>>, file = absent) =>
    firstUnasked(ambientSources(worldWith(env), undefined, { tokenFile: file }), 'sigstore')
  const named = (name: AmbientName) => firstUnasked([ambientSource(name, worldWith({}), undefined)], 'sigstore')

  test('a token that is here already is taken', async () => {
    expect(await unasked({}, tokenFile)).toMatchObject({ claims: { subject: 'file' } })
  })

  test.each([
    ['github-actions', { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://localhost:1', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' }],
    ['buildkite-agent', { BUILDKITE: 'true' }],
    ['circleci', { CIRCLECI: 'true' }],
    ['spiffe', { SPIFFE_ENDPOINT_SOCKET: 'unix:///nowhere' }],
    ['google-impersonate', { GOOGLE_SERVICE_ACCOUNT_NAME: 'a@b' }],
    ['google-workload-identity', { GCE_METADATA_HOST: 'localhost:1' }],
  ])('%s is the one that would be', async (name, env) => {
    expect(await unasked(env)).toEqual({ asks: name })
  })

  test('what is missing here already is a fault all the same', async () => {
    expect((await faultOf(unasked({ GITHUB_ACTIONS: 'true' }))).message).toContain('id-token: write is missing')
    expect((await faultOf(named('gitlab'))).message).toContain('has no token here: GITLAB_CI is not set')
  })
})

test('where there is nothing, nothing is found and nobody asked', async () => {
  const ours = sources({}).filter(({ name }) => name !== 'google-workload-identity')
  expect(await firstToken(ours, 'sigstore')).toBeUndefined()
})

test.each([
  ['for another audience', freshToken('sts.amazonaws.com'), 'is for the audience "sts.amazonaws.com", not "sigstore"'],
  ['expired', freshToken('sigstore', { exp: 1_600_000_000 }), /expired \d+ h ago/],
  ['no token', 'hello', 'is not a JWT'],
])('a token of a platform that is %s is refused before any service is asked', async (_, text, why) => {
  const server = await serve((_, response) => json(response, 200, { value: text }))
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: server.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer' }
  const fault = await faultOf(firstToken(sources(env), 'sigstore'))
  expect(fault.message).toMatch(why)
  expect(fault.message).toContain('from GitHub Actions')
})

describe('a provider asked for by name', () => {
  test.each([
    ['envvar', 'SIGSTORE_ID_TOKEN is not set'],
    ['filesystem', `there is no ${absent}`],
    ['github-actions', 'ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN are not set'],
    ['gitlab', 'GITLAB_CI is not set'],
    ['buildkite-agent', 'neither BUILDKITE nor BUILDKITE_AGENT_ACCESS_TOKEN is set'],
    ['circleci', 'CIRCLECI is not set'],
    ['google-impersonate', 'GOOGLE_SERVICE_ACCOUNT_NAME is not set'],
  ] as const)('%s must be there, and says what is missing', async (name, why) => {
    const fault = await faultOf(forced(name).token('sigstore'))
    expect(fault).toMatchObject({ code: 'identity', message: `the token provider ${name} has no token here: ${why}` })
    expect(fault.hint).toContain('tokenProvider')
  })

  test('is the only one: filesystem does not take the variable, nor envvar the file', async () => {
    const env = { SIGSTORE_ID_TOKEN: freshToken('sigstore', { sub: 'variable' }) }
    expect((await forced('filesystem', env, tokenFile).token('sigstore'))?.claims.subject).toBe('file')
    expect((await forced('envvar', env, tokenFile).token('sigstore'))?.claims.subject).toBe('variable')
    await faultOf(forced('envvar', {}, tokenFile).token('sigstore'))
  })
})

test('an empty file is no token, and says which file', async () => {
  const empty = join(folder, 'empty')
  writeFileSync(empty, '\n')
  expect((await faultOf(firstToken(sources({}, empty), 'sigstore'))).message).toBe(
    `the identity token from ${empty} is not a JWT`,
  )
})
