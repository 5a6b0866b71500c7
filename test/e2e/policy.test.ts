// A policy in a real repository: who may commit, what Git shows, who may change the policy, and what is not believed.
import { hash } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { createPolicyRepository, POLICY, type PolicyRepository, policyOfPeople } from '../support/policy-repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const LEVELS = '%G? %GT'
let sandbox: TestSandbox
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gitsigil-policy-'))
  sandbox = await startTestSandbox()
  writeFileSync(join(folder, 'trusted_root.json'), sandbox.trustedRoot)
  writeFileSync(join(folder, 'signing_config.json'), sandbox.signingConfig)
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

/** One where alice has made the policy, which is trusted from there. */
async function withPolicy(program: string, people = ['alice', 'bob'], rest = ''): Promise<PolicyRepository> {
  const repository = createPolicyRepository(sandbox, folder, program)
  const root = await repository.commit('alice', { [POLICY]: policyOfPeople(repository.issuer, people, rest) })
  repository.git(['config', 'gitsigil.policyRoot', root])
  return repository
}

async function update(repository: PolicyRepository) {
  return await repository.sigil(['policy', 'update'])
}

function shown(repository: PolicyRepository, rev = 'HEAD'): string {
  return repository.git(['log', '-1', `--format=${LEVELS}`, rev])
}

// Node 22 differs from 24 in nothing that is touched here.
describe.each(builds.filter(({ name }) => name !== 'node22'))('a policy, $name', (build) => {
  const program = installed(build)

  test('is asked at the door: allowed, refused, and unknown until it has been authenticated', async () => {
    const repository = await withPolicy(program)
    expect(shown(repository)).toBe('U undefined')
    expect(repository.git(['log', '-1', '--format=%GG'])).toContain('run gitsigil policy update')
    expect(await update(repository)).toMatchObject({ status: 0, stdout: expect.stringContaining('now in force') })
    expect(statSync(join(repository.path, '.git/gitsigil/policy.json')).mode & 0o777).toBe(0o600)
    expect(shown(repository)).toBe('G fully')
    expect(repository.tryGit(['verify-commit', 'HEAD']).status).toBe(0)
    await repository.commit('mallory')
    expect(shown(repository)).toBe('U never')
    expect(repository.tryGit(['verify-commit', 'HEAD']).status).not.toBe(0)
    repository.git(['branch', 'topic'])
    repository.git(['reset', '--quiet', '--hard', 'HEAD~1'])
    expect(repository.tryGit(['merge', '--verify-signatures', 'topic']).status).not.toBe(0)
    expect(await repository.sigil(['verify', 'topic'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('refused: rule all: nobody in the policy is mallory@example.com'),
    })
    expect((await repository.sigil(['verify', 'main'])).status).toBe(0)
    const range = await repository.sigil(['verify', '--json', 'main~0..topic'])
    expect(range.status).toBe(1)
    expect(range.stdout).toMatch(/"level": ?"refused"/)
    expect(range.stdout).not.toMatch(/"level": ?"allowed"/)
    expect((await repository.sigil(['verify', '--all'])).status).toBe(1)
    expect((await repository.sigil(['verify', '--first-parent', 'main'])).status).toBe(0)
  })

  test('is changed by whom it says, and then the change is in force', async () => {
    const repository = await withPolicy(program)
    await update(repository)
    const more = policyOfPeople(repository.issuer, ['alice', 'bob', 'carol'])
    const wrong = await repository.commit('bob', { [POLICY]: more })
    expect(await update(repository)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(`commit ${wrong}: may not change the policy: bob is not of alice`),
    })
    expect((await repository.sigil(['verify', 'main'])).status).toBe(3)
    repository.git(['reset', '--quiet', '--hard', 'HEAD~1'])
    await repository.commit('alice', { [POLICY]: more })
    await repository.commit('carol')
    expect((await repository.sigil(['verify', 'main'])).status).toBe(0)
    expect(shown(repository)).toBe('G fully')
  })

  test('only goes forward: neither a ref that went back nor a commit that takes a change back has a say', async () => {
    const repository = await withPolicy(program)
    const first = repository.git(['rev-parse', 'HEAD'])
    const second = await repository.commit('alice', { [POLICY]: policyOfPeople(repository.issuer, ['alice']) })
    await update(repository)
    repository.git(['reset', '--quiet', '--hard', first])
    expect(await update(repository)).toMatchObject({ status: 0, stdout: expect.stringContaining('is behind') })
    await repository.commit('bob')
    expect((await update(repository)).status).toBe(3)
    expect(shown(repository)).toBe('U never')
    repository.git(['reset', '--quiet', '--hard', second])
    await repository.commit('bob', { [POLICY]: policyOfPeople(repository.issuer, ['alice', 'bob']) })
    expect((await update(repository)).stderr).toContain('may not change the policy')
    repository.git(['reset', '--quiet', '--hard', second])
    repository.git(['branch', 'old', first])
    expect(
      (await repository.as('bob', 'merge', '--quiet', '--no-ff', '-s', 'ours', '-S', '-m', 'm', 'old')).status,
    ).toBe(0)
    expect((await update(repository)).status).toBe(0)
  })

  test('is a regular file: a symbolic link in its place, or nothing, is refused whoever put it there', async () => {
    const repository = await withPolicy(program)
    const path = join(repository.path, POLICY)
    unlinkSync(path)
    symlinkSync('../elsewhere.yaml', path)
    repository.git(['add', POLICY])
    await repository.commit('alice')
    expect((await update(repository)).stderr).toContain('a symbolic link')
    unlinkSync(path)
    repository.git(['add', POLICY])
    await repository.commit('alice')
    expect((await update(repository)).stderr).toContain('a symbolic link')
    repository.git(['reset', '--quiet', '--hard', 'HEAD~2'])
    repository.git(['rm', '--quiet', POLICY])
    await repository.commit('alice')
    expect((await update(repository)).stderr).toContain('removes the policy')
  })

  test('descends from both parents of a merge: who may not change it cannot bring in an old one by merging', async () => {
    const repository = await withPolicy(program)
    repository.git(['branch', 'topic'])
    await repository.commit('alice', { [POLICY]: policyOfPeople(repository.issuer, ['alice', 'bob', 'carol']) })
    const main = repository.git(['rev-parse', 'HEAD'])
    repository.git(['checkout', '--quiet', 'topic'])
    await repository.commit('bob', { file: 'text' })
    repository.git(['checkout', '--quiet', 'main'])
    await repository.as('bob', 'merge', '--quiet', '--no-ff', '-S', '-m', 'good', 'topic')
    expect((await update(repository)).status).toBe(0)
    repository.git(['reset', '--quiet', '--hard', main])
    repository.git(['merge', '--quiet', '--no-ff', '--no-commit', 'topic'])
    repository.git(['checkout', 'topic', '--', POLICY])
    await repository.commit('bob')
    expect((await update(repository)).stderr).toContain('may not change the policy')
  })

  test('starts where it is pinned, by a commit or by its digest, and nowhere else', async () => {
    const repository = await withPolicy(program)
    const text = policyOfPeople(repository.issuer, ['alice', 'bob'])
    repository.git(['config', 'gitsigil.policyRoot', `sha256:${hash('sha256', text)}`])
    expect((await update(repository)).status).toBe(0)
    expect(shown(repository)).toBe('G fully')
    repository.git(['config', 'gitsigil.policyRoot', `sha256:${hash('sha256', `${text} `)}`])
    expect(shown(repository)).toBe('U undefined')
    expect((await update(repository)).stderr).toContain('no path leads there from sha256:')
    repository.git(['config', 'gitsigil.policyRoot', 'a'.repeat(40)])
    expect((await update(repository)).stderr).toContain('there is no such commit here')
    expect((await repository.sigil(['verify', 'HEAD'])).status).toBe(3)
    repository.git(['config', 'gitsigil.policyRoot', 'main'])
    expect((await update(repository)).status).toBe(2)
  })

  test('asks for two people at a tag, the second of whom endorses it', async () => {
    const rest =
      "  - { name: releases, kinds: tag, refs: 'refs/tags/v*', authorities: [{ signers: everybody, quorum: 2 }] }\n"
    const repository = await withPolicy(program, ['alice', 'bob'], rest)
    expect((await repository.as('alice', 'tag', '-s', '-m', 'one', 'v1')).status).toBe(0)
    expect(await repository.sigil(['verify', 'v1'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('rule releases: 1 of 2 of everybody signed'),
    })
    expect((await repository.sigil(['endorse', 'v1'], 'alice')).status).toBe(0)
    expect((await repository.sigil(['verify', 'v1'])).status).toBe(1)
    expect((await repository.sigil(['endorse', 'v1'], 'mallory')).status).toBe(0)
    expect((await repository.sigil(['verify', 'v1'])).status).toBe(1)
    const endorsed = await repository.sigil(['endorse', 'v1'], 'bob')
    expect(endorsed).toMatchObject({ status: 0, stderr: expect.stringContaining('endorsed by bob@example.com') })
    expect(await repository.sigil(['verify', 'v1'])).toMatchObject({ status: 0 })
    expect(repository.tryGit(['verify-tag', 'v1']).status).toBe(0)
  })
})
