import { describe, expect, test } from 'vitest'
import { gitValue, parseGitConfig, readGitConfig } from '../../src/system/git-config.ts'
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
