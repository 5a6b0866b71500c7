import { expect, test } from 'vitest'
import { countsInHook, hookEnvironment } from '../../src/hook/environment.ts'

test('no variable of a hook chooses trust, identities, configuration or what is remembered', () => {
  const names = [
    'GITSIGIL_ALLOW GITSIGIL_TRUSTED_ROOT GITSIGN_FULCIO_ROOT SIGSTORE_ROOT_FILE TUF_ROOT TUF_MIRROR',
    'XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME GIT_CONFIG GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM GIT_CONFIG_NOSYSTEM',
  ].flatMap((line) => line.split(' '))
  expect(hookEnvironment(Object.fromEntries(names.map((name) => [name, 'x'])))).toEqual({})
})

test('what Git tells a hook stays, and so do the account and the machine', () => {
  const env = {
    HOME: '/h',
    PATH: '/bin',
    GIT_DIR: '.',
    GIT_QUARANTINE_PATH: '/q',
    GIT_PUSH_CERT: 'a',
    GIT_CONFIG_COUNT: '1',
  }
  expect(hookEnvironment(env)).toEqual(env)
})

test('settings that the command line or a variable made do not count', () => {
  const key = 'gitsigil.allow'
  const scopes = ['system', 'global', 'local', 'worktree', 'command']
  expect(scopes.filter((scope) => countsInHook({ key, scope }))).toEqual(['system', 'global', 'local', 'worktree'])
  for (const program of ['gpg.program', 'gpg.openpgp.program', 'gpg.ssh.program'])
    expect(countsInHook({ key: program, scope: 'command' })).toBe(false)
  expect(countsInHook({ key: 'user.name', scope: 'command' })).toBe(true)
})
