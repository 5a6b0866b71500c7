import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { VERSION } from '../../src/version.ts'
import { testWorld } from '../support/world.ts'

async function run(...args: readonly string[]) {
  const world = testWorld({ args })
  const exit = await runCommand(world)
  return { exit, stdout: world.output(1), stderr: world.output(2) }
}

const COMMANDS = ['verify', 'verify-tag', 'show', 'attest', 'initialize', 'agent', 'sandbox', 'version', 'help']

test('help lists every command', async () => {
  const { exit, stdout, stderr } = await run('help')
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
  expect([exit, stderr]).toEqual([0, ''])
  expect((await run('--help')).stdout).toBe(stdout)
  expect((await run('-h')).stdout).toBe(stdout)
})

describe.each(COMMANDS)('help %s', (command) => {
  test('is the same as --help behind it', async () => {
    const { exit, stdout } = await run('help', command)
    expect(stdout).toMatch(new RegExp(`^usage: gitsigil ${command}`))
    expect(exit).toBe(0)
    expect((await run(command, '--help')).stdout).toBe(stdout)
  })
})

test('help verify has every flag of gitsign', async () => {
  const { stdout } = await run('help', 'verify')
  const claims = ['name', 'ref', 'repository', 'sha', 'trigger'].map((name) => `github-workflow-${name}`)
  for (const name of ['identity', 'identity-regexp', 'oidc-issuer', 'oidc-issuer-regexp', ...claims])
    expect(stdout).toContain(`  --certificate-${name} `)
  expect(stdout).toContain('  --insecure-ignore-sct ')
})

test('help sandbox has the flags of each action', async () => {
  const { stdout } = await run('help', 'sandbox')
  for (const flag of ['directory', 'detach', 'port', 'fault', 'trust-issuer', 'format', 'rekor', 'email', 'ttl'])
    expect(stdout).toMatch(new RegExp(`^ {2}--${flag}\\b`, 'm'))
})

test('help options has every option with its default', async () => {
  const { stdout } = await run('help', 'options')
  expect(stdout).toContain('gitsigil.rekorMode, gitsign.rekorMode, GITSIGIL_REKOR_MODE, GITSIGN_REKOR_MODE\n')
  expect(stdout).toContain('(default sigstore)')
  expect(stdout).toContain('gitsigil.identityToken, GITSIGIL_ID_TOKEN, SIGSTORE_ID_TOKEN, --identity-token\n')
})

test('help for what is no command is a usage fault', async () => {
  expect((await run('help', 'nonsense')).exit).toBe(2)
})

test('version', async () => {
  expect(await run('version')).toEqual({ exit: 0, stdout: `gitsigil version ${VERSION}\n`, stderr: '' })
  const { stdout } = await run('version', '--json')
  expect(JSON.parse(stdout)).toEqual({ version: 1, name: 'gitsigil', release: VERSION })
  expect((await run('version', 'x')).exit).toBe(2)
})
