import { describe, expect, test } from 'vitest'
import { buildkite } from '../../../src/oidc/ambient/buildkite-client.ts'
import { circleci } from '../../../src/oidc/ambient/circleci-client.ts'
import { freshToken, worldWith } from '../../support/ambient.ts'
import { faultOf, printed } from '../../support/faults.ts'
import { temporaryFolder } from '../../support/folder.ts'
import { stubProgram } from '../../support/program-stub.ts'

const folder = temporaryFolder('ambient-command')
const token = freshToken('sigstore')

describe('Buildkite', () => {
  const ACCESS = 'bkat_0123456789'
  const JOB = { BUILDKITE: 'true', BUILDKITE_AGENT_ACCESS_TOKEN: ACCESS }
  const hasAccess = `[ "$BUILDKITE_AGENT_ACCESS_TOKEN" = ${ACCESS} ] || exit 9`

  function agent(script: string, timeout?: number) {
    const stub = stubProgram(folder, 'buildkite-agent', `${hasAccess}\n${script}`)
    const world = worldWith({ ...JOB, ...stub.env })
    return { stub, source: buildkite({ world, ...(timeout === undefined ? {} : { timeout }) }) }
  }

  test("the job's agent is asked for a token of the audience, and may speak on stderr beside it", async () => {
    const { stub, source } = agent(`echo '2026-01-01 INFO   asking' >&2; echo '${token}'`)
    expect((await source.token('sigstore'))?.secret.reveal()).toBe(token)
    expect(stub.arguments()).toEqual(['oidc', 'request-token', '--audience', 'sigstore'])
  })

  test('an agent that fails has its last word quoted, its own credential and tokens cut out', async () => {
    const { source } = agent(
      `echo first >&2; printf '\\033[31mFATAL\\033[0m ${ACCESS} ${token} 403 Forbidden\\n\\n' >&2; exit 1`,
    )
    const fault = await faultOf(source.token('sigstore'))
    expect(fault.message).toBe(
      'Buildkite gave this job no identity token: buildkite-agent failed: FATAL [secret] [secret] 403 Forbidden',
    )
    expect(fault).toMatchObject({ code: 'identity', hint: expect.stringContaining('3.40') })
    expect(printed(fault)).not.toContain(ACCESS)
  })

  test('no agent in the container: it says how to bring it there', async () => {
    const fault = await faultOf(buildkite({ world: worldWith({ ...JOB, PATH: folder }) }).token('sigstore'))
    expect(fault.message).toBe('Buildkite gave this job no identity token: buildkite-agent is not on the PATH')
    expect(fault.hint).toContain('mount-buildkite-agent: true')
  })

  test('an agent that hangs ends in time', async () => {
    const { source } = agent('sleep 20', 300)
    expect((await faultOf(source.token('sigstore'))).message).toContain('did not answer within 0.3 s')
  })

  test('an agent that prints no token is refused without being quoted', async () => {
    const { source } = agent('echo hello there')
    const fault = await faultOf(source.token('sigstore'))
    expect(fault.message).toBe('the identity token from Buildkite is not a JWT')
  })

  test('elsewhere it is not here', async () => {
    expect(await buildkite({ world: worldWith({}) }).token('sigstore')).toBeUndefined()
  })
})

describe('CircleCI', () => {
  const organisation = freshToken('7c9e6679-7425-40de-944b-e07fc1f90ae7')
  const job = { CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: organisation }

  function task(script: string) {
    const stub = stubProgram(folder, 'circleci', script)
    return { stub, source: circleci({ world: worldWith({ ...job, ...stub.env }) }) }
  }

  test("the job's ready token is for its organisation, so one for the audience is asked for", async () => {
    const { stub, source } = task(`printf '%s' '${token}'`)
    expect((await source.token('sigstore'))?.secret.reveal()).toBe(token)
    expect(stub.arguments()).toEqual(['run', 'oidc', 'get', '--root-issuer', '--claims', '{"aud":"sigstore"}'])
  })

  test('where the ready token has the audience it is taken as it is', async () => {
    const source = circleci({ world: worldWith({ ...job, PATH: folder }) })
    const found = await source.token('7c9e6679-7425-40de-944b-e07fc1f90ae7')
    expect(found?.source).toBe('CircleCI (CIRCLE_OIDC_TOKEN_V2)')
  })

  test('a program that does not know --root-issuer is asked without it', async () => {
    const script = `[ "$4" = --root-issuer ] && { echo 'Error: unknown flag: --root-issuer' >&2; exit 1; }\necho '${token}'`
    const { stub, source } = task(script)
    expect((await source.token('sigstore'))?.secret.reveal()).toBe(token)
    expect(stub.arguments()).toEqual(['run', 'oidc', 'get', '--claims', '{"aud":"sigstore"}'])
  })

  test('no program, or the one that people install: it says which is needed', async () => {
    const missing = await faultOf(circleci({ world: worldWith({ ...job, PATH: folder }) }).token('sigstore'))
    expect(missing.message).toBe('CircleCI gave this job no identity token: circleci is not on the PATH')
    expect(missing.hint).toContain('CIRCLE_OIDC_TOKEN_V2 is for another audience')
    const { source } = task("echo 'Error: this command is intended to be run inside a job' >&2; exit 255")
    const refused = await faultOf(source.token('sigstore'))
    expect(refused.message).toContain('circleci failed: Error: this command is intended to be run inside a job')
    expect(refused.hint).toContain('not one that was installed')
    expect(printed(missing) + printed(refused)).not.toContain(organisation)
  })

  test('elsewhere it is not here', async () => {
    expect(await circleci({ world: worldWith({ CIRCLE_OIDC_TOKEN_V2: organisation }) }).token('x')).toBeUndefined()
  })
})
