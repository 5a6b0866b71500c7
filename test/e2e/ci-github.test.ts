// The GitHub Action, its steps run as a runner would run them: with the job's files, context and token endpoint.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { json, serve } from '../support/loopback.ts'
import type { Repository } from '../support/repository.ts'
import { commit, configure, createOnSandbox, shown, useSandbox } from '../support/repository-with-sandbox.ts'
import { type Action, readYaml, runAction } from '../support/runner.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const top = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '')
const action = readYaml<Action>(join(top, 'action.yml'))
const [build] = builds.filter(({ name }) => name === 'standalone')
const ZERO = '0'.repeat(40)

describe.skipIf(build === undefined)('the GitHub Action', () => {
  const folder = temporaryFolder('action')
  const program = `${top}/dist/standalone/gitsigil`
  let sandbox: SandboxProcess
  let repository: Repository
  let count = 0
  beforeAll(async () => {
    if (build !== undefined) sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
    repository = await createOnSandbox(folder, 'checkout', { program, sandbox })
  })
  afterAll(() => sandbox?.stop())

  function run(
    inputs: Readonly<Record<string, string>>,
    github: object = {},
    env: Readonly<Record<string, string>> = {},
  ) {
    const home = join(folder, `job-${++count}`)
    const global = join(folder, `gitconfig-${count}`)
    writeFileSync(global, '')
    const job = { GITHUB_ACTION_PATH: top, GITHUB_ACTIONS: 'true', CI: 'true', GIT_CONFIG_GLOBAL: global, ...env }
    const context = { github: { sha: repository.tryGit(['rev-parse', 'HEAD']).stdout.trim(), ...github } }
    return runAction(action, inputs, { cwd: repository.path, folder: home, env: job, context })
  }

  const allow = () => `${sandbox.urls.issuer} kim@example.com\n`
  const event = (before: string, after: string) => ({
    sha: after,
    event: { before, repository: { default_branch: 'main' } },
  })

  test('no expression stands in the text of a shell', () => {
    for (const { run: text } of action.runs.steps) expect(text).not.toContain('${{')
  })

  test('refuses a mode that it does not know', async () => {
    expect(await run({ mode: 'both' })).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(/^::error title=gitsigil::mode is/),
    })
  })

  test('verify: what a push brings is annotated and summarised, and decides', async () => {
    const first = await commit(repository, 'first')
    const good = await commit(repository, 'good')
    const passed = await run({ mode: 'verify', allow: allow() }, event(first, good))
    expect(passed).toMatchObject({ status: 0 })
    expect(passed.stdout).not.toContain('::error')
    expect(passed.summary).toContain('kim&#64;example&#46;com')
    repository.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', 'bad'])
    const bad = repository.git(['rev-parse', 'HEAD'])
    const refused = await run({ mode: 'verify', allow: allow() }, event(first, bad))
    expect(refused.status).toBe(1)
    expect(refused.stdout).toContain('::error')
    expect(refused.stdout + refused.summary).toContain(bad.slice(0, 12))
    // A pull request's own ends come before those of the event's branch.
    const pull = { ...event(first, bad), event: { pull_request: { base: { sha: first }, head: { sha: good } } } }
    expect(await run({ mode: 'verify', allow: allow() }, pull)).toMatchObject({ status: 0 })
    repository.git(['reset', '--quiet', '--hard', good])
  })

  test('verify: a new branch is what the default branch has not', async () => {
    const main = await commit(repository, 'main')
    repository.git(['update-ref', 'refs/remotes/origin/main', main])
    const good = await commit(repository, 'on a branch')
    expect(await run({ mode: 'verify', allow: allow() }, event(ZERO, good))).toMatchObject({ status: 0 })
    const gone = await run({ mode: 'verify', allow: allow() }, event('1'.repeat(40), good))
    expect(gone.status).toBe(0)
  })

  test('verify: a tag is verified itself, though what it names is in the default branch', async () => {
    const main = repository.git(['rev-parse', 'refs/remotes/origin/main'])
    const tag = (...flags: readonly string[]) => repository.git(['tag', '--force', ...flags, 'v1', main])
    const verify = () => run({ mode: 'verify', allow: allow() }, { ...event(ZERO, main), ref: 'refs/tags/v1' })
    await repository.run(['tag', '-s', '-m', 'one', 'v1', main])
    expect(await verify()).toMatchObject({ status: 0 })
    tag('--no-sign', '-m', 'one')
    expect(await verify()).toMatchObject({ status: 1, stdout: expect.stringContaining('the tag is not signed') })
    tag('--no-sign')
    expect(await verify()).toMatchObject({ status: 1, stdout: expect.stringContaining('not there as a signed tag') })
  })

  test('verify: of a default branch that is new all is verified', async () => {
    repository.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', 'bad'])
    const bad = repository.git(['rev-parse', 'HEAD'])
    const main = repository.git(['rev-parse', 'refs/remotes/origin/main'])
    repository.git(['update-ref', 'refs/remotes/origin/main', bad])
    const ran = await run({ mode: 'verify', allow: allow() }, { ...event(ZERO, bad), ref: 'refs/heads/main' })
    repository.git(['reset', '--quiet', '--hard', 'HEAD~1'])
    repository.git(['update-ref', 'refs/remotes/origin/main', main])
    expect(ran).toMatchObject({ status: 1, stdout: expect.stringContaining(bad.slice(0, 12)) })
  })

  test('verify: a shallow clone says how to get the rest', async () => {
    const shallow = join(folder, 'shallow')
    repository.git(['clone', '--quiet', '--depth=1', `file://${repository.path}`, shallow])
    const before = repository
    repository = { ...repository, path: shallow }
    const { status, stdout } = await run({ mode: 'verify', allow: allow() }, event(ZERO, 'HEAD'))
    repository = before
    expect([status, stdout]).toEqual([3, expect.stringContaining('fetch-depth: 0')])
  })

  test('inputs reach no shell as its text', async () => {
    const mark = join(folder, 'mark')
    for (const evil of [
      `$(touch ${mark})`,
      `\`touch ${mark}\``,
      `'; touch ${mark}; '`,
      `"; touch ${mark}; "`,
      `HEAD\ntouch ${mark}`,
    ]) {
      expect((await run({ mode: 'verify', range: evil, allow: allow() }, event(ZERO, 'HEAD'))).status).not.toBe(0)
      await run(
        { mode: 'sign', name: evil, email: evil, 'trusted-root': evil },
        {},
        { ACTIONS_ID_TOKEN_REQUEST_URL: 'x', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'y' },
      )
      expect(existsSync(mark)).toBe(false)
    }
  })

  test('sign: without `id-token: write` it says so, and stops the job', async () => {
    const { status, stdout } = await run({ mode: 'sign' })
    expect(stdout).toMatch(/^::error title=gitsigil::.*permissions: id-token: write/m)
    expect(status).toBe(1)
  })

  test('sign: from then on a commit of the job is signed in its name', async () => {
    const other = await createOnSandbox(folder, 'signing', { program, sandbox })
    await useSandbox(other, { program, sandbox })
    for (const key of ['gpg.format', 'gpg.x509.program', 'gitsigil.identityToken', 'user.name', 'user.email'])
      other.tryGit(['config', '--unset-all', key])
    const runner = await serve(async ({ path }, response) => {
      const aud = new URL(path, 'http://x').searchParams.get('audience') ?? ''
      json(response, 200, { value: await sandbox.ask('token', '--github=octo/cat@refs/heads/main', `--aud=${aud}`) })
    })
    const token = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${runner.url}/?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer',
    }
    const before = repository
    repository = other
    const { status } = await run({ mode: 'sign' }, {}, token)
    repository = before
    expect(status).toBe(0)
    const global = join(folder, `gitconfig-${count}`)
    expect(readFileSync(global, 'utf8')).toContain('github-actions[bot]')
    const env = { ...token, GITHUB_ACTIONS: 'true', CI: 'true', GIT_CONFIG_GLOBAL: global }
    // Signed without being asked to, as the action has set it up.
    expect(await other.run(['commit', '--quiet', '--allow-empty', '-m', 'release'], env)).toMatchObject({ status: 0 })
    configure(other, { 'gpg.x509.program': program, 'gpg.format': 'x509' })
    expect(shown(other, '%GS', 'HEAD')).toMatch(/^https:\/\/github\.com\/octo\/cat\//)
  })
})
