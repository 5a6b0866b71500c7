// Wherever Git keeps its objects, they are signed and verified: other hashes, bare repositories, worktrees, alternates.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { openRepository, type Repository, runProgram } from '../support/repository.ts'
import { allow, commit, configure, createOnSandbox, shown, useSandbox } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

describe.each(kinds)('places, $name', (build) => {
  const folder = temporaryFolder('e2e')
  const program = installed(build)
  let sandbox: SandboxProcess
  let origin: Repository
  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
    origin = await createOnSandbox(folder, 'origin', { program, sandbox })
    allow(origin, sandbox)
    await commit(origin, 'one')
    await origin.run(['tag', '-s', '-m', 'first', 'v1'])
  })
  afterAll(() => sandbox.stop())

  /** Both doors, in the folder. */
  async function expectGood(path: string, tag = 'v1'): Promise<void> {
    const { git, tryGit } = openRepository(path)
    expect(git(['log', '-1', '--format=%G? %GS'])).toBe('G kim@example.com')
    expect(tryGit(['verify-tag', tag]).status).toBe(0)
    for (const args of [['verify'], ['verify', 'HEAD^{commit}'], ['verify-tag', tag], ['verify', `refs/tags/${tag}`]])
      expect(await runProgram([program, ...args], { cwd: path })).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('Validated Certificate claims: true\n'),
      })
  }

  test('a subfolder of a work tree', async () => {
    await runProgram(['mkdir', '-p', 'a/b'], { cwd: origin.path })
    await expectGood(`${origin.path}/a/b`)
  })

  test.each(['1', '2'] as const)('a SHA-256 repository, Rekor v%s', async (rekor) => {
    const init = ['--object-format=sha256']
    const repository = await createOnSandbox(folder, `sha256-${rekor}`, { program, sandbox, rekor, init })
    allow(repository, sandbox)
    const id = await commit(repository, 'one')
    await repository.run(['tag', '-s', '-m', 'first', 'v1'])
    expect(id).toHaveLength(64)
    expect(repository.git(['cat-file', 'commit', 'HEAD'])).toContain('\ngpgsig-sha256 -----BEGIN SIGNED MESSAGE-----\n')
    await expectGood(repository.path)
    expect((await runProgram([program, 'verify', id], { cwd: repository.path })).status).toBe(0)
  })

  test('a bare repository, in which commits are signed too', async () => {
    const bare = openRepository(`${folder}/bare.git`)
    origin.git(['clone', '--quiet', '--bare', '.', bare.path])
    await useSandbox(bare, { program, sandbox })
    configure(bare, { 'gpg.format': 'x509', 'gitsigil.identityToken': `${origin.path}.token` })
    allow(bare, sandbox)
    await expectGood(bare.path)
    const people = ['-c', 'user.name=Kim', '-c', 'user.email=kim@example.com']
    const made = await bare.run([...people, 'commit-tree', '-S', '-p', 'HEAD', '-m', 'two', 'HEAD^{tree}'])
    expect(made).toMatchObject({ status: 0, stderr: '' })
    expect(shown(bare, '%G?', made.stdout.trim())).toBe('G')
  })

  test('a worktree, with settings of its own', async () => {
    const tree = openRepository(`${folder}/worktree`)
    origin.git(['worktree', 'add', '--quiet', '-b', 'side', tree.path])
    await commit(tree, 'two')
    await expectGood(tree.path)
    origin.git(['config', 'extensions.worktreeConfig', 'true'])
    tree.git(['config', '--worktree', 'gitsigil.allow', `${sandbox.urls.issuer} nobody@example.com`])
    expect(shown(tree, '%G?', 'side')).toBe('G')
    tree.git(['config', '--worktree', 'gitsigil.trustedRoot', '/nonexistent'])
    expect(shown(tree, '%G?', 'side')).toBe('E')
    expect(shown(origin, '%G?', 'side')).toBe('G')
  })

  test('a clone that borrows its objects by alternates', async () => {
    const clone = openRepository(`${folder}/clone`)
    origin.git(['clone', '--quiet', '--shared', '.', clone.path])
    expect(clone.git(['count-objects', '-v'])).toContain('\nalternate: ')
    await useSandbox(clone, { program, sandbox })
    configure(clone, { 'gpg.format': 'x509' })
    allow(clone, sandbox)
    await expectGood(clone.path)
  })

  test('packed objects, and a shallow clone', async () => {
    const clone = openRepository(`${folder}/shallow`)
    origin.git(['gc', '--quiet'])
    origin.git(['clone', '--quiet', '--depth=1', `file://${origin.path}`, clone.path])
    await useSandbox(clone, { program, sandbox })
    configure(clone, { 'gpg.format': 'x509' })
    allow(clone, sandbox)
    await expectGood(clone.path)
  })
})
