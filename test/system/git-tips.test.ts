import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
