// Git in a job of a CI system, with each build: nobody logs in, and the commit is signed in the job's name.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { json, serve } from '../support/loopback.ts'
import { stubProgram } from '../support/program-stub.ts'
import type { Repository } from '../support/repository.ts'
import { initRepository, shown, useSandbox } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'
import { serveWorkloadApi } from '../support/workload-api.ts'

const COMMIT = ['commit', '--quiet', '--allow-empty', '-S', '-m', 'from a job']
const BEARER = 'the-bearer-of-this-job'

describe.each(builds)('git in a job, $name', (build) => {
  const folder = temporaryFolder('ambient')
  const program = installed(build)
  let sandbox: SandboxProcess
  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
  })
  afterAll(() => sandbox.stop())

  async function create(name: string): Promise<Repository> {
    const repository = initRepository(folder, name)
    await useSandbox(repository, { program, sandbox })
    return repository
  }

  test('GitHub Actions: each commit has a fresh token', async () => {
    const repository = await create('github')
    const runner = await serve(async ({ path }, response) => {
      const aud = new URL(path, 'http://x').searchParams.get('audience') ?? ''
      json(response, 200, { value: await sandbox.ask('token', '--github=octo/cat@refs/heads/main', `--aud=${aud}`) })
    })
    const env = {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER,
    }
    for (const count of [1, 2]) {
      expect(await repository.run(COMMIT, env)).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(shown(repository, '%G? %GS', 'HEAD')).toMatch(/^U https:\/\/github\.com\/octo\/cat\/.*@refs\/heads\/main$/)
      expect(runner.asked.length).toBe(count)
    }
  })

  test.each([
    [{ GITHUB_ACTIONS: 'true' }, 'id-token: write is missing', 'permissions: id-token: write'],
    [{ GITLAB_CI: 'true' }, 'the keyword id_tokens is missing', 'id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }'],
    [{ BUILDKITE: 'true' }, 'buildkite-agent is not on the PATH', 'mount-buildkite-agent: true'],
    [{ SPIFFE_ENDPOINT_SOCKET: 'unix:///nonexistent/agent.sock' }, 'is not there', 'is SPIFFE_ENDPOINT_SOCKET right?'],
  ])('%j without a token: one line says what is missing, and no commit is made', async (env, why, hint) => {
    const repository = await create(`without-${Object.keys(env)[0]}`)
    // Git before 2.40 drops what a signing program says.
    const log = `${repository.path}.log`
    const { status, stdout } = await repository.run(COMMIT, { ...env, GITSIGIL_LOG: log })
    expect({ status, stdout }).toEqual({ status: 128, stdout: '' })
    const [, error, more, ...rest] = readFileSync(log, 'utf8').trimEnd().split('\n')
    expect([error, more]).toEqual([expect.stringContaining(why), expect.stringContaining(hint)])
    expect(rest).toEqual([])
    expect(repository.tryGit(['rev-parse', '--verify', '--quiet', 'HEAD']).status).toBe(1)
  })

  test('Buildkite: the agent prints the token, and nothing of it goes elsewhere', async () => {
    const repository = await create('buildkite')
    const token = await sandbox.ask('token', '--gitlab=acme/web@refs/heads/main')
    const stub = stubProgram(folder, 'buildkite-agent', `echo 'INFO asking' >&2; echo '${token}'`)
    const env = { BUILDKITE: 'true', PATH: `${stub.env['PATH']}:${process.env['PATH']}` }
    expect(await repository.run(COMMIT, env)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(shown(repository, '%GS', 'HEAD')).toContain('gitlab.com/acme/web')
    expect(stub.arguments()).toEqual(['oidc', 'request-token', '--audience', 'sigstore'])
  })

  test('SPIFFE: the agent on this machine gives the token over its socket', async () => {
    const repository = await create('spiffe')
    const token = await sandbox.ask('token', '--uri=https://sandbox.example/workload/ci')
    const socket = join(folder, 'agent.sock')
    await serveWorkloadApi(socket, () => ({ token: () => token }))
    const env = { GITSIGN_TOKEN_PROVIDER: 'spiffe', SPIFFE_ENDPOINT_SOCKET: `unix://${socket}` }
    expect(await repository.run(COMMIT, env)).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(shown(repository, '%GS', 'HEAD')).toBe('https://sandbox.example/workload/ci')
  })
})
