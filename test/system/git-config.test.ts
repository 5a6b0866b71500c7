import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gitValue, parseGitConfig, readGitConfig } from '../../src/system/git-config.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const world = (cwd: string, env: Record<string, string> = {}) => testWorld({ cwd, env: { ...process.env, ...env } })

test('values may hold line feeds, equal signs and nothing at all', () => {
  const text = 'local\0gitsigil.a\none\ntwo=2\0global\0gitsigil.b\n\0worktree\0gitsigil.c\0odd\0gitsigil.d\nx\0'
  expect(parseGitConfig(text)).toEqual([
    { scope: 'local', key: 'gitsigil.a', value: 'one\ntwo=2' },
    { scope: 'global', key: 'gitsigil.b', value: '' },
    { scope: 'worktree', key: 'gitsigil.c', value: undefined },
    { scope: 'unknown', key: 'gitsigil.d', value: 'x' },
  ])
  expect(parseGitConfig('')).toEqual([])
})

describe('what git says', () => {
  test('each entry has its scope, and nothing but our sections is read', async () => {
    const repository = createRepository()
    repository.git(['config', 'gitsigil.trustedRoot', '/local'])
    repository.git(['config', 'remote.origin.url', 'https://me:hunter2@git.example'])
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'gitsign.rekor', GIT_CONFIG_VALUE_0: 'https://command' }
    const entries = await readGitConfig(world(repository.path, env))
    expect(entries).toContainEqual({ scope: 'local', key: 'gitsigil.trustedroot', value: '/local' })
    expect(entries).toContainEqual({ scope: 'command', key: 'gitsign.rekor', value: 'https://command' })
    expect(JSON.stringify(entries)).not.toContain('hunter2')
    expect(gitValue(entries, 'user.email')).toBe('alice@example.com')
    expect(gitValue(entries, 'user.signingkey')).toBeUndefined()
  })

  test('outside a repository, with nothing configured', async () => {
    expect(await readGitConfig(world('/'))).toEqual([])
  })

  test("what a repository says that is somebody else's is not passed over in silence", async () => {
    const { path } = createRepository()
    await expect(readGitConfig(world(path, { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }))).rejects.toMatchObject({
      code: 'git',
      message: expect.stringMatching(/^detected dubious ownership/),
    })
  })

  test('a bare one into which Git does not go unasked is a git fault too', async () => {
    const { path } = createRepository('--bare')
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.bareRepository', GIT_CONFIG_VALUE_0: 'explicit' }
    await expect(readGitConfig(world(path, env))).rejects.toMatchObject({
      code: 'git',
      message: expect.stringMatching(/^cannot use bare repository/),
    })
    expect(await readGitConfig(world(path, { ...env, GIT_DIR: path }))).not.toEqual([])
  })

  test('a repository that says nothing of its own is none of these', async () => {
    const { path } = createRepository()
    writeFileSync(join(path, '.git', 'config'), '')
    expect(await readGitConfig(world(path))).toEqual([])
  })

  test('one child is enough, in a repository and outside of all', async () => {
    for (const cwd of [createRepository().path, temporaryFolder('outside')]) {
      const trace = join(temporaryFolder('trace'), 'trace')
      await readGitConfig(world(cwd, { GIT_TRACE2_EVENT: trace }))
      expect(readFileSync(trace, 'utf8').match(/"event":"start"/g)).toHaveLength(1)
    }
  })

  test('a folder below it that is reached by a link is as good as itself', async () => {
    const { path } = createRepository()
    mkdirSync(join(path, 'below'))
    const link = join(temporaryFolder('link'), 'link')
    symlinkSync(join(path, 'below'), link)
    const read = readGitConfig(world(link, { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' }))
    await expect(read).rejects.toMatchObject({ code: 'git' })
  })

  test('a broken file is a config fault that names it', async () => {
    const repository = createRepository()
    const env = { GIT_CONFIG_GLOBAL: `${repository.path}/.git/HEAD` }
    await expect(readGitConfig(world(repository.path, env))).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/^git config: .*bad config line 1 in file .*HEAD/),
    })
  })

  test('no git is a git fault', async () => {
    await expect(readGitConfig(world('/', { PATH: '/nonexistent' }))).rejects.toMatchObject({ code: 'git' })
  })
})
