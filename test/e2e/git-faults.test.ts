// Whatever goes wrong, at whatever stage, Git reads a verdict: `git log --format=%GT` neither aborts nor calls it unsigned.
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { hasShared, readShared, sharedPath } from '../support/shared.ts'

const BILLY = 'dc68e8ce155fe12ab8fd7c55de6ef336ce716ee8'

function createHolding(program: string, env: Readonly<Record<string, string>> = {}): Repository {
  const repository = createRepository()
  repository.store('commit', readShared(`corpus/objects/${BILLY}.commit`))
  repository.git(['config', 'gpg.x509.program', wrapped(repository, program, env)])
  repository.git(['config', 'gitsigil.trustedRoot', sharedPath('corpus/trusted_root.json')])
  return repository
}

/** The program with another environment than Git's own. */
function wrapped(repository: Repository, program: string, env: Readonly<Record<string, string>>): string {
  const path = join(repository.path, 'wrapped')
  const settings = Object.entries(env).map(([name, value]) => `${name}='${value}'`)
  writeFileSync(path, `#!/bin/sh\nexec env ${settings.join(' ')} '${program}' "$@"\n`)
  chmodSync(path, 0o755)
  return path
}

function log(repository: Repository, oid = BILLY) {
  const { status, stdout, stderr } = repository.tryGit(['log', '--no-walk', '--format=%G? %GT|%GG', oid])
  return { status, stdout, stderr }
}

describe.skipIf(!hasShared).each(builds)('git log with $name', (build) => {
  const program = installed(build)

  const stages: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    Readonly<Record<string, string>>,
    string,
  ])[] = [
    ['reading the configuration', {}, { PATH: '/nonexistent' }, 'cannot run git'],
    ['an option', { 'gitsigil.trust': 'everybody' }, {}, 'gitsigil.trust (git config, local): not one of'],
    ['the trusted root, absent', { 'gitsigil.trustedRoot': '/nonexistent' }, {}, 'there is no such file'],
    ['the trusted root, no JSON', { 'gitsigil.trustedRoot': '/dev/null' }, {}, 'trustedRoot /dev/null: '],
    ['PEM files', { 'gitsigil.fulcioRoot': '/dev/null', 'gitsigil.trustedRoot': '' }, {}, 'fulcioRoot /dev/null: '],
    ['the allowed identities', { 'gitsigil.allow': '/nonexistent' }, {}, 'there is no such file'],
    [
      'an instance',
      { 'gitsigil.instance': 'partner', 'gitsigil.trustedRoot': '' },
      {},
      'instance partner is not initialized',
    ],
    [
      'the place of the instances',
      { 'gitsigil.trustedRoot': '' },
      { TUF_ROOT: 'relative' },
      'TUF_ROOT: not an absolute path',
    ],
  ]

  test.each(stages)('%s fails', (_, config, env, why) => {
    const repository = createHolding(program, env)
    for (const [key, value] of Object.entries(config)) repository.git(['config', '--replace-all', key, value])
    const { status, stdout, stderr } = log(repository)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^E never\|gitsigil: error: /)
    expect(stdout).toContain(why)
    expect(stdout).not.toMatch(/\n\s+at /)
    expect(status).toBe(0)
    expect(repository.tryGit(['verify-commit', BILLY]).status).not.toBe(0)
  })

  test('flags that a later Git may bring are a usage error that Git reads', () => {
    const repository = createHolding(program)
    const inner = repository.git(['config', 'gpg.x509.program'])
    const outer = join(repository.path, 'later')
    writeFileSync(outer, `#!/bin/sh\nexec '${inner}' --later "$@"\n`)
    chmodSync(outer, 0o755)
    repository.git(['config', 'gpg.x509.program', outer])
    expect(log(repository).stdout).toMatch(/^E never\|gitsigil: error: unknown flag "--later"\n/)
  })

  test('two signatures in one commit arrive as two blocks, and are E', () => {
    const repository = createHolding(program)
    const text = Buffer.from(readShared(`corpus/objects/${BILLY}.commit`)).toString('latin1')
    const doubled = text.replace(/\n(gpgsig .*?END SIGNED MESSAGE-----\n(?: \n)?)/s, '\n$1$1')
    const oid = repository.store('commit', Buffer.from(doubled, 'latin1'))
    const { stdout } = log(repository, oid)
    expect(stdout).toMatch(/^E never\|gitsigil: error: signature not accepted \(format\): /)
  })

  test('a payload of 20 MB is read to its end, verdict or fault', () => {
    const text = Buffer.from(readShared(`corpus/objects/${BILLY}.commit`))
    for (const trust of ['policy', 'everybody']) {
      const repository = createHolding(program)
      repository.git(['config', 'gitsigil.trust', trust])
      const oid = repository.store('commit', Buffer.concat([text, Buffer.alloc(20_000_000, 'x')]))
      const { stdout, stderr } = log(repository, oid)
      expect(stdout).toMatch(trust === 'policy' ? /^B never\|/ : /^E never\|/)
      expect(stderr).toBe('')
    }
  })
})
