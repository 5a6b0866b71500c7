// The hook managers themselves, with the examples as they are: what leaves is looked at, and what a merge brought is told.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { openRepository, type Repository, runProgram } from '../support/repository.ts'
import { allow, commit, createOnSandbox } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const modules = `${top}test/interop/managers/node_modules`
const husky = `${modules}/husky/bin.js`
const lefthook = `${modules}/lefthook-${process.platform}-${process.arch}/bin/lefthook`
const preCommit = `${top}.venv/bin/pre-commit`
const [build] = builds.filter(({ name }) => name === 'standalone')
for (const file of [husky, lefthook, preCommit])
  if (!existsSync(file)) console.warn(`skipped: ${file} is absent, so no hook is run by it`)

describe.skipIf(build === undefined)('hooks run by', () => {
  const folder = temporaryFolder('managers')
  const bin = join(folder, 'bin')
  let program: string
  let sandbox: SandboxProcess

  beforeAll(async () => {
    if (build === undefined) return
    program = installed(build)
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
    mkdirSync(bin)
    writeFileSync(join(bin, 'gitsigil'), `#!/bin/sh\nexec '${program}' "$@"\n`)
    chmodSync(join(bin, 'gitsigil'), 0o755)
    if (existsSync(lefthook)) symlinkSync(lefthook, join(bin, 'lefthook'))
  })
  afterAll(() => sandbox?.stop())

  const env = () => ({ PATH: `${bin}:${process.env['PATH']}`, PRE_COMMIT_HOME: join(folder, 'pre-commit-home') })

  async function create(name: string): Promise<Repository> {
    const repository = await createOnSandbox(folder, name, { program, sandbox })
    allow(repository, sandbox)
    const remote = join(folder, `${name}.git`)
    repository.git(['init', '--quiet', '--bare', remote])
    repository.git(['remote', 'add', 'origin', remote])
    return repository
  }

  async function install(repository: Repository, command: readonly string[]): Promise<void> {
    expect(await runProgram(command, { cwd: repository.path, env: env() })).toMatchObject({ status: 0 })
  }

  const push = (repository: Repository, ref: string) => repository.run(['push', 'origin', `HEAD:${ref}`], env())

  /** What is signed leaves; what is not stays, though it changes no file. */
  async function guards(repository: Repository): Promise<string> {
    await commit(repository, 'signed')
    const good = await push(repository, 'refs/heads/main')
    expect([good.status, good.stderr]).toEqual([0, expect.stringContaining('main')])
    repository.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', 'not signed'])
    const { status, stdout, stderr } = await push(repository, 'refs/heads/topic')
    expect(status).toBe(1)
    expect(repository.git(['ls-remote', 'origin', 'refs/heads/topic'])).toBe('')
    return stdout + stderr
  }

  /** Merges an unsigned commit, which a hook tells of and does not stop. */
  async function merged(repository: Repository): Promise<string> {
    repository.git(['checkout', '--quiet', '-b', 'base', 'HEAD^'])
    await commit(repository, 'mine')
    const { status, stdout, stderr } = await repository.run(['merge', '--no-edit', '--no-gpg-sign', 'main'], env())
    expect(status).toBe(0)
    return stdout + stderr
  }

  test.skipIf(!existsSync(husky))('husky', async () => {
    const repository = await create('husky')
    await install(repository, [process.execPath, husky])
    copyFileSync(`${top}examples/husky/pre-push`, join(repository.path, '.husky/pre-push'))
    expect(await guards(repository)).toContain('gitsigil: push refused\n')
  })

  test.skipIf(!existsSync(lefthook))('lefthook', async () => {
    const repository = await create('lefthook')
    cpSync(`${top}examples/lefthook`, repository.path, { recursive: true })
    await install(repository, ['lefthook', 'install'])
    expect(await guards(repository)).toContain('gitsigil: push refused')
    expect(await merged(repository)).toContain('gitsigil: warning: what was merged is not all vouched for')
  })

  test.skipIf(!existsSync(preCommit))('pre-commit', async () => {
    const hooks = join(folder, 'hooks')
    mkdirSync(hooks)
    const source = openRepository(hooks)
    copyFileSync(`${top}.pre-commit-hooks.yaml`, join(hooks, '.pre-commit-hooks.yaml'))
    for (const args of [
      ['init', '--quiet'],
      ['add', '.'],
      ['commit', '--quiet', '-m', 'hooks'],
      ['tag', 'v0.1.0'],
    ])
      source.git(['-c', 'user.name=Kim', '-c', 'user.email=kim@example.com', ...args])
    const repository = await create('pre-commit')
    const config = readFileSync(`${top}examples/pre-commit/.pre-commit-config.yaml`, 'utf8')
    writeFileSync(
      join(repository.path, '.pre-commit-config.yaml'),
      config.replace('https://example.com/gitsigil', hooks),
    )
    await install(repository, [preCommit, 'install', '--hook-type', 'pre-push', '--hook-type', 'post-merge'])
    expect(await guards(repository)).toContain('gitsigil: push refused')
    expect(await merged(repository)).toContain('gitsigil: warning: what was merged is not all vouched for')
  })
})
