import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { type Ask, setupCommand } from '../../src/cli/setup.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const folder = temporaryFolder('setup')
const bin = join(folder, 'bin')
mkdirSync(bin)
writeFileSync(join(bin, 'gitsigil'), '#!/bin/sh\n')
chmodSync(join(bin, 'gitsigil'), 0o755)
const globalFile = join(folder, 'gitconfig')
const env = {
  ...process.env,
  PATH: `${bin}:${process.env['PATH']}`,
  GIT_CONFIG_GLOBAL: globalFile,
  // Git before 2.32 knows no such variable, and would write into the file of whoever runs the tests.
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
}

let repository: Repository
const configFile = () => join(repository.path, '.git', 'config')
const config = () => readFileSync(configFile(), 'utf8')

beforeEach(() => {
  repository = createRepository()
  repository.git(['config', '--unset', 'gpg.format'])
  writeFileSync(globalFile, '')
})

async function setup(args: readonly string[], ask: Ask = async () => undefined, cwd = repository.path) {
  const world = testWorld({ args, env, cwd })
  const status = await setupCommand(world, args, ask)
  return { status, out: world.output(1), err: world.output(2) }
}

describe('one repository', () => {
  test('shows each change, asks, makes them, and says what comes next', async () => {
    repository.git(['config', 'commit.gpgsign', 'true'])
    repository.git(['config', 'gpg.x509.program', 'smimesign'])
    const asked: string[] = []
    const answer = await setup([], async (question) => {
      asked.push(question)
      expect(repository.git(['config', 'gpg.x509.program'])).toBe('smimesign')
      return 'y'
    })
    expect(asked).toEqual(['Make these 3 changes? [y/N] '])
    expect(answer).toEqual({
      status: 0,
      err: '',
      out: [
        `the repository ${repository.path}:`,
        '  gpg.format        (not set)  ->  x509',
        '  gpg.x509.program  smimesign  ->  gitsigil',
        '  commit.gpgsign    true  (stays)',
        '  tag.gpgsign       (not set)  ->  true',
        'done: Git signs every commit and tag with it from now on',
        'next: gitsigil doctor checks that all is well',
        '      gitsigil login logs in ahead of the first commit, where there is a keychain to keep it',
        'undo: gitsigil setup --undo',
        '',
      ].join('\n'),
    })
    const keys = ['gpg.format', 'gpg.x509.program', 'commit.gpgsign', 'tag.gpgsign']
    expect(keys.map((key) => repository.git(['config', key]))).toEqual(['x509', 'gitsigil', 'true', 'true'])
  })

  test.each(['', 'n', 'no', 'yep'])('the answer %j changes nothing', async (answer) => {
    const before = config()
    expect((await setup([], async () => answer)).out).toMatch(/\nnothing was changed\n$/)
    expect(config()).toBe(before)
  })

  test('without a terminal it says how, and changes nothing', async () => {
    const before = config()
    await expect(setup([])).rejects.toMatchObject({
      code: 'usage',
      message: 'nothing was changed: there is no terminal to ask on',
      hint: 'gitsigil setup --yes makes the changes without asking',
    })
    expect(config()).toBe(before)
  })

  test('--dry-run only shows', async () => {
    const before = config()
    expect((await setup(['--dry-run'])).out).toContain('->  x509')
    expect(config()).toBe(before)
  })

  test('a second time there is nothing to do', async () => {
    await setup(['--yes'])
    expect((await setup(['--yes'])).out).toMatch(/\neverything is set up already\n$/)
  })

  test('works from a subfolder and in a worktree', async () => {
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'one'])
    repository.git(['worktree', 'add', '--quiet', join(repository.path, 'tree')])
    expect((await setup(['--yes'], undefined, join(repository.path, 'tree'))).status).toBe(0)
    expect(repository.git(['config', '--local', 'gpg.format'])).toBe('x509')
  })

  test('outside of a repository it names the way', async () => {
    await expect(setup(['--yes'], undefined, folder)).rejects.toMatchObject({
      code: 'usage',
      message: 'this is no Git repository',
      hint: 'gitsigil setup --global sets it up for all of your repositories',
    })
  })

  test('--json is one document', async () => {
    const { out } = await setup(['--yes', '--json'])
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      scope: 'local',
      undo: false,
      made: true,
      changes: [{ key: 'gpg.format', before: [], after: ['x509'] }, {}, {}, {}],
    })
  })
})

describe('the undo', () => {
  test('gives back the very same file where nothing was set', async () => {
    const before = config()
    await setup(['--yes'])
    expect((await setup(['--undo', '--yes'])).out).toMatch(/\ndone: as it was before\n$/)
    expect(config()).toBe(before)
    expect(existsSync(join(repository.path, '.git', 'gitsigil-setup.json'))).toBe(false)
  })

  test('gives back the values that were there, several of one key in order, and an empty one', async () => {
    writeFileSync(configFile(), `${config()}[gpg]\n\tformat = ssh\n\tformat = openpgp\n[commit]\n\tgpgsign = \n`)
    await setup(['--yes'])
    await setup(['--yes', '--program', join(bin, 'gitsigil')])
    await setup(['--undo', '--yes'])
    expect(repository.git(['config', '--get-all', 'gpg.format'])).toBe('ssh\nopenpgp')
    expect(repository.git(['config', '--get', 'commit.gpgsign'])).toBe('')
    expect(repository.tryGit(['config', 'gpg.x509.program']).status).toBe(1)
  })

  test('leaves alone what somebody changed since, and says so', async () => {
    await setup(['--yes'])
    repository.git(['config', 'gpg.format', 'ssh'])
    expect((await setup(['--undo', '--yes'])).out).toContain('gpg.format was changed since')
    expect(repository.git(['config', 'gpg.format'])).toBe('ssh')
  })

  test('without a setup there is nothing to undo', async () => {
    expect((await setup(['--undo', '--yes'])).out).toBe(
      `the repository ${repository.path}: there is nothing to undo, setup changed nothing here\n`,
    )
  })
})

describe('all repositories', () => {
  test('are set up and undone in the global configuration alone', async () => {
    const local = config()
    writeFileSync(globalFile, '[user]\n\tname = Kim\n')
    await setup(['--global', '--yes'], undefined, folder)
    expect(readFileSync(globalFile, 'utf8')).toContain('program = gitsigil')
    expect((await setup(['--global', '--undo', '--yes'], undefined, folder)).out).toContain('all of your repositories')
    expect(readFileSync(globalFile, 'utf8')).toBe('[user]\n\tname = Kim\n')
    expect(config()).toBe(local)
  })
})

describe('an instance', () => {
  test('that is not there is refused before anything is changed', async () => {
    const before = config()
    await expect(setup(['--yes', '--instance', 'nowhere'])).rejects.toMatchObject({
      code: 'config',
      message: 'instance nowhere is not initialized',
    })
    expect(config()).toBe(before)
  })

  test('is set where it is', async () => {
    await setup(['--yes', '--instance', 'public-good'])
    expect(repository.git(['config', 'gitsigil.instance'])).toBe('public-good')
  })
})

test('a program that is none is refused', async () => {
  await expect(setup(['--yes', '--program', 'no-such-program'])).rejects.toMatchObject({ code: 'usage' })
})

test('help lists its flags', async () => {
  const world = testWorld({ args: ['help', 'setup'] })
  expect(await runCommand(world)).toBe(0)
  expect(world.output(1)).toContain('--undo')
})
