import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { policyText } from '../support/policy.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

const repository = createRepository()
repository.git(['commit', '--quiet', '--allow-empty', '-m', 'without a policy'])
repository.git(['branch', 'feature/x'])
mkdirSync(join(repository.path, 'elsewhere'))
writeFileSync(
  join(repository.path, 'elsewhere/policy.yaml'),
  policyText('rules: [{ name: all, authorities: [maintainers] }]'),
)

async function policy(...args: readonly string[]) {
  const world = testWorld({ args: ['policy', ...args], cwd: repository.path })
  const status = await runCommand(world)
  return { status, stdout: world.output(1), stderr: world.output(2) }
}

const told = (error: string, hint?: string) =>
  `gitsigil: error: ${error}\n${hint === undefined ? '' : `gitsigil: hint: ${hint}\n`}`

describe('policy diff says which of the two is wrong, and why', () => {
  test.each([
    ['nonesuch', 'no such revision: nonesuch', './nonesuch would be a file'],
    ['origin/nonesuch', 'neither a revision nor a file: origin/nonesuch', undefined],
    ['HEAD', 'HEAD has no .gitsigil/policy.yaml', undefined],
    ['feature/x', 'feature/x has no .gitsigil/policy.yaml', undefined],
  ])('%s', async (name, error, hint) => {
    const expected = { status: 3, stdout: '', stderr: told(error, hint) }
    expect(await policy('diff', name, './elsewhere/policy.yaml')).toEqual(expected)
    expect(await policy('diff', 'elsewhere/policy.yaml', name)).toEqual(expected)
  })
})

test.each(['check', 'test'])('policy %s without a policy says how to come by one', async (action) => {
  const path = join(repository.path, '.gitsigil/policy.yaml')
  const hint = 'gitsigil policy init drafts one; a policy elsewhere is named by its path'
  const stderr = told(`cannot read ${path}: there is no such file`, hint)
  expect(await policy(action)).toEqual({ status: 3, stdout: '', stderr })
})

test('policy test without cases says where they go, and in which form', async () => {
  const { status, stderr } = await policy('test', 'elsewhere/policy.yaml')
  const path = join(repository.path, 'elsewhere/policy.test.yaml')
  expect(status).toBe(3)
  expect(stderr).toMatch(/\n.*hint: write cases there, .* schema\/policy-test\.schema\.json has their form\n$/)
  expect(stderr.split('\n')[0]).toBe(`gitsigil: error: cannot read ${path}: there is no such file`)
})
