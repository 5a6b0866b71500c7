// Which programs check OpenPGP and SSH signatures: those that Git itself would call.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfiguration } from '../../src/compose/assessor.ts'
import { foreignPrograms } from '../../src/compose/foreign.ts'
import { readHookConfiguration } from '../../src/compose/hook.ts'
import { createRepository } from '../support/repository.ts'
import { testWorld } from '../support/world.ts'

function worldWith(settings: readonly (readonly [string, string])[], env: Readonly<Record<string, string>> = {}) {
  const repository = createRepository()
  // By hand: git config puts what it sets where it finds a section for it.
  const lines = settings.map(([key, value]) => {
    const [section, inner] = [key.split('.')[0], key.split('.').slice(1, -1).join('.')]
    return `[${section}${inner === '' ? '' : ` "${inner}"`}]\nprogram = "${value}"\n`
  })
  appendFileSync(join(repository.path, '.git/config'), lines.join(''))
  return testWorld({ cwd: repository.path, env: { ...process.env, HOME: '/home/kim', ...env } })
}

const programs = async (...settings: readonly (readonly [string, string])[]) =>
  foreignPrograms(await readConfiguration(worldWith(settings)))

describe('the programs', () => {
  test('are gpg and ssh-keygen where nothing names others', async () => {
    expect(await programs()).toEqual({ openpgp: 'gpg', ssh: 'ssh-keygen' })
  })

  test('of gpg.program and gpg.openpgp.program the last counts, and neither is for SSH', async () => {
    const [old, own] = [['gpg.program', 'gpg2'] as const, ['gpg.openpgp.program', '/opt/gpg'] as const]
    expect(await programs(old)).toEqual({ openpgp: 'gpg2', ssh: 'ssh-keygen' })
    expect(await programs(old, own)).toMatchObject({ openpgp: '/opt/gpg' })
    expect(await programs(own, old)).toMatchObject({ openpgp: 'gpg2' })
    expect(await programs(['gpg.ssh.program', '~/bin/keygen'])).toEqual({ openpgp: 'gpg', ssh: '/home/kim/bin/keygen' })
  })

  test.each(['bin/gpg', './gpg', ''])('%j, a file of whatever repository this is, is refused', async (value) => {
    await expect(programs(['gpg.program', value])).rejects.toMatchObject({ code: 'config' })
  })

  test('are not chosen by a variable in a hook', async () => {
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'gpg.program', GIT_CONFIG_VALUE_0: '/tmp/yes' }
    const world = worldWith([['gpg.program', '/usr/bin/gpg']], env)
    expect(foreignPrograms(await readConfiguration(world)).openpgp).toBe('/tmp/yes')
    expect(foreignPrograms(await readHookConfiguration(world)).openpgp).toBe('/usr/bin/gpg')
  })
})
