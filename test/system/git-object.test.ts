import { expect, test } from 'vitest'
import { readObject } from '../../src/system/git-object.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const read = (cwd: string, rev: string) => readObject(testWorld({ cwd }), rev)

test.each(['sha1', 'sha256'] as const)('bytes are exact, whatever they are, %s', async (algorithm) => {
  const repository = createRepository(`--object-format=${algorithm}`)
  for (const bytes of [Buffer.from(''), Buffer.from('a\0b\r\n'), Buffer.alloc(3_000_000, 'x\n')]) {
    const oid = repository.store('blob', bytes)
    const object = await read(repository.path, oid)
    expect(object).toMatchObject({ oid, type: 'blob', algorithm })
    expect(Buffer.compare(object.bytes, bytes)).toBe(0)
  }
})

test('a replace ref, a graft and a name that looks like a flag change nothing', async () => {
  const repository = createRepository()
  const [one, two] = ['one', 'two'].map((text) => repository.store('blob', Buffer.from(text)))
  repository.git(['update-ref', `refs/replace/${one}`, two ?? ''])
  expect(Buffer.from((await read(repository.path, one ?? '')).bytes).toString()).toBe('one')
  await expect(read(repository.path, '--batch-all-objects')).rejects.toMatchObject({ code: 'git' })
})

test.each([
  ['nowhere', 'git', 'no such object: nowhere'],
  ['', 'usage', 'not a revision: ""'],
  ['HEAD\nHEAD', 'usage', 'not a revision: "HEAD\\nHEAD"'],
])('%j', async (rev, code, message) => {
  const repository = createRepository()
  repository.git(['commit', '--quiet', '--allow-empty', '-m', 'one'])
  await expect(read(repository.path, rev)).rejects.toMatchObject({ code, message })
})

test('outside a repository', async () => {
  await expect(read('/', 'HEAD')).rejects.toMatchObject({
    code: 'git',
    message: expect.stringContaining('not a git repository'),
  })
})
