// Histories with OpenPGP and SSH signatures in them, checked by Git's own programs; and the commands that write, try and
// compare policies. One build: what differs between them is in policy.test.ts.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { createPolicyRepository, POLICY, type PolicyRepository, policyOfPeople } from '../support/policy-repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const hasGpg = spawnSync('gpg', ['--version']).status === 0
const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined
const build = builds.find(({ name }) => name === 'standalone') ?? builds[0]
let sandbox: TestSandbox
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gitsigil-mixed-'))
  sandbox = await startTestSandbox()
  writeFileSync(join(folder, 'trusted_root.json'), sandbox.trustedRoot)
  writeFileSync(join(folder, 'signing_config.json'), sandbox.signingConfig)
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

function create(): PolicyRepository {
  if (build === undefined) throw new Error('there is no build')
  return createPolicyRepository(sandbox, folder, installed(build))
}

function sshKey(name: string): { readonly file: string; readonly line: string } {
  const file = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file])
  return { file, line: readFileSync(`${file}.pub`, 'utf8').trim() }
}

/** A commit by Git's own program for the format. */
async function foreign(repository: PolicyRepository, format: string, key: string, env: Record<string, string> = {}) {
  const flags = ['-c', `gpg.format=${format}`, '-c', `user.signingkey=${key}`]
  const args = [...flags, 'commit', '-q', '--allow-empty', '-S', '-m', format]
  expect(await repository.run(args, env)).toMatchObject({ status: 0 })
}

async function policed(repository: PolicyRepository, keys: string): Promise<void> {
  const text = policyOfPeople(
    repository.issuer,
    ['alice'],
    `  - { name: old, authorities: [everybody, key] }\nkeys:\n  key: ${keys}\n`,
  )
  const root = await repository.commit('alice', {
    [POLICY]: text.replace('name: all, authorities: [everybody]', 'name: all, authorities: [everybody, key]'),
  })
  repository.git(['config', 'gitsigil.policyRoot', root])
}

describe.skipIf(!hasSsh)('an SSH key in the policy', () => {
  test('is asked of the program that Git is configured to call', async () => {
    const repository = create()
    const known = sshKey('by-wrapper')
    await policed(repository, `{ ssh: "${known.line}" }`)
    await foreign(repository, 'ssh', known.file)
    const [wrapper, log] = [join(folder, 'keygen'), join(folder, 'keygen-log')]
    writeFileSync(wrapper, `#!/bin/sh\necho "$2" >>'${log}'\nexec ssh-keygen "$@"\n`, { mode: 0o755 })
    repository.git(['config', 'gpg.ssh.program', wrapper])
    expect(await repository.sigil(['verify', 'HEAD'])).toMatchObject({ status: 0 })
    expect(readFileSync(log, 'utf8')).toBe('find-principals\nverify\n')
    repository.git(['config', 'gpg.ssh.program', './keygen'])
    expect(await repository.sigil(['verify', 'HEAD'])).toMatchObject({ status: 2, stdout: '' })
  })

  test('exempts what it signed; another key, a changed commit and a missing program do not pass', async () => {
    const repository = create()
    const [known, other] = [sshKey('known'), sshKey('other')]
    await policed(repository, `{ ssh: "${known.line}" }`)
    await foreign(repository, 'ssh', known.file)
    const good = repository.git(['rev-parse', 'HEAD'])
    expect(await repository.sigil(['verify', 'HEAD'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('exempt: rule all: key'),
    })
    const range = await repository.sigil(['verify', '--json', 'HEAD~1..main'])
    expect({ status: range.status, level: /"level": ?"(\w+)"/.exec(range.stdout)?.[1] }).toEqual({
      status: 0,
      level: 'exempt',
    })
    await foreign(repository, 'ssh', other.file)
    expect(await repository.sigil(['verify', 'HEAD'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('by a key that is not in the policy'),
    })
    const changed = repository.git(['cat-file', 'commit', good]).replace('\n\nssh', '\n\nSSH')
    const forged = repository.store('commit', `${changed}\n`)
    expect(await repository.sigil(['verify', forged])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('the SSH signature is wrong'),
    })
    const bin = join(folder, 'git-alone')
    mkdirSync(bin)
    for (const tool of ['git', 'sh', 'env'])
      execFileSync('ln', ['-s', execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(bin, tool)])
    const [program = ''] = build?.command ?? []
    const alone = spawnSync(program, [...(build?.command.slice(1) ?? []), 'verify', good], {
      cwd: repository.path,
      env: { ...process.env, PATH: bin },
      encoding: 'utf8',
    })
    expect(alone).toMatchObject({ status: 3, stderr: expect.stringContaining('cannot run ssh-keygen') })
  })
})

describe.skipIf(!hasGpg)('an OpenPGP key in the policy', () => {
  test('exempts what it signed, and nothing by a stranger', async () => {
    const repository = create()
    const home = mkdtempSync(join(tmpdir(), 'gnupg-'))
    const env = { GNUPGHOME: home }
    try {
      const gpg = (...args: readonly string[]) =>
        execFileSync('gpg', ['--batch', '--quiet', ...args], {
          encoding: 'utf8',
          env: { ...process.env, ...env },
          stdio: 'pipe',
        })
      for (const name of ['web', 'stranger'])
        gpg('--passphrase', '', '--quick-generate-key', `${name} <${name}@example.com>`, 'ed25519', 'sign', '0')
      const armored = gpg('--armor', '--export', 'web@example.com')
      await policed(repository, `\n    openpgp: |\n${armored.replace(/^/gm, '      ')}`)
      await foreign(repository, 'openpgp', 'web@example.com', env)
      expect((await repository.sigil(['verify', 'HEAD'])).status).toBe(0)
      await foreign(repository, 'openpgp', 'stranger@example.com', env)
      expect((await repository.sigil(['verify', 'HEAD'])).status).toBe(1)
    } finally {
      spawnSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, ...env } })
      rmSync(home, { recursive: true, force: true })
    }
  })
})

describe('the commands', () => {
  test('draft a policy from who signed, try it, say what it means, and have it in force', async () => {
    const repository = create()
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'unsigned'])
    await repository.commit('alice')
    await repository.commit('bob')
    const drafted = await repository.sigil(['policy', 'init'])
    expect(drafted).toMatchObject({ status: 0, stdout: expect.stringContaining('gitsigil policy update') })
    expect((await repository.sigil(['policy', 'init'])).status).toBe(2)
    const text = readFileSync(join(repository.path, POLICY), 'utf8')
    expect(text).toContain('subject: "bob@example.com"')
    expect(text).toContain(`start: "${repository.git(['rev-parse', 'HEAD'])}"`)
    expect(await repository.sigil(['policy', 'check'])).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('must be by maintainers'),
    })
    const cases = (expected: string) =>
      `version: 1\ncases:\n  - { name: bob, kind: commit, by: bob, expect: allowed }\n` +
      `  - { name: eve, kind: commit, signer: { issuer: x, subject: eve }, expect: ${expected} }\n`
    writeFileSync(join(repository.path, '.gitsigil/policy.test.yaml'), cases('refused'))
    expect(await repository.sigil(['policy', 'test'])).toEqual({
      status: 0,
      stdout: '2 passed, 0 failed\n',
      stderr: '',
    })
    writeFileSync(join(repository.path, '.gitsigil/policy.test.yaml'), cases('allowed'))
    expect(await repository.sigil(['policy', 'test'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('policy.test.yaml:4: eve: expected allowed, found refused: rule everything'),
    })
    const root = await repository.commit('alice', { [POLICY]: text })
    repository.git(['config', 'gitsigil.policyRoot', root])
    expect((await repository.sigil(['policy', 'update'])).status).toBe(0)
    expect(await repository.sigil(['verify', '--all'])).toMatchObject({ status: 0 })
    expect(await repository.sigil(['policy', 'explain', 'HEAD~3'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/line \d+: everything: exempt: not after the start [0-9a-f]{12}\nexempt: /),
    })
  })

  test('compare two policies by whom they differ for', async () => {
    const repository = create()
    await repository.commit('alice', { [POLICY]: policyOfPeople(repository.issuer, ['alice']) })
    await repository.commit('alice', { [POLICY]: policyOfPeople(repository.issuer, ['bob', 'alice']) })
    const { status, stdout } = await repository.sigil(['policy', 'diff', 'HEAD~1', 'HEAD'])
    expect(status).toBe(1)
    expect(stdout).toContain(
      `bob@example.com (${repository.issuer}): commit at refs/heads/any: refused becomes allowed`,
    )
    expect(stdout).toContain(`alice@example.com (${repository.issuer}): change of the policy: allowed becomes refused`)
    expect(await repository.sigil(['policy', 'diff', 'HEAD', 'HEAD'])).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  test('a policy that is wrong is told with its line, and judges nothing', async () => {
    const repository = create()
    await repository.commit('alice', { [POLICY]: 'version: 1\nrule: []\n' })
    expect(await repository.sigil(['policy', 'check'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/policy\.yaml:2: unknown key "rule"\n.*hint: did you mean rules\?/),
    })
    expect((await repository.sigil(['verify', `--policy=${POLICY}`, 'HEAD'])).status).toBe(2)
    repository.git(['config', 'gitsigil.policyRoot', repository.git(['rev-parse', 'HEAD'])])
    expect((await repository.sigil(['verify', 'HEAD'])).status).toBe(3)
  })
})
