// Where a policy cannot be had, the way out is the one that leads out; and what `policy init` says to do can be done.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { policyText } from '../support/policy.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

async function run(repository: Repository, ...args: readonly string[]) {
  const trusted = { GITSIGIL_TRUSTED_ROOT: resolve('fixtures/trusted-roots/all.json') }
  const world = testWorld({ args, cwd: repository.path, env: { ...process.env, ...trusted } })
  const status = await runCommand(world)
  return { status, out: world.output(1), err: world.output(2) }
}

function commit(repository: Repository, policy?: string): string {
  if (policy !== undefined) {
    mkdirSync(join(repository.path, '.gitsigil'), { recursive: true })
    writeFileSync(join(repository.path, '.gitsigil', 'policy.yaml'), policy)
    repository.git(['add', '.gitsigil'])
  }
  repository.git(['commit', '--quiet', '--no-gpg-sign', '--allow-empty', '-m', 'one'])
  return repository.git(['rev-parse', 'HEAD'])
}

const GOOD = policyText('rules: [{ name: all, authorities: [maintainers] }]')

describe('a policyRoot that names', () => {
  test.each([
    ['a commit before the policy', undefined, 'names a commit without a policy; name the one that brought it'],
    ['one whose policy cannot be read', 'nonsense: 1\n', 'name a commit whose policy is good'],
  ])('%s is what is wrong, and not the commit', async (_, policy, hint) => {
    const repository = createRepository()
    repository.git(['config', 'gitsigil.policyRoot', commit(repository, policy)])
    commit(repository, GOOD)
    for (const words of [['policy', 'update'], ['verify']]) {
      const { status, err } = await run(repository, ...words)
      expect([status, err]).toEqual([3, expect.stringContaining(hint)])
      expect(err).toMatch(/\ngitsigil: hint: .*gitsigil\.policyRoot/)
      expect(err).not.toContain('take that commit out')
    }
  })

  test('the one that brought it is well', async () => {
    const repository = createRepository()
    commit(repository)
    repository.git(['config', 'gitsigil.policyRoot', commit(repository, GOOD)])
    expect((await run(repository, 'policy', 'update')).status).toBe(0)
  })
})

test('a server without the policy fetches it from a clone, as it is told', async () => {
  const clone = createRepository()
  const server = createRepository('--bare')
  server.git(['config', 'gitsigil.policyRoot', commit(clone, GOOD)])
  const { status, err } = await run(server, 'policy', 'update')
  expect([status, err]).toEqual([
    3,
    "gitsigil: error: the policy's ref refs/heads/main names no commit here\n" +
      'gitsigil: hint: whoever runs this repository brings it: git fetch CLONE main:main, from a clone that has it; else set gitsigil.policyRef\n',
  ])
  server.git(['fetch', '--quiet', clone.path, 'main:main'])
  expect((await run(server, 'policy', 'update')).status).toBe(0)
})

test('the steps of policy init begin with a branch where HEAD is on none', async () => {
  const repository = createRepository()
  const signed = repository.store('commit', readFileSync('fixtures/vectors/good-v1/object'))
  repository.git(['update-ref', 'refs/heads/main', signed])
  const steps = async () =>
    (await run(repository, 'policy', 'init', '--force')).out.split('then have it in force:\n')[1]
  expect(await steps()).toMatch(/^ {2}git add /)
  repository.git(['update-ref', '--no-deref', 'HEAD', signed])
  expect(await steps()).toMatch(/^ {2}git switch BRANCH {2}# .*\n {2}git add /)
})
