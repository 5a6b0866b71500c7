// Where there is no repository, none that Git goes into, or an empty one: each command tells which of them, and what to do.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createRepository, refsAreFiles } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const outside = temporaryFolder('outside')

async function run(words: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  const world = testWorld({ args: words.split(' '), cwd, env: { ...process.env, ...env } })
  const status = await runCommand(world)
  return { status, out: world.output(1), err: world.output(2) }
}

test.each([
  'verify HEAD',
  'verify --all',
  'preserve',
  'monitor --email kim@example.com',
  'status',
  'setup --dry-run',
  'setup --undo',
  'hook install',
  'hook uninstall',
  'policy init',
  'policy update',
  'policy test',
  'whoami',
  'login',
  'resign A..B',
])("%s tells that the repository is somebody else's, with the way out that Git names", async (words) => {
  const { path } = createRepository()
  expect(await run(words, path, { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' })).toMatchObject({
    status: 3,
    err:
      `gitsigil: error: detected dubious ownership in repository at '${path}'\n` +
      `gitsigil: hint: where you trust its owner: git config --global --add safe.directory ${path}\n`,
  })
})

test.each([
  'setup --undo',
  'hook install',
  'monitor --email kim@example.com',
  'resign A..B',
  'policy update',
  'whoami',
])('%s tells what is wrong with a repository that Git cannot read, and does not call it none', async (words) => {
  const { path } = createRepository()
  writeFileSync(join(path, '.git', 'config'), '[core]\n\trepositoryformatversion = 99\n')
  const { status, err } = await run(words, path)
  expect([status, err]).toEqual([3, expect.stringMatching(/^gitsigil: error: .*repo version.* found 99\n/i)])
})

test.each([
  ['show HEAD', 'not a git repository'],
  ['preserve HEAD', 'not a git repository'],
  ['policy check', 'no work tree here: not a git repository'],
])("%s tells Git's reason in its own words, without what Git puts before it", async (words, why) => {
  const { status, err } = await run(words, outside)
  expect([status, err]).toEqual([3, expect.stringContaining(why)])
  expect(err).not.toContain('fatal: ')
})

test.each([
  ['setup', 'gitsigil setup --global sets it up for all of your repositories'],
  [
    'setup --undo',
    'run it in the repository that was set up; gitsigil setup --undo --global takes back what was made for all',
  ],
  ['hook install', 'run it in the repository that is to have the hooks'],
  ['hook uninstall', 'run it in the repository that is to have the hooks'],
  ['resign A..B', 'run it in the repository whose commits are to be signed'],
])('%s outside of a repository says so, and where it belongs', async (words, hint) => {
  expect(await run(words, outside)).toEqual({
    status: 2,
    out: '',
    err: `gitsigil: error: this is no Git repository\ngitsigil: hint: ${hint}\n`,
  })
})

describe('in a repository that has no commits yet', () => {
  const { path } = createRepository()

  test.each([
    ['verify', 'no such object: HEAD'],
    ['verify HEAD', 'no such object: HEAD'],
    ['verify HEAD --json', 'no such object: HEAD'],
    ['verify --history HEAD', "bad revision 'HEAD'"],
    ['verify v1..main', "bad revision 'v1..main'"],
    ['verify-tag v1', 'no such object: v1'],
    ['explain HEAD', 'no such object: HEAD'],
    ['show HEAD', 'no such commit: HEAD'],
    ['preserve HEAD', "cannot list HEAD: bad revision 'HEAD'"],
    ['reconcile HEAD', "bad revision 'HEAD'"],
    ['log search --object HEAD', 'no such object: HEAD'],
    ['policy init', "bad revision 'HEAD'"],
    ['bundle export HEAD', 'no such object: HEAD'],
  ])('%s could not be checked, and says why', async (words, what) => {
    const { status, err } = await run(words, path)
    expect([status, err]).toEqual([3, `gitsigil: error: ${what}: this repository has no commits yet\n`])
  })

  test('resign has no branch to move', async () => {
    expect(await run('resign main..', path)).toMatchObject({
      status: 2,
      err: 'gitsigil: error: HEAD is not a branch, so there is nothing to move: this repository has no commits yet\n',
    })
  })

  test('verify --all has looked at all there is', async () => {
    expect(await run('verify --all', path)).toMatchObject({ status: 0, out: expect.stringMatching(/^0 objects\n/) })
  })

  test('what a commit elsewhere makes of it is not called empty', async () => {
    const { path: other, git } = createRepository()
    git(['commit', '--quiet', '--allow-empty', '-m', 'one'])
    git(['checkout', '--quiet', '--orphan', 'another'])
    expect((await run('verify HEAD', other)).err).toBe('gitsigil: error: no such object: HEAD\n')
  })

  test.runIf(refsAreFiles)('what a damaged ref makes of it is not called empty', async () => {
    const damaged = createRepository().path
    writeFileSync(join(damaged, '.git', 'refs', 'heads', 'main'), '')
    expect(await run('verify HEAD', damaged)).toMatchObject({
      status: 3,
      err: 'gitsigil: error: no such object: HEAD\n',
    })
  })
})
