// The hooks of a clone: nothing leaves that is not signed, and what came and may not be trusted is told.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type Repository, type Run, runProgram } from '../support/repository.ts'
import { allow, commit, createOnSandbox } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))

describe.each(builds.filter(({ name }) => name !== 'node22'))('the hooks of a clone, $name', (build) => {
  const folder = temporaryFolder('hook-local')
  const program = installed(build)
  let sandbox: SandboxProcess
  let count = 0
  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
  })
  afterAll(() => sandbox.stop())

  /** A clone with hooks, and an `origin` that takes everything. */
  async function clone(...hooks: readonly string[]): Promise<Repository> {
    const made = await createOnSandbox(folder, `clone-${++count}`, { program, sandbox })
    const origin = join(folder, `origin-${count}.git`)
    made.git(['init', '--quiet', '--bare', origin])
    made.git(['remote', 'add', 'origin', origin])
    if (hooks.length > 0) await gitsigil(made, ['hook', 'install', ...hooks])
    return made
  }

  async function gitsigil(repository: Repository, args: readonly string[], env = {}): Promise<Run> {
    return await runProgram([program, ...args], { cwd: repository.path, env })
  }

  function unsigned(repository: Repository, message: string): string {
    repository.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', message])
    return repository.git(['rev-parse', 'HEAD'])
  }

  const push = (repository: Repository, ...refs: readonly string[]) =>
    repository.run(['push', '--quiet', 'origin', ...refs])

  describe('pre-push', () => {
    test('lets go what is signed by somebody allowed, and by anybody where nobody is named', async () => {
      const mine = await clone('pre-push')
      await commit(mine, 'one')
      expect(await push(mine, 'main')).toEqual({ status: 0, stdout: '', stderr: '' })
      allow(mine, sandbox, 'lee@example.com')
      await commit(mine, 'two')
      expect(await push(mine, 'main')).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /^gitsigil: push refused\nrefs\/heads\/main\n {2}commit [0-9a-f]{12} "two"\n {4}signed by kim@/,
        ),
      })
      allow(mine, sandbox)
      expect(await push(mine, 'main')).toMatchObject({ status: 0 })
    })

    test('keeps back what is not signed, in every ref, and asks nothing of what has left already', async () => {
      const mine = await clone()
      unsigned(mine, 'from before')
      await push(mine, 'main')
      mine.git(['fetch', '--quiet', 'origin'])
      await gitsigil(mine, ['hook', 'install', 'pre-push'])
      await commit(mine, 'signed')
      expect(await push(mine, 'main')).toMatchObject({ status: 0 })
      const oid = unsigned(mine, 'not signed')
      mine.git(['tag', '-a', '--no-sign', '-m', 'v1', 'v1', 'HEAD^'])
      const refused = await push(mine, 'main:refs/heads/other', 'v1')
      expect(refused.status).toBe(1)
      expect(refused.stderr).toContain(`commit ${oid.slice(0, 12)} "not signed"\n    not signed\n`)
      expect(refused.stderr).toMatch(/^refs\/tags\/v1\n {2}tag [0-9a-f]{12} "v1"\n {4}not signed$/m)
      expect(mine.git(['ls-remote', 'origin', 'refs/heads/other', 'refs/tags/*'])).toBe('')
    })

    test('has nothing to say of a deletion, and of a push that brings nothing', async () => {
      const mine = await clone('pre-push')
      await commit(mine, 'one')
      await push(mine, 'main', 'main:refs/heads/two')
      expect(await push(mine, 'main')).toMatchObject({ status: 0 })
      expect(await push(mine, ':refs/heads/two')).toEqual({ status: 0, stdout: '', stderr: '' })
    })

    test('judges a forced push by what is new in it', async () => {
      const mine = await clone('pre-push')
      await commit(mine, 'one')
      await commit(mine, 'two')
      await push(mine, 'main')
      mine.git(['reset', '--quiet', '--hard', 'HEAD^'])
      await commit(mine, 'other')
      expect(await push(mine, '+main')).toMatchObject({ status: 0 })
    })
  })

  describe('post-merge and post-checkout tell, and stop nothing:', () => {
    test('a merge that brings what nobody signed', async () => {
      const mine = await clone('post-merge')
      await commit(mine, 'one')
      mine.git(['checkout', '--quiet', '-b', 'topic'])
      const oid = unsigned(mine, 'from \u001b[2Jelsewhere')
      mine.git(['checkout', '--quiet', 'main'])
      const { status, stderr } = await mine.run(['merge', '--quiet', 'topic'])
      expect(status).toBe(0)
      expect(stderr).toBe(
        `gitsigil: warning: what was merged is not all vouched for\n` +
          `  commit ${oid.slice(0, 12)} "from \\u{1b}[2Jelsewhere"\n    not signed\n`,
      )
    })

    test('a checkout of one, and not of another', async () => {
      const mine = await clone('post-checkout')
      await commit(mine, 'one')
      unsigned(mine, 'two')
      const good = await mine.run(['checkout', '--quiet', '--detach', 'HEAD^'])
      expect(good).toMatchObject({ status: 0, stderr: '' })
      const bad = await mine.run(['checkout', '--quiet', 'main'])
      expect(bad.status).toBe(0)
      expect(bad.stderr).toContain('gitsigil: warning: what was checked out is not vouched for\n')
      writeFileSync(join(mine.path, 'file'), 'x')
      mine.git(['add', 'file'])
      expect(await mine.run(['checkout', '--quiet', '--', '.'])).toMatchObject({ status: 0, stderr: '' })
    })

    test('what cannot be checked, and is done all the same', async () => {
      const mine = await clone('post-checkout')
      await commit(mine, 'one')
      await commit(mine, 'two')
      mine.git(['config', 'gitsigil.trustedRoot', '/nowhere'])
      const { status, stderr } = await mine.run(['checkout', '--quiet', '--detach', 'HEAD^'])
      expect(status).toBe(0)
      expect(stderr).toContain('gitsigil: error: cannot read /nowhere')
    })
  })

  describe("through a manager's files, as the examples have them:", () => {
    const bin = join(folder, 'bin')
    beforeAll(() => {
      mkdirSync(bin)
      writeFileSync(join(bin, 'gitsigil'), `#!/bin/sh\nexec '${program}' "$@"\n`)
      chmodSync(join(bin, 'gitsigil'), 0o755)
    })
    const path = () => ({ PATH: `${bin}:${process.env['PATH']}` })

    /** Runs a command as the manager would, with what Git gives a pre-push hook. */
    async function runAs(command: string, repository: Repository, args: readonly string[], env = {}): Promise<Run> {
      const head = repository.git(['rev-parse', 'HEAD'])
      const input = `refs/heads/main ${head} refs/heads/main ${'0'.repeat(40)}\n`
      const options = { cwd: repository.path, env: { ...path(), ...env }, input }
      return await runProgram(['sh', '-e', '-c', command, 'sh', ...args], options)
    }

    test('husky', async () => {
      const mine = await clone()
      const script = readFileSync(join(top, 'examples/husky/pre-push'), 'utf8')
      await commit(mine, 'one')
      expect((await runAs(script, mine, ['origin', 'url'])).status).toBe(0)
      unsigned(mine, 'two')
      expect((await runAs(script, mine, ['origin', 'url'])).status).toBe(1)
    })

    test('lefthook', async () => {
      const mine = await clone()
      type Hooks = Record<string, { scripts: { gitsigil: { use_stdin?: boolean } } }>
      const hooks = parse(readFileSync(join(top, 'examples/lefthook/lefthook.yml'), 'utf8')) as Hooks
      const script = (name: string) => readFileSync(join(top, `examples/lefthook/.lefthook/${name}/gitsigil`), 'utf8')
      unsigned(mine, 'one')
      expect(hooks['pre-push']?.scripts.gitsigil.use_stdin).toBe(true)
      const told = await runAs(script('pre-push'), mine, ['origin', 'url'])
      expect([told.status, told.stderr]).toEqual([1, expect.stringContaining('not signed')])
      mine.git(['update-ref', 'ORIG_HEAD', unsigned(mine, 'two')])
      expect((await runAs(script('post-merge'), mine, ['0'])).status).toBe(0)
    })

    test('pre-commit, by its variables', async () => {
      const mine = await clone()
      const manifest = parse(readFileSync(join(top, '.pre-commit-hooks.yaml'), 'utf8')) as {
        id: string
        entry: string
      }[]
      const used = parse(readFileSync(join(top, 'examples/pre-commit/.pre-commit-config.yaml'), 'utf8')) as {
        repos: { hooks: { id: string }[] }[]
      }
      const ids = manifest.map(({ id }) => id)
      expect(used.repos.flatMap(({ hooks }) => hooks.map(({ id }) => id)).filter((id) => !ids.includes(id))).toEqual([])
      const entry = (name: string) => manifest.find(({ id }) => id === `gitsigil-${name}`)?.entry ?? 'false'
      const variables = () => {
        const head = mine.git(['rev-parse', 'HEAD'])
        const refs = { PRE_COMMIT_FROM_REF: head, PRE_COMMIT_TO_REF: head, PRE_COMMIT_CHECKOUT_TYPE: '1' }
        return { ...refs, PRE_COMMIT_REMOTE_BRANCH: 'refs/heads/main', PRE_COMMIT_REMOTE_NAME: 'origin' }
      }
      await commit(mine, 'one')
      expect((await runAs(entry('pre-push'), mine, [], variables())).status).toBe(0)
      unsigned(mine, 'two')
      const refused = await runAs(entry('pre-push'), mine, [], variables())
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('not signed')])
      mine.git(['update-ref', 'ORIG_HEAD', 'HEAD^'])
      const merged = await runAs(entry('post-merge'), mine, [], { PRE_COMMIT_IS_SQUASH_MERGE: '0' })
      expect([merged.status, merged.stderr]).toEqual([
        0,
        expect.stringContaining('what was merged is not all vouched for'),
      ])
      expect((await runAs(entry('pre-push'), mine, [])).status).toBe(2)
      // A history that leaves whole has no end that pre-commit would name.
      const whole = await runAs(entry('pre-push'), mine, [], { PRE_COMMIT_LOCAL_BRANCH: 'refs/heads/main' })
      expect([whole.status, whole.stderr]).toEqual([1, expect.stringContaining('not signed')])
    })
  })
})
