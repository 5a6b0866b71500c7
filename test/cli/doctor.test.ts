import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { testWorld } from '../support/world.ts'

const folder = temporaryFolder('doctor')
const program = fileURLToPath(new URL('../support/program.ts', import.meta.url))
let sandbox: TestSandbox
let repository: Repository

beforeAll(async () => {
  sandbox = await startTestSandbox()
  writeFileSync(join(folder, 'trusted_root.json'), sandbox.trustedRoot)
  writeFileSync(join(folder, 'signing_config.json'), sandbox.signingConfig)
  const executable = join(folder, 'gitsigil')
  writeFileSync(executable, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(executable, 0o755)
  repository = createRepository()
  const settings = {
    'gpg.x509.program': executable,
    'commit.gpgsign': 'true',
    'tag.gpgsign': 'true',
    'gitsigil.trustedRoot': join(folder, 'trusted_root.json'),
    'gitsigil.signingConfig': join(folder, 'signing_config.json'),
    'gitsigil.keychain': 'false',
    'gitsigil.allow': 'https://issuer.test kim@example.com',
  }
  for (const [key, value] of Object.entries(settings)) repository.git(['config', key, value])
})
afterAll(() => sandbox.close())

async function doctor(args: readonly string[] = [], now: () => number = Date.now, token?: string) {
  const env = token === undefined ? process.env : { ...process.env, SIGSTORE_ID_TOKEN: token }
  const world = testWorld({ args: ['doctor', '--json', ...args], cwd: repository.path, now, env })
  const status = await runCommand(world)
  expect(world.output(2)).toBe('')
  const { healthy, findings } = JSON.parse(world.output(1)) as { healthy: boolean; findings: readonly Finding[] }
  const named = (name: string) => findings.find((finding) => finding.name === name)
  return { status, healthy, findings, named }
}

test('where all is set up, every service is reached and the status is 0', async () => {
  const { status, healthy, findings, named } = await doctor()
  expect(findings.filter(({ level }) => level === 'fail')).toEqual([])
  expect({ status, healthy }).toEqual({ status: 0, healthy: true })
  expect(named('program')?.text).toMatch(/^Git calls .*gitsigil, gitsigil \d/)
  expect(named('clock')).toMatchObject({ level: 'ok' })
  for (const name of ['issuer', 'Fulcio', 'log', 'timestamps']) expect(named(name)).toMatchObject({ level: 'ok' })
})

test('a clock that is an hour ahead fails, by the word of the services', async () => {
  const { status, named } = await doctor([], () => Date.now() + 3_600_000)
  expect(status).toBe(1)
  expect(named('clock')).toMatchObject({ level: 'fail', text: expect.stringMatching(/^60 min ahead/) })
})

test('a token that was handed over is looked at, and one that cannot sign is a failure', async () => {
  const good = await sandbox.mintToken({ email: 'kim@example.com' })
  expect(await doctor(['--offline'], Date.now, good)).toMatchObject({ status: 0 })
  const later = () => Date.now() + 86_400_000
  for (const [token, now, why] of [
    ['garbage', Date.now, 'neither a JWT'],
    [good, later, 'expired'],
    [await sandbox.mintToken({ email: 'kim@example.com', audience: 'other' }), Date.now, 'other'],
  ] as const) {
    const { status, named } = await doctor(['--offline'], now, token)
    expect([status, named('token')]).toMatchObject([1, { level: 'fail', text: expect.stringContaining(why) }])
  }
})

test('--offline asks nobody', async () => {
  const { named } = await doctor(['--offline'])
  expect([named('clock'), named('Fulcio')]).toEqual([undefined, undefined])
})

describe('what is wrong is a line that says what to do', () => {
  const changed = async (key: string, value: string) => {
    const before = repository.tryGit(['config', key]).stdout.trim()
    repository.git(['config', key, value])
    const answer = await doctor(['--offline'])
    if (before === '') repository.git(['config', '--unset', key])
    else repository.git(['config', key, before])
    return answer
  }

  test.each([
    ['gpg.format', 'openpgp', 'format', 'fail'],
    ['gpg.x509.program', 'no-such-program', 'program', 'fail'],
    ['gpg.x509.program', '/bin/true', 'program', 'fail'],
    ['gpg.minTrustLevel', 'never', 'min trust', 'warn'],
    ['gitsign.matchCommiter', 'true', 'unknown key', 'warn'],
    ['gitsigil.rekorVersion', '3', 'options', 'fail'],
    ['gitsigil.trustedRoot', '/nonexistent', 'trust', 'fail'],
    ['remote.origin.url', 'git@github.com:a/b', 'host', 'warn'],
  ])('%s %s', async (key, value, name, level) => {
    const { status, named } = await changed(key, value)
    expect(named(name)).toMatchObject({ level })
    expect(named(name)?.hint).toBeTruthy()
    expect(status).toBe(level === 'fail' ? 1 : 0)
  })
})

test('a service that is down is named with its host', async () => {
  repository.git(['config', 'gitsigil.fulcio', 'http://localhost:9'])
  const { status, named } = await doctor()
  repository.git(['config', '--unset', 'gitsigil.fulcio'])
  expect(status).toBe(1)
  expect(named('Fulcio')).toMatchObject({ level: 'fail', text: expect.stringContaining('Fulcio at localhost:9') })
})

test('the text has a line for each, and sums up', async () => {
  const world = testWorld({ args: ['doctor', '--offline'], cwd: repository.path })
  expect(await runCommand(world)).toBe(0)
  expect(world.output(1)).toMatch(/^ok {4}git +version 2/)
  expect(world.output(1)).toMatch(/\nok {4}format +Git signs with X\.509\n/)
  expect(world.output(1)).toMatch(/\n(?:all is well|all works, \d warnings?)\n$/)
})
