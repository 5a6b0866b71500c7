import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { createRepository } from '../support/repository.ts'
import { hasShared, readCorpus, readCorpusObject, readShared } from '../support/shared.ts'
import { testWorld } from '../support/world.ts'

const BILLY = 'dc68e8ce155fe12ab8fd7c55de6ef336ce716ee8'

async function show(cwd: string, ...args: readonly string[]) {
  const world = testWorld({ cwd, args: ['show', ...args] })
  const exit = await runCommand(world)
  return { exit, stdout: world.output(1), stderr: world.output(2) }
}

describe.skipIf(!hasShared)('show', () => {
  const repository = createRepository()
  repository.store('commit', readShared(`corpus/objects/${BILLY}.commit`))

  test("prints gitsign's statement: commit, signature, certificate and signed attributes", async () => {
    repository.git(['config', 'remote.origin.url', 'https://me:hunter2@git.example/repo.git'])
    const { exit, stdout } = await show(repository.path, BILLY)
    const { predicate, ...statement } = JSON.parse(stdout)
    expect(statement).toEqual({
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://gitsign.sigstore.dev/predicate/git/v0.1',
      subject: [{ name: 'https://git.example/repo.git', digest: { sha1: BILLY } }],
    })
    expect(predicate.source).toMatchObject({
      tree: '6b76370b84f0df2414f9a093f7404cd788ac6912',
      parents: ['a283a6f3a15bb0f4544c36f1a6329c78f1403d45'],
      author: { name: 'Billy Lynch', email: 'billy@chainguard.dev', date: '2026-08-05T10:17:15-04:00' },
    })
    expect(predicate.source.message).toMatch(/^Switch keyring backend/)
    expect(predicate.signature).toMatch(/^-----BEGIN SIGNED MESSAGE-----\n/)
    const [signer] = predicate.signer_info
    expect(signer.certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    expect(Buffer.from(signer.attributes, 'base64')[0]).toBe(0x31)
    expect(exit).toBe(0)
  })

  test('--json wraps it, and says that nothing was verified', async () => {
    const { stdout } = await show(repository.path, BILLY, '--json')
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({ version: 1, object: BILLY, kind: 'commit', verdict: 'not verified' })
    expect(document.statement.predicate.signer_info).toHaveLength(1)
  })

  test('an unsigned commit has neither signature nor signer', async () => {
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'unsigned'])
    const { exit, stdout } = await show(repository.path)
    const { predicate } = JSON.parse(stdout)
    expect(Object.keys(predicate)).toEqual(['source'])
    expect(predicate.source.parents).toBeUndefined()
    expect(exit).toBe(0)
  })

  test('every commit of the corpus but the malformed one is shown', async () => {
    for (const record of readCorpus().filter(({ type }) => type === 'commit')) {
      repository.store('commit', readCorpusObject(record))
      const { exit } = await show(repository.path, record.oid)
      expect([record.oid, exit]).toEqual([record.oid, record.gitsign === 'fails' ? 3 : 0])
    }
  })

  test('what is not there is a fault', async () => {
    const { exit, stdout, stderr } = await show(repository.path, 'nowhere')
    expect([exit, stdout]).toEqual([3, ''])
    expect(stderr).toBe('gitsigil: error: no such commit: nowhere\n')
  })

  test('what a message says cannot reach the terminal as it is', async () => {
    const commit = readShared(`corpus/objects/${BILLY}.commit`)
    const oid = repository.store('commit', Buffer.concat([commit, Buffer.from('\u001b[2J\u009b\u202e')]))
    const { stdout } = await show(repository.path, oid)
    expect(stdout).toContain('\\u001b[2J\\u009b\\u202e')
    expect(JSON.parse(stdout).predicate.source.message).toContain('\u001b[2J\u009b\u202e')
  })
})
