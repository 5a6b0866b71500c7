import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Repositories } from '../../src/compose/monitor-objects.ts'
import { joinCommit } from '../../src/git/object.ts'
import { readEntry } from '../../src/monitor/entry.ts'
import { prepareWatch } from '../../src/monitor/watch.ts'
import { temporaryFolder } from '../support/folder.ts'
import { type ForgedEntry, forgeEntry } from '../support/forged-entry.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const watch = await prepareWatch([{ name: 'alice', subject: { exact: 'alice@example.com' } }])

function question({ body }: ForgedEntry) {
  const { facts, claimants } = readEntry(body)
  const certificate = hash('sha256', claimants[0]?.certificate.bytes ?? new Uint8Array())
  const signature = Buffer.from(claimants[0]?.signature ?? []).toString('hex')
  return [facts?.hashes ?? [], { certificate, signature }] as const
}

test('what is not known is looked for again once a ref has changed, and not more than once a second', async () => {
  const repository = createRepository()
  let [now, asked] = [0, 0]
  const world = testWorld({ cwd: repository.path })
  const counted = {
    ...world,
    get cwd() {
      asked++
      return world.cwd
    },
  }
  const known = new Repositories([{ name: 'r', world: counted }], watch, new AbortController().signal, () => now)
  const entry = forgeEntry('one')
  expect((await known.find(...question(entry))).objects).toEqual([])
  const oid = repository.store('commit', joinCommit(entry.payload, entry.armored, 'sha1'))
  repository.git(['update-ref', 'refs/heads/main', oid])
  asked = 0
  now = 900
  expect([(await known.find(...question(entry))).objects, asked]).toEqual([[], 0])
  now = 1100
  expect((await known.find(...question(entry))).objects).toMatchObject([{ repository: 'r', oid }])
  now = 9000
  asked = 0
  expect([(await known.find(...question(entry))).objects.length, asked]).toEqual([1, 0])
})

test('a repository that is damaged after it was named is named with what Git says of it', async () => {
  const [good, bad] = [createRepository(), createRepository()]
  const named = [good, bad].map(({ path }, at) => ({ name: `r${at}`, world: testWorld({ cwd: path }) }))
  const known = new Repositories(named, watch, new AbortController().signal, () => 0)
  writeFileSync(join(bad.path, '.git', 'config'), '[core\n')
  await expect(known.find(...question(forgeEntry('one')))).rejects.toMatchObject({
    code: 'git',
    message: expect.stringMatching(/^r1: .*bad config line 1 in file .*config$/),
  })
})

test('a clock that is put back puts off nothing', async () => {
  const repository = createRepository()
  let now = 1_000_000
  const world = testWorld({ cwd: repository.path })
  const known = new Repositories([{ name: 'r', world }], watch, new AbortController().signal, () => now)
  const entry = forgeEntry('one')
  await known.find(...question(entry))
  repository.git([
    'update-ref',
    'refs/heads/main',
    repository.store('commit', joinCommit(entry.payload, entry.armored, 'sha1')),
  ])
  now = 0
  expect((await known.find(...question(entry))).objects).toMatchObject([{ repository: 'r' }])
})

test('objects of nobody who is watched are not kept', async () => {
  const repository = createRepository()
  const entry = forgeEntry('one')
  const oid = repository.store('commit', joinCommit(entry.payload, entry.armored, 'sha1'))
  repository.git(['update-ref', 'refs/heads/main', oid])
  const others = await prepareWatch([{ name: 'bob', subject: { exact: 'bob@example.com' } }])
  const signal = new AbortController().signal
  const known = new Repositories([{ name: 'r', world: testWorld({ cwd: repository.path }) }], others, signal, () => 0)
  expect(await known.find(...question(entry))).toEqual({ objects: [], near: [] })
})

test('a commit on no branch of another worktree is known', async () => {
  const repository = createRepository()
  const entry = forgeEntry('one')
  const oid = repository.store('commit', joinCommit(entry.payload, entry.armored, 'sha1'))
  repository.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '--message=base'])
  const other = join(temporaryFolder('worktree'), 'other')
  const world = testWorld({ cwd: repository.path })
  let now = 0
  const known = new Repositories([{ name: 'r', world }], watch, new AbortController().signal, () => now)
  expect((await known.find(...question(entry))).objects).toEqual([])
  repository.git(['worktree', 'add', '--quiet', '--detach', other, 'main'])
  // As a rebase does there.
  repository.git(['-C', other, 'update-ref', '--no-deref', 'HEAD', oid])
  now = 2000
  expect((await known.find(...question(entry))).objects).toMatchObject([{ repository: 'r', oid }])
})
