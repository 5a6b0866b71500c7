// A name that several refs have is refused wherever a verdict is about what it names; what Git takes first is not.
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { findBranch } from '../../src/system/git-branch.ts'
import { readObject } from '../../src/system/git-object.ts'
import { listSigned } from '../../src/system/git-signed.ts'
import { readNamed } from '../../src/system/git-tips.ts'
import { findRef } from '../../src/system/git-walk.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

/** `topic` is one commit further than `main` and `origin/main`; `bad` is what somebody pushes under another name. */
function create(...flags: readonly string[]) {
  const repository = createRepository(...flags)
  const make = (message: string) => {
    repository.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', message])
    return repository.git(['rev-parse', 'HEAD'])
  }
  const good = make('good')
  repository.git(['update-ref', 'refs/remotes/origin/main', good])
  repository.git(['checkout', '--quiet', '-b', 'topic'])
  return { repository, world: testWorld({ cwd: repository.path }), good, bad: make('bad') }
}

describe.each([true, false])('a tag that is called as a branch, with core.warnAmbiguousRefs=%s', (isWarned) => {
  const { repository, bad } = create()
  repository.git(['config', 'core.warnAmbiguousRefs', String(isWarned)])
  repository.git(['update-ref', 'refs/tags/origin/main', bad])
  repository.git(['update-ref', 'refs/tags/topic', bad])

  test.each([
    ['verify', 'origin/main..topic'],
    ['verify', '--history', 'refs/heads/topic', '^origin/main'],
    ['verify', 'refs/heads/topic', '^origin/main~0'],
    ['verify', 'origin/main'],
    ['verify', '--json', 'origin/main^{commit}'],
    ['verify-tag', 'origin/main'],
    ['explain', 'origin/main'],
    ['show', 'origin/main'],
    ['preserve', '--check', 'origin/main..refs/heads/topic'],
    ['resign', '--dry-run', 'origin/main..refs/heads/topic'],
    ['policy', 'diff', 'origin/main', 'refs/heads/topic'],
  ])('%j is refused', async (...args) => {
    const world = testWorld({ args, cwd: repository.path })
    expect(await runCommand(world)).toBe(2)
    expect(world.output(1) + world.output(2)).toContain('more than one ref is called origin/main')
  })

  test('the branch to sign anew, too', async () => {
    const world = testWorld({ args: ['resign', '--dry-run', 'refs/heads/main..topic'], cwd: repository.path })
    expect(await runCommand(world)).toBe(2)
    expect(world.output(2)).toContain('more than one ref is called topic')
    expect(world.output(2)).toContain('hint: write the one that is meant in full: refs/heads/topic, refs/tags/topic or')
  })
})

describe('what Git takes first, and what is not ambiguous, is taken', () => {
  test('names of one ref, short ids, and the same name in a branch here and at the remote', async () => {
    const { repository, world, good, bad } = create()
    repository.git(['tag', '--no-sign', 'v1', good])
    for (const name of ['main', 'origin/main', 'heads/main', 'remotes/origin/main', 'v1', good.slice(0, 9), 'topic~1'])
      expect(await readNamed(world, [name])).toMatchObject([{ oid: good }])
    expect(await listSigned(world, ['origin/main..topic'])).toEqual([bad])
  })

  test('HEAD where a branch is called HEAD', async () => {
    const { repository, world, good, bad } = create()
    repository.git(['update-ref', 'refs/heads/HEAD', good])
    for (const name of ['HEAD', '@', '@{0}', 'HEAD^{commit}'])
      expect(await readNamed(world, [name])).toMatchObject([{ oid: bad }])
    expect(await readNamed(world, ['main..HEAD'])).toMatchObject([{ oid: bad }, { oid: good, excluded: true }])
    expect(await readObject(world, 'HEAD')).toMatchObject({ oid: bad })
    expect(await listSigned(world, ['main..HEAD'])).toEqual([bad])
    expect(await findBranch(world, 'HEAD')).toEqual({ ref: 'refs/heads/topic', oid: bad })
    expect(await findRef(world, 'HEAD')).toBe('refs/heads/topic')
  })

  test.each(['sha1', 'sha256'])("a full id that is a ref's name, too, in %s", async (format) => {
    const { repository, world, good, bad } = create(`--object-format=${format}`)
    repository.git(['update-ref', `refs/heads/${bad}`, good])
    for (const name of [bad, bad.toUpperCase()]) expect(await readNamed(world, [name])).toMatchObject([{ oid: bad }])
    expect(await readNamed(world, [`main..${bad}`])).toMatchObject([{ oid: bad }, { oid: good }])
    expect(await readObject(world, bad)).toMatchObject({ oid: bad })
    expect(await listSigned(world, [`main..${bad}`])).toEqual([bad])
    expect(await findRef(world, bad)).toBeUndefined()
  })

  test("a ref's full name, and what Git leaves beside HEAD", async () => {
    const { repository, world, good, bad } = create()
    repository.git(['update-ref', 'ORIG_HEAD', good])
    for (const name of ['refs/heads/main', 'ORIG_HEAD']) {
      repository.git(['update-ref', `refs/tags/${name}`, bad])
      expect(await readNamed(world, [name])).toMatchObject([{ oid: good }])
      expect(await readObject(world, `${name}^{commit}`)).toMatchObject({ oid: good })
    }
  })
})

test('an id of the other length is none: it is a name, or the beginning of one', async () => {
  const { repository, world, good, bad } = create('--object-format=sha256')
  const short = bad.slice(0, 40)
  expect(await readNamed(world, [short])).toMatchObject([{ oid: bad }])
  repository.git(['update-ref', `refs/tags/${short}`, good])
  await expect(readNamed(world, [short])).rejects.toMatchObject({ code: 'usage' })
})
