import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { parseHookScript } from '../../src/hook/script.ts'
import { temporaryFolder } from '../support/folder.ts'
import { policyText } from '../support/policy.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const folder = temporaryFolder('hook-install')
const globalFile = join(folder, 'gitconfig')
const program = join(folder, "it's gitsigil")
writeFileSync(program, '#!/bin/sh\nexit 0\n', { mode: 0o755 })

let repository: Repository
beforeEach(() => {
  writeFileSync(globalFile, '')
  repository = createRepository()
})

async function hook(
  action: string,
  args: readonly string[] = [],
  cwd = repository.path,
  more: Readonly<Record<string, string>> = {},
) {
  const words = ['hook', action, ...args, ...(action === 'install' ? [`--program=${program}`] : [])]
  const world = testWorld({ args: words, cwd, env: { ...process.env, GIT_CONFIG_GLOBAL: globalFile, ...more } })
  const status = await runCommand(world)
  return { status, out: world.output(1), err: world.output(2) }
}

const hooks = () => join(repository.path, '.git', 'hooks')
const read = (name: string) => readFileSync(join(hooks(), name), 'utf8')
const ours = (name: string) => parseHookScript(read(name)).ours
const config = () => readFileSync(join(repository.path, '.git', 'config'), 'utf8')

function write(name: string, text: string, mode = 0o755): void {
  mkdirSync(hooks(), { recursive: true })
  writeFileSync(join(hooks(), name), text)
  chmodSync(join(hooks(), name), mode)
}

test('in a clone it puts pre-push and post-merge there, executable, and says what comes next', async () => {
  const { status, out, err } = await hook('install')
  expect({ status, err }).toEqual({ status: 0, err: '' })
  expect(out).toContain(`${hooks()}/pre-push: made\n${hooks()}/post-merge: made\n`)
  expect(out).toMatch(/\nundo: gitsigil hook uninstall\n$/)
  expect(lstatSync(join(hooks(), 'pre-push')).mode & 0o777).toBe(0o755)
  expect([ours('pre-push'), ours('post-merge')]).toEqual([true, true])
})

test('in a bare repository it puts pre-receive there, with a seed for nonces and an age of trust', async () => {
  repository = createRepository('--bare')
  expect((await hook('install')).out).toContain('/hooks/pre-receive: made\n')
  expect(repository.git(['config', 'gitsigil.trustMaxAge'])).toBe('30')
  expect(repository.git(['config', 'receive.certNonceSeed'])).toMatch(/^[0-9a-f]{64}$/)
})

test.each<[string, readonly string[], readonly string[]]>([
  ['--bare', [], ['pre-receive']],
  ['--bare', ['pre-receive', 'update'], ['pre-receive', 'update']],
  ['--quiet', [], ['pre-push', 'post-merge']],
])('where nobody reads what it says, all of it is made all the same: %s %j', async (kind, args, names) => {
  repository = createRepository(kind)
  const words = ['hook', 'install', ...args, `--program=${program}`]
  const world = testWorld({ args: words, cwd: repository.path, unread: [1] })
  expect(await runCommand(world)).toBe(141)
  const place = kind === '--bare' ? join(repository.path, 'hooks') : hooks()
  expect(names.map((name) => parseHookScript(readFileSync(join(place, name), 'utf8')).ours)).toEqual(
    names.map(() => true),
  )
  expect(repository.git(['config', 'gitsigil.trustMaxAge'])).toBe('30')
  expect(repository.tryGit(['config', 'receive.certNonceSeed']).status).toBe(kind === '--bare' ? 0 : 1)
})

test('settings that somebody made stay as they are, before and after', async () => {
  repository = createRepository('--bare')
  repository.git(['config', 'gitsigil.trustMaxAge', '7'])
  repository.git(['config', '--file', globalFile, 'receive.certNonceSeed', 'mine'])
  await hook('install')
  await hook('uninstall')
  expect(repository.git(['config', '--local', '--get-all', 'gitsigil.trustMaxAge'])).toBe('7')
  expect(repository.tryGit(['config', '--local', 'receive.certNonceSeed']).status).toBe(1)
})

test.each<[Readonly<Record<string, string>>, string]>([
  [{}, "git config --add gitsigil.allow 'ISSUER SUBJECT', or a policy (gitsigil help policy)"],
  [{ allow: 'https://issuer.test kim@example.com' }, 'gitsigil.allow says it'],
  [
    { policyRoot: 'ab'.repeat(20), policyRef: 'refs/heads/rules' },
    "nobody can yet: the policy's ref refs/heads/rules names no commit here (whoever runs this repository brings it: " +
      'git fetch CLONE rules:rules, from a clone that has it; else set gitsigil.policyRef)',
  ],
  [
    { policyRef: 'refs/heads/rules' },
    'git config gitsigil.policyRoot COMMIT: without it gitsigil.policyRef has no effect',
  ],
])('with the settings %j it says who may sign, or how to say it', async (settings, who) => {
  for (const [key, value] of Object.entries(settings)) repository.git(['config', `gitsigil.${key}`, value])
  expect((await hook('install')).out).toContain(`\nwho may sign: ${who}\n`)
})

test('where a policy says who may sign, that is told', async () => {
  mkdirSync(join(repository.path, '.gitsigil'))
  writeFileSync(
    join(repository.path, '.gitsigil', 'policy.yaml'),
    policyText('rules: [{ name: all, authorities: [bob] }]'),
  )
  repository.git(['add', '.gitsigil'])
  repository.git(['commit', '--quiet', '--no-gpg-sign', '-m', 'policy'])
  const root = repository.git(['rev-parse', 'HEAD'])
  repository.git(['config', 'gitsigil.policyRoot', root])
  const said = `the policy in refs/heads/main says it, from gitsigil.policyRoot ${root.slice(0, 19)} on`
  expect((await hook('install')).out).toContain(`\nwho may sign: ${said}\n`)
})

test.each([
  ['is not there', undefined, 'there is no such file'],
  ['is empty', '', 'has no line'],
  ['holds garbage', 'garbage\n', 'allowed:1: expected ISSUER SUBJECT'],
])('a file of identities that %s says nothing of who may sign, and that is told', async (_, text, why) => {
  const path = join(temporaryFolder('allowed'), 'allowed')
  if (text !== undefined) writeFileSync(path, text)
  repository.git(['config', 'gitsigil.allow', path])
  const { out } = await hook('install')
  expect(out).toMatch(/\nwho may sign: nobody can yet: /)
  expect(out).toContain(why)
  if (text === undefined)
    expect(out).toContain('(gitsigil.allow (git config, local) names that file; an identity is written ISSUER SUBJECT)')
})

test('where the configuration is locked, it says that it can be run again, and then does', async () => {
  const lock = join(repository.path, '.git', 'config.lock')
  writeFileSync(lock, '')
  expect(await hook('install')).toMatchObject({ status: 2, err: expect.stringContaining('; then run this again\n') })
  rmSync(lock)
  expect((await hook('install')).status).toBe(0)
  expect(repository.git(['config', 'gitsigil.trustMaxAge'])).toBe('30')
})

describe('what hooks do not go by', () => {
  const NOBODY = "\nwho may sign: git config --add gitsigil.allow 'ISSUER SUBJECT', or a policy "
  const KEYS = ['gitsigil.allow', 'gitsigil.policyRoot', 'gitsigil.trustMaxAge', 'receive.certNonceSeed']
  const VALUES = ['https://issuer.test kim@example.com', 'ab'.repeat(20), '7', 'seed']
  const BY_VARIABLES = Object.fromEntries([
    ['GIT_CONFIG_COUNT', String(KEYS.length)],
    ...KEYS.flatMap((key, at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, VALUES[at]],
    ]),
  ])

  async function expectNothingSaid(more: Readonly<Record<string, string>>) {
    const { status, out } = await hook('install', [], repository.path, more)
    expect([status, out]).toEqual([0, expect.stringContaining(NOBODY)])
    expect(repository.git(['config', 'gitsigil.trustMaxAge'])).toBe('30')
    expect(repository.git(['config', 'receive.certNonceSeed'])).toMatch(/^[0-9a-f]{64}$/)
  }

  test('variables, and so git -c, say nothing of who may sign, and no seed and no age', async () => {
    repository = createRepository('--bare')
    await expectNothingSaid(BY_VARIABLES)
  })

  test('nor do settings that are set to nothing, which are there again when the hooks are taken back', async () => {
    repository = createRepository('--bare')
    for (const key of KEYS) repository.git(['config', key, ''])
    await expectNothingSaid({})
    await hook('uninstall')
    for (const key of KEYS) expect(repository.git(['config', '--local', '--get-all', key])).toBe('')
  })

  test('a configuration by which hooks would refuse everything is told before there are any', async () => {
    repository.git(['config', 'gitsigil.policyRoot', 'main'])
    expect(await hook('install')).toMatchObject({ status: 2, out: '', err: expect.stringContaining('policyRoot') })
    expect(existsSync(join(hooks(), 'pre-push'))).toBe(false)
  })
})

describe('taking it back', () => {
  test('leaves settings and hooks as they were', async () => {
    const before = [config(), readdirSync(hooks()).sort()]
    await hook('install', ['pre-receive', 'update', 'pre-push', 'post-merge', 'post-checkout'])
    expect(config()).not.toBe(before[0])
    expect((await hook('uninstall')).status).toBe(0)
    expect([config().replace(/\[(?:receive|gitsigil)\]\n/g, ''), readdirSync(hooks()).sort()]).toEqual(before)
    expect(existsSync(join(repository.path, '.git', 'gitsigil-hooks.json'))).toBe(false)
  })

  test.each([0o755, 0o644, 0o700])('puts back a hook that was there, mode %o', async (mode) => {
    write('pre-push', '#!/bin/sh\necho mine\r\n', mode)
    expect((await hook('install', ['pre-push'])).out).toContain('the hook that was there is kept and runs after it')
    expect(ours('pre-push')).toBe(true)
    expect((await hook('uninstall')).out).toContain('what was there before is back')
    expect([read('pre-push'), lstatSync(join(hooks(), 'pre-push')).mode & 0o777]).toEqual([
      '#!/bin/sh\necho mine\r\n',
      mode,
    ])
  })

  test('puts back a link, one that leads nowhere too', async () => {
    mkdirSync(hooks(), { recursive: true })
    symlinkSync('../nowhere', join(hooks(), 'pre-push'))
    expect((await hook('install', ['pre-push'])).status).toBe(0)
    await hook('uninstall')
    expect(readlinkSync(join(hooks(), 'pre-push'))).toBe('../nowhere')
  })

  test('takes one hook and leaves the other, and its settings', async () => {
    await hook('install')
    await hook('uninstall', ['post-merge'])
    expect([existsSync(join(hooks(), 'post-merge')), ours('pre-push')]).toEqual([false, true])
    expect(repository.git(['config', 'gitsigil.trustMaxAge'])).toBe('30')
  })

  test('leaves alone what somebody wrote into one of ours, and what is not ours', async () => {
    await hook('install', ['pre-push'])
    write('post-merge', '#!/bin/sh\n')
    writeFileSync(join(hooks(), 'pre-push'), `${read('pre-push')}echo mine\n`)
    expect(await hook('uninstall')).toMatchObject({
      status: 2,
      err: expect.stringContaining('was changed since it was installed'),
    })
    expect(read('pre-push')).toContain('echo mine\n')
    expect(await hook('install', ['pre-push'])).toMatchObject({ status: 2 })
    expect(read('post-merge')).toBe('#!/bin/sh\n')
  })

  test('finds nothing where nothing is', async () => {
    expect(await hook('uninstall')).toEqual({ status: 0, err: '', out: `${hooks()}: no hook of ours is there\n` })
  })
})

test('a second time it makes the file anew, and keeps what was kept', async () => {
  write('pre-push', '#!/bin/sh\necho mine\n')
  await hook('install', ['pre-push'])
  expect((await hook('install', ['pre-push'])).out).toContain('/pre-push: made anew\n')
  await hook('uninstall')
  expect(read('pre-push')).toBe('#!/bin/sh\necho mine\n')
})

test('two hooks that claim to be the one from before are nobody to choose between', async () => {
  write('pre-push', '#!/bin/sh\n')
  write('pre-push.before-gitsigil', '#!/bin/sh\n')
  expect(await hook('install', ['pre-push'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('is there already'),
  })
  expect(ours('pre-push')).toBe(false)
})

describe('core.hooksPath', () => {
  test('of the repository is where hooks go, relative to the top, from a subfolder too', async () => {
    repository.git(['config', 'core.hooksPath', 'tools/hooks'])
    const sub = join(repository.path, 'a')
    mkdirSync(sub)
    expect((await hook('install', ['pre-push'], sub)).status).toBe(0)
    expect(existsSync(join(repository.path, 'tools', 'hooks', 'pre-push'))).toBe(true)
  })

  test('for all repositories is asked for first', async () => {
    repository.git(['config', '--file', globalFile, 'core.hooksPath', join(folder, 'shared')])
    expect(await hook('install', ['pre-push'])).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringContaining('hint: gitsigil hook install --shared'),
    })
    expect((await hook('install', ['pre-push', '--shared'])).status).toBe(0)
    expect(existsSync(join(folder, 'shared', 'pre-push'))).toBe(true)
  })

  test.each([
    ['--local', '/dev/null'],
    ['--local', '/dev/null/hooks'],
    ['--global', '/dev/null'],
  ])('that names no folder turns hooks off, which is told: %s %s', async (scope, path) => {
    const file = scope === '--local' ? [] : ['--file', globalFile]
    repository.git(['config', ...file, 'core.hooksPath', path])
    const said = `core.hooksPath (${scope.slice(2)}) names ${path}, which is no folder: Git runs no hook`
    const { status, err } = await hook('install')
    expect([status, err]).toEqual([2, expect.stringContaining(said)])
    expect(err).toContain('hint: unset core.hooksPath, or let it name a folder')
    expect((await hook('uninstall')).status).toBe(0)
  })

  test('a worktree has the hooks of its repository', async () => {
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'one'])
    const tree = `${repository.path}-tree`
    repository.git(['worktree', 'add', '--quiet', tree])
    await hook('install', ['pre-push'], tree)
    repository.git(['worktree', 'remove', '--force', tree])
    expect(ours('pre-push')).toBe(true)
  })
})

describe('where a program manages the hooks, nothing is written and the lines for it are said', () => {
  test('husky', async () => {
    repository.git(['config', 'core.hooksPath', '.husky/_'])
    const { status, out } = await hook('install', ['pre-push'])
    expect(status).toBe(2)
    expect(out).toContain('Add to .husky/pre-push:\n\ngitsigil hook run pre-push -- "$@"\n')
    expect(existsSync(join(repository.path, '.husky'))).toBe(false)
  })

  test('pre-commit, and another hook is made all the same', async () => {
    const theirs = '#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n'
    write('pre-push', theirs)
    const { status, out } = await hook('install')
    expect(status).toBe(2)
    expect(out).toContain('Add to .pre-commit-config.yaml:')
    expect([read('pre-push'), ours('post-merge')]).toEqual([theirs, true])
  })
})

test.each([
  [['pre-commit'], 'no hook is called "pre-commit"'],
  [['../x'], 'no hook is called "../x"'],
  [['--force'], 'unknown flag'],
])('%j is refused', async (args, why) => {
  expect(await hook('install', args)).toMatchObject({ status: 2, out: '', err: expect.stringContaining(why) })
})

test('outside of a repository it says so', async () => {
  expect(await hook('install', [], folder)).toMatchObject({
    status: 2,
    err: expect.stringContaining('this is no Git repository'),
  })
})
