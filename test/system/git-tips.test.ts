import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { listSigned } from '../../src/system/git-signed.ts'
import { readRefs } from '../../src/system/git-tips.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createRepository, refsAreFiles } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const COMMIT = ['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '--message=x']

/** With a worktree whose HEAD is a commit of its own, on no branch. */
function withWorktree() {
  const repository = createRepository()
  repository.git(COMMIT)
  const other = join(temporaryFolder('worktree'), 'other')
  repository.git(['worktree', 'add', '--quiet', '--detach', other])
  repository.git(['-C', other, ...COMMIT])
  return {
    repository,
    world: testWorld({ cwd: repository.path }),
    oid: repository.git(['-C', other, 'rev-parse', 'HEAD']),
  }
}

test('what stands on no branch in another worktree is a tip, and is listed', async () => {
  const { repository, world, oid } = withWorktree()
  const refs = await readRefs(world, '')
  expect(refs.filter(({ name }) => name !== 'refs/heads/main')).toMatchObject([
    { name: 'HEAD' },
    { name: 'HEAD of a worktree', oid, type: 'commit' },
  ])
  expect([...(await listSigned(world, []))].toSorted()).toEqual([oid, repository.git(['rev-parse', 'HEAD'])].toSorted())
  expect(await listSigned(world, ['HEAD'])).toHaveLength(1)
})

test.runIf(refsAreFiles)('a HEAD of another worktree that is damaged is missing, and not passed over', async () => {
  const { repository, world } = withWorktree()
  writeFileSync(join(repository.path, '.git/worktrees/other/HEAD'), 'garbage\n')
  expect(await readRefs(world, '')).toContainEqual(
    expect.objectContaining({ name: 'HEAD of a worktree', type: 'missing' }),
  )
  await expect(listSigned(world, [])).rejects.toThrow('cannot list the commits')
})

test('a branch of another worktree that has no commit yet is no fault', async () => {
  const repository = createRepository()
  repository.git(COMMIT)
  const other = join(temporaryFolder('worktree'), 'other')
  repository.git(['worktree', 'add', '--quiet', '--detach', other])
  repository.git(['-C', other, 'checkout', '--quiet', '--orphan', 'fresh'])
  const refs = await readRefs(testWorld({ cwd: repository.path }), '')
  expect(refs.map(({ name }) => name)).toEqual(['refs/heads/main', 'HEAD'])
})

describe('a range that only leaves out', () => {
  const repository = createRepository()
  repository.git(COMMIT)

  test.each([
    ['verify', '--history', '^main'],
    ['verify', '^main'],
    ['verify', '--jobs=1', '^main', '^HEAD'],
    ['verify', '--first-parent', '--history', '^HEAD^{commit}'],
    ['preserve', '--check', '^main'],
  ])('%j is refused', async (...args) => {
    const world = testWorld({ args, cwd: repository.path })
    expect(await runCommand(world)).toBe(2)
    expect(world.output(2)).toContain('only leaves out, and nothing is in that range')
  })

  test.each([['main..main'], ['main', '^main'], ['--all', '^main']])(
    '%j is a range that happens to be empty',
    async (...args) => {
      const world = testWorld({ args: ['verify', '--no-cache', ...args], cwd: repository.path })
      expect([await runCommand(world), world.output(2)]).toEqual([0, expect.not.stringContaining('error')])
    },
  )
})
