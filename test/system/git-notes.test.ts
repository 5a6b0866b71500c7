import { expect, test } from 'vitest'
import { changeNote, readNote } from '../../src/system/git-notes.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const REF = 'refs/notes/gitsigil'

function setUp(...init: readonly string[]) {
  const repository = createRepository(...init)
  const oid = repository.store('blob', 'an object')
  return { repository, oid, world: testWorld({ cwd: repository.path }) }
}

async function noteOf({ path }: Repository, oid: string, at = REF) {
  const note = await readNote(testWorld({ cwd: path }), oid, at)
  return note && Buffer.from(note).toString('utf8')
}

test.each(['sha1', 'sha256'])('a note is made, changed, and read byte for byte, %s', async (algorithm) => {
  const { repository, oid, world } = setUp(`--object-format=${algorithm}`)
  expect(await noteOf(repository, oid)).toBeUndefined()
  await changeNote(world, oid, REF, (note) => Buffer.concat([note, Buffer.from('one  \n\n')]))
  await changeNote(world, oid, REF, (note) => Buffer.concat([note, Buffer.from('two')]))
  expect(await noteOf(repository, oid)).toBe('one  \n\ntwo')
  expect(repository.git(['for-each-ref', '--format=%(refname)'])).toBe(REF)
})

test.each([1, 2, 3])('a note is found where Git spreads them over folders, %i deep', async (depth) => {
  const { repository, oid } = setUp()
  const blob = repository.store('blob', 'a note')
  const folders = Array.from({ length: depth }, (_, index) => oid.slice(2 * index, 2 * index + 2))
  const path = [...folders, oid.slice(2 * depth)].join('/')
  repository.git(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`])
  repository.git(['update-ref', REF, repository.git(['commit-tree', '-m', 'notes', repository.git(['write-tree'])])])
  expect(repository.git(['notes', `--ref=${REF}`, 'show', oid])).toBe('a note')
  expect(await noteOf(repository, oid)).toBe('a note')
})

test('what somebody else wrote meanwhile stays', async () => {
  const { repository, oid, world } = setUp()
  let calls = 0
  await changeNote(world, oid, REF, (note) => {
    calls++
    if (calls === 1) repository.git(['notes', `--ref=${REF}`, 'add', '-m', 'theirs', oid])
    return Buffer.concat([note, Buffer.from('ours\n')])
  })
  expect(await noteOf(repository, oid)).toBe('theirs\nours\n')
  expect(calls).toBe(2)
})

test('the note of a commit of notes is that of its time', async () => {
  const { repository, oid, world } = setUp()
  await changeNote(world, oid, REF, () => Buffer.from('old'))
  const before = repository.git(['rev-parse', REF])
  await changeNote(world, oid, REF, () => Buffer.from('new'))
  expect(await noteOf(repository, oid, before)).toBe('old')
})

test('outside a repository is a git fault', async () => {
  await expect(readNote(testWorld({ cwd: '/' }), 'a'.repeat(40), REF)).rejects.toMatchObject({ code: 'git' })
})
