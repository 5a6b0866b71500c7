// The examples for other CI systems, each run as far as it can be without the system: its commands, in a shell, with the
// variables that it would set.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Repository, type Run, runProgram } from '../support/repository.ts'
import { commit, configure, createOnSandbox, shown, useSandbox } from '../support/repository-with-sandbox.ts'
import { readYaml } from '../support/runner.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'
import { createPusher, push } from '../support/server.ts'

const examples = fileURLToPath(new URL('../../examples', import.meta.url))
const [build] = builds.filter(({ name }) => name === 'standalone')
const ZERO = '0'.repeat(40)

interface Container {
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly workingDir?: string
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
}

interface JobManifest {
  readonly kind: string
  readonly spec: {
    readonly completionMode?: string
    readonly completions?: number
    readonly template: { readonly spec: { readonly containers: readonly [Container] } }
  }
}

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly run?: string; readonly uses?: string }[] }>
  >
}

describe.skipIf(build === undefined)('the examples', () => {
  const folder = temporaryFolder('examples')
  const bin = join(folder, 'bin')
  let sandbox: SandboxProcess
  let program: string
  let repository: Repository
  let commits: readonly string[]
  let bad: string

  beforeAll(async () => {
    if (build === undefined) return
    program = installed(build)
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
    mkdirSync(bin)
    writeFileSync(join(bin, 'gitsigil'), `#!/bin/sh\nexec '${program}' "$@"\n`)
    chmodSync(join(bin, 'gitsigil'), 0o755)
    symlinkSync(join(examples, 'generic', 'verify.sh'), join(bin, 'verify.sh'))
    repository = await createOnSandbox(folder, 'project', { program, sandbox })
    const made: string[] = []
    for (const message of ['one', 'two', 'three', 'four', 'five']) made.push(await commit(repository, message))
    commits = made
    repository.git(['update-ref', 'refs/remotes/origin/main', made[0] ?? ''])
    repository.git(['checkout', '--quiet', '--detach'])
    repository.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', 'bad'])
    bad = repository.git(['rev-parse', 'HEAD'])
    repository.git(['checkout', '--quiet', 'main'])
  })
  afterAll(() => sandbox?.stop())

  const allowed = () => ({ GITSIGIL_ALLOW: `${sandbox.urls.issuer} kim@example.com\n` })

  function sh(command: string, env: Readonly<Record<string, string>> = {}, cwd = repository.path): Promise<Run> {
    const options = { cwd, env: { PATH: `${bin}:${process.env['PATH']}`, ...env } }
    return runProgram(['sh', '-e', '-c', command], options)
  }

  test('any CI system: what lies between two revisions, with reports', async () => {
    const run = (before: string, after: string) => sh(`'${examples}/generic/verify.sh' ${before} ${after}`, allowed())
    expect(await run(commits[0] ?? '', commits[4] ?? '')).toMatchObject({ status: 0 })
    for (const file of ['gitsigil.xml', 'gitsigil.sarif', 'gitsigil.html'])
      expect(existsSync(join(repository.path, file))).toBe(true)
    expect(await run(commits[0] ?? '', bad)).toMatchObject({ status: 1 })
    expect(await run(ZERO, commits[4] ?? '')).toMatchObject({ status: 0 })
    expect(await run(commits[4] ?? '', ZERO)).toMatchObject({ status: 0, stdout: '' })
  })

  test('any CI system: a state before that is gone, as after a force push', async () => {
    const gone = 'ab'.repeat(20)
    const run = (after: string) => sh(`'${examples}/generic/verify.sh' ${gone} ${after}`, allowed())
    const { status, stdout, stderr } = await run(commits[4] ?? '')
    expect([status, stdout]).toEqual([0, expect.stringContaining('5 objects: 5 allowed')])
    expect(stderr).toContain(
      `verify.sh: ${gone} is not here and could not be fetched: verifies all that ${commits[4]} has\n`,
    )
    expect(await run(bad)).toMatchObject({ status: 1 })
  })

  test('any CI system: a tag is verified itself, with what it brings', async () => {
    const run = (before: string) => sh(`'${examples}/generic/verify.sh' ${before} refs/tags/v2`, allowed())
    repository.git(['tag', '--no-sign', '-m', 'two', 'v2', commits[4] ?? ''])
    const told = { status: 1, stdout: expect.stringContaining('the tag is not signed') }
    expect(await run(ZERO)).toMatchObject(told)
    expect(await run(commits[3] ?? '')).toMatchObject(told)
    expect(await repository.run(['tag', '--force', '--sign', '-m', 'two', 'v2', commits[4] ?? ''])).toMatchObject({
      status: 0,
    })
    expect(await run(ZERO)).toMatchObject({ status: 0, stdout: expect.stringContaining('6 objects: 6 allowed') })
    repository.git(['tag', '--delete', 'v2'])
  })

  test('GitHub: a monitor opens one issue for a signature that is of no commit here, if not now, in the next run', async () => {
    const { jobs } = readYaml<Workflow>(`${examples}/github/monitor.yml`)
    const script = jobs['monitor']?.steps.find(({ run }) => run !== undefined)?.run ?? ''
    const here = await createOnSandbox(folder, 'monitored', { program, sandbox, email: 'mona@example.com' })
    const down = join(folder, 'gh-is-down')
    const stub = `test ! -e '${down}' || exit 1\nprintf '%s\\n' "$@" >> '${folder}/gh'\ncp "$6" '${folder}/issue'\n`
    writeFileSync(join(bin, 'gh'), `#!/bin/sh\n${stub}`)
    chmodSync(join(bin, 'gh'), 0o755)
    mkdirSync(join(here.path, '.gitsigil'))
    const mona = `{ issuer: '${sandbox.urls.issuer}', subject: mona@example.com }`
    const rest = 'rules: [{ name: all, authorities: [mona] }]\npolicy: { authorities: [mona] }'
    writeFileSync(join(here.path, '.gitsigil', 'policy.yaml'), `version: 1\nidentities: { mona: ${mona} }\n${rest}\n`)
    // Nobody waits a day for a test.
    const run = () => sh(script.replace('--grace 24h ', ''), {}, here.path)
    expect(await run()).toMatchObject({ status: 0, stdout: '' })
    await commit(here, 'mine')
    await commit(here, 'taken back')
    here.git(['reset', '--quiet', '--hard', 'HEAD^'])
    writeFileSync(down, '')
    expect(await run()).toMatchObject({ status: 1, stdout: expect.stringMatching(/^entry [\s\S]*^ALERT: entry /m) })
    rmSync(down)
    expect(await run()).toMatchObject({ status: 0, stdout: '' })
    const body = 'monitor-state/issue.md'
    const opened = `issue\ncreate\n--title\ngitsigil monitor: 1 log entry to look at\n--body-file\n${body}\n`
    expect(readFileSync(`${folder}/gh`, 'utf8')).toBe(opened)
    expect(readFileSync(`${folder}/issue`, 'utf8')).toContain('not in any repository you named')
    expect(await run()).toMatchObject({ status: 0, stdout: '' })
    expect(readFileSync(`${folder}/gh`, 'utf8')).toBe(opened)
    // What could not be checked is no success.
    expect(await sh(`gitsigil() { return 3; }\n${script}`, {}, here.path)).toMatchObject({ status: 3 })
  })

  describe('GitLab', () => {
    interface Pipeline {
      readonly gitsigil: { readonly script: readonly string[]; readonly variables: { readonly GITSIGIL_ALLOW: string } }
      readonly bump: { readonly script: readonly string[]; readonly id_tokens: object }
    }
    const pipeline = readYaml<Pipeline>(`${examples}/gitlab/.gitlab-ci.yml`)
    const verify = (variables: Readonly<Record<string, string>>) =>
      sh(pipeline.gitsigil.script.join('\n'), { CI_DEFAULT_BRANCH: 'main', ...allowed(), ...variables })

    test('verifies what a push, a merge request and a new branch bring', async () => {
      const [first = '', , , , last = ''] = commits
      const pushed = { CI_COMMIT_BEFORE_SHA: first, CI_COMMIT_SHA: last }
      expect(await verify(pushed)).toMatchObject({ status: 0 })
      expect(await verify({ ...pushed, CI_COMMIT_SHA: bad })).toMatchObject({ status: 1 })
      const request = { CI_MERGE_REQUEST_DIFF_BASE_SHA: first, CI_COMMIT_BEFORE_SHA: ZERO }
      expect(await verify({ ...request, CI_COMMIT_SHA: last })).toMatchObject({ status: 0 })
      expect(await verify({ CI_COMMIT_BEFORE_SHA: ZERO, CI_COMMIT_SHA: bad })).toMatchObject({ status: 1 })
      repository.git(['tag', '--no-sign', '-m', 'one', 'v1', last])
      const tag = { CI_COMMIT_TAG: 'v1', CI_COMMIT_BEFORE_SHA: ZERO, CI_COMMIT_SHA: last }
      expect(await verify(tag)).toMatchObject({ status: 1, stdout: expect.stringContaining('the tag is not signed') })
      repository.git(['tag', '--delete', 'v1'])
    })

    test('names whom it allows in lines that are read', async () => {
      const { GITSIGIL_ALLOW } = pipeline.gitsigil.variables
      const ran = await verify({
        GITSIGIL_ALLOW,
        CI_COMMIT_BEFORE_SHA: commits[0] ?? '',
        CI_COMMIT_SHA: commits[4] ?? '',
      })
      expect(ran).toMatchObject({ status: 1, stdout: expect.stringContaining('not among the allowed') })
    })

    test('signs in the name of the job', async () => {
      const other = await createOnSandbox(folder, 'gitlab', { program, sandbox })
      await useSandbox(other, { program, sandbox })
      other.git(['config', '--unset-all', 'gitsigil.identityToken'])
      expect(pipeline.bump.id_tokens).toEqual({ SIGSTORE_ID_TOKEN: { aud: 'sigstore' } })
      const token = await sandbox.ask('token', '--gitlab=acme/web@refs/heads/main')
      const env = {
        GITLAB_CI: 'true',
        SIGSTORE_ID_TOKEN: token,
        GITLAB_USER_NAME: 'Kim',
        GITLAB_USER_EMAIL: 'kim@example.com',
      }
      expect(await sh(pipeline.bump.script.join('\n'), env, other.path)).toMatchObject({ status: 0 })
      configure(other, { 'gpg.x509.program': program })
      expect(shown(other, '%GS', 'HEAD')).toContain('gitlab.com/acme/web')
    })
  })

  test('Kubernetes: the pods of an Indexed Job and the one that puts their parts together', async () => {
    const text = readFileSync(`${examples}/kubernetes/indexed-job.yaml`, 'utf8')
    const manifests = parseAllDocuments(text).map((document) => document.toJS() as JobManifest)
    const [parts, whole] = manifests.filter(({ kind }) => kind === 'Job')
    expect([parts?.spec.completionMode, parts?.spec.completions]).toEqual(['Indexed', 4])
    mkdirSync(join(folder, 'data', 'parts'), { recursive: true })
    const run = async ({ spec }: JobManifest, env: Readonly<Record<string, string>>) => {
      const [{ command, args, env: own = [] }] = spec.template.spec.containers
      const set = Object.fromEntries(own.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])))
      const here = args.map((arg) => arg.replaceAll('/data/', `${folder}/data/`))
      const options = { ...set, ...allowed(), ...env, PATH: `${bin}:${process.env['PATH']}` }
      return await runProgram([...command, ...here], { cwd: repository.path, env: options })
    }
    if (parts === undefined || whole === undefined) throw new Error('two jobs were expected')
    repository.git(['update-ref', 'refs/heads/bad', bad])
    for (const index of [0, 1, 2, 3])
      expect(await run(parts, { JOB_COMPLETION_INDEX: String(index) })).toMatchObject({ status: 0 })
    const merged = await run(whole, {})
    repository.git(['update-ref', '-d', 'refs/heads/bad'])
    expect(merged.status).toBe(1)
    expect(readFileSync(join(folder, 'data', 'parts', 'history.html'), 'utf8')).toContain(bad)
  })

  describe('GitHub', () => {
    test.each(['verify', 'sign', 'matrix'])('%s.yml writes no expression into a shell', (name) => {
      const { jobs } = readYaml<Workflow>(`${examples}/github/${name}.yml`)
      const steps = Object.values(jobs).flatMap((job) => job.steps)
      expect(steps.length).toBeGreaterThan(1)
      expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
    })

    test('a matrix: the parts, and the report that they make', async () => {
      const { jobs } = readYaml<Workflow>(`${examples}/github/matrix.yml`)
      const command = (job: string) => jobs[job]?.steps.find(({ run }) => run !== undefined)?.run ?? 'false'
      const cwd = repository.path
      for (const SHARD of ['1', '2', '3', '4'])
        expect(await sh(command('part'), { ...allowed(), SHARD, SHARDS: '4' }, cwd)).toMatchObject({ status: 0 })
      const summary = join(folder, 'summary.md')
      const merged = await sh(command('whole'), { GITHUB_STEP_SUMMARY: summary }, cwd)
      expect(merged).toMatchObject({ status: 0 })
      expect(readFileSync(summary, 'utf8')).toContain('all good')
    })
  })

  test('a server: set up by the script, it takes what is signed by somebody allowed', async () => {
    const path = join(folder, 'server.git')
    repository.git(['init', '--quiet', '--bare', path])
    await useSandbox(
      { ...repository, path, git: (args) => repository.git(['-C', path, ...args]) },
      { program, sandbox },
    )
    const setUp = await sh(`'${examples}/server/setup.sh' '${sandbox.urls.issuer} kim@example.com'`, {}, path)
    expect(setUp).toMatchObject({ status: 0, stderr: '' })
    const server = { ...repository, url: `file://${path}`, refs: () => '' }
    const kim = await createPusher(folder, 'to-server', { program, sandbox }, server)
    await commit(kim, 'one')
    expect(await push(kim, ['origin', 'main'])).toMatchObject({ status: 0, stderr: '' })
    kim.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', 'two'])
    expect((await push(kim, ['origin', 'main'])).remote).toContain('not signed')
  })
})
