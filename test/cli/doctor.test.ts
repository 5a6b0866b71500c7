import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { temporaryFolder } from '../support/folder.ts'
import { serve } from '../support/loopback.ts'
import { policyText } from '../support/policy.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { testWorld } from '../support/world.ts'

const folder = temporaryFolder('doctor')
const executable = join(folder, 'gitsigil')
const program = fileURLToPath(new URL('../support/program.ts', import.meta.url))
let sandbox: TestSandbox
let repository: Repository

beforeAll(async () => {
  sandbox = await startTestSandbox()
  writeFileSync(join(folder, 'trusted_root.json'), sandbox.trustedRoot)
  writeFileSync(join(folder, 'signing_config.json'), sandbox.signingConfig)
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
  return await examine(repository.path, args, now, token === undefined ? {} : { SIGSTORE_ID_TOKEN: token })
}

/** The same trust, as that of services on another machine. */
function elsewhere(): string {
  const path = join(folder, 'elsewhere.json')
  writeFileSync(path, Buffer.from(sandbox.trustedRoot).toString().replaceAll('localhost', 'sigstore.example.com'))
  return path
}

async function examine(
  cwd: string,
  args: readonly string[] = [],
  now: () => number = Date.now,
  variables: Readonly<Record<string, string>> = {},
) {
  const world = testWorld({ args: ['doctor', '--json', ...args], cwd, now, env: { ...process.env, ...variables } })
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

test('a token that is not where it should be is a failure, and one that is there is named, as in whoami', async () => {
  const path = join(temporaryFolder('token'), 'token')
  const token = async (variables: Readonly<Record<string, string>>) => {
    const { status, named } = await examine(repository.path, ['--offline'], Date.now, variables)
    return [status, named('token')]
  }
  for (const [variables, why] of [
    [{ CI: 'true' }, 'this is a CI job, where nobody logs in'],
    [{ GITSIGIL_TOKEN_PROVIDER: 'gitlab' }, 'the token provider gitlab has no token here: GITLAB_CI is not set'],
    [{ GITSIGIL_TOKEN_PROVIDER: 'filesystem', GITSIGIL_TOKEN_FILE: path }, `there is no ${path}`],
  ] as const)
    expect(await token(variables)).toMatchObject([1, { level: 'fail', text: expect.stringContaining(why) }])
  const [status, missing] = await token({ GITSIGIL_TOKEN_FILE: path })
  const text = `there is no ${path}, which GITSIGIL_TOKEN_FILE (environment) names: somebody has to log in`
  expect([status, missing]).toMatchObject([0, { level: 'warn', text }])
  writeFileSync(path, await sandbox.mintToken({ email: 'kim@example.com' }))
  const good = { name: 'token', level: 'ok', text: `kim@example.com (${sandbox.urls.issuer})` }
  expect(await token({ GITSIGIL_TOKEN_FILE: path })).toEqual([0, good])
})

test('a platform is asked for a token, unless --offline forbids it', async () => {
  const service = await serve((_, response) => response.writeHead(403).end())
  const job = { ACTIONS_ID_TOKEN_REQUEST_URL: service.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x', CI: 'true' }
  const offline = await examine(repository.path, ['--offline'], Date.now, job)
  expect(offline.named('token')).toMatchObject({
    level: 'ok',
    text: 'that of github-actions, asked for at each signature',
  })
  const online = await examine(repository.path, [], Date.now, job)
  expect(online.named('token')).toMatchObject({ level: 'fail', text: expect.stringContaining('403') })
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

test.each([
  ['is not there', undefined, /there is no such file$/],
  ['is empty', '# nobody yet\n', /^gitsigil\.allow names nobody: .* has no line$/],
  ['holds garbage', 'garbage\n', /allowed:1: expected ISSUER SUBJECT$/],
])('a file of allowed identities that %s is a failure, in a clone and on a server', async (_, text, said) => {
  const path = join(temporaryFolder('allowed'), 'allowed')
  const bare = createRepository('--bare')
  for (const { git } of [repository, bare]) git(['config', 'gitsigil.allow', path])
  const fail = { level: 'fail', text: expect.stringMatching(said), hint: expect.any(String) }
  if (text !== undefined) writeFileSync(path, text)
  const answers = [await doctor(['--offline']), await examine(bare.path)]
  repository.git(['config', 'gitsigil.allow', 'https://issuer.test kim@example.com'])
  for (const { status, named } of answers) expect([status, named('allowed')]).toMatchObject([1, fail])
})

test('the identities in a file count', async () => {
  const path = join(temporaryFolder('allowed'), 'allowed')
  writeFileSync(path, 'https://issuer.test kim@example.com\nhttps://issuer.test lee@example.com\n')
  const { named } = await examine(repository.path, ['--offline'], Date.now, { GITSIGIL_ALLOW: path })
  expect(named('allowed')).toEqual({ name: 'allowed', level: 'ok', text: 'gitsigil.allow has 2 entries' })
})

describe('a policy', () => {
  const commit = (text: string) => {
    mkdirSync(join(repository.path, '.gitsigil'), { recursive: true })
    writeFileSync(join(repository.path, '.gitsigil/policy.yaml'), text)
    repository.git(['add', '.gitsigil'])
    repository.git(['commit', '--quiet', '--no-gpg-sign', '-m', 'policy'])
    return repository.git(['rev-parse', 'HEAD'])
  }
  const rule = (by: string) => policyText(`rules: [{ name: all, authorities: [${by}] }]`)

  test('that is not in force yet, in force, and not authentic at its ref, is told in a clone', async () => {
    const root = commit(rule('maintainers'))
    repository.git(['config', 'gitsigil.policyRoot', root])
    const outcome = async () => {
      const { status, named } = await doctor(['--offline'])
      return [status, named('policy')]
    }
    const yet = [0, { level: 'warn', hint: 'gitsigil policy update' }]
    expect(await outcome()).toMatchObject(yet)
    // The doctor has brought none into force.
    expect(await outcome()).toMatchObject(yet)
    expect(await runCommand(testWorld({ args: ['policy', 'update'], cwd: repository.path }))).toBe(0)
    expect(await outcome()).toMatchObject([0, { level: 'ok', text: expect.stringContaining(root.slice(0, 12)) }])
    repository.git(['config', 'gitsigil.policyRef', 'refs/heads/gone'])
    const gone = 'refs/heads/gone is behind it or not there, and so does not update it'
    expect(await outcome()).toMatchObject([0, { level: 'warn', text: expect.stringContaining(gone) }])
    repository.git(['config', '--unset', 'gitsigil.policyRef'])
    const changed = commit(rule('bob'))
    const said = `the policy at refs/heads/main is not authentic: commit ${changed}: may not change the policy`
    expect(await outcome()).toMatchObject([1, { level: 'fail', text: expect.stringContaining(said) }])
    repository.git(['config', '--unset', 'gitsigil.policyRoot'])
  })
})

test('where there is no repository, that is told, and what is to be done is what works there', async () => {
  const outside = temporaryFolder('outside')
  const broken = createRepository()
  writeFileSync(join(broken.path, '.git', 'HEAD'), 'nonsense\n')
  for (const cwd of [outside, broken.path]) {
    const { named } = await examine(cwd, ['--offline'])
    expect(named('repository')).toMatchObject({
      level: 'warn',
      text: expect.stringMatching(/^this is no Git repository/),
    })
    expect(named('program')?.hint).toBe('gitsigil setup --global')
  }
  expect((await doctor(['--offline'])).named('repository')).toBeUndefined()
})

test('a .git that leads nowhere is told in the words of Git, by the doctor and by hook install', async () => {
  const cwd = temporaryFolder('nowhere')
  writeFileSync(join(cwd, '.git'), 'gitdir: /nowhere\n')
  const { status, named } = await examine(cwd, ['--offline'])
  // Git 2.55 names `(null)` in place of the folder.
  const text = expect.stringMatching(/^not a git repository: (?:\/nowhere|\(null\))$/)
  expect([status, named('repository')]).toMatchObject([1, { level: 'fail', text, hint: expect.any(String) }])
  const world = testWorld({ args: ['hook', 'install', '--program', executable], cwd })
  expect([await runCommand(world), world.output(2)]).toEqual([3, expect.stringContaining('not a git repository: ')])
})

test('in a clone a hook that refuses every push is a failure, and none at all is not', async () => {
  const { path, git } = createRepository()
  const copy = join(temporaryFolder('doctor-clone'), 'gitsigil')
  copyFileSync(executable, copy)
  const hooks = async () => (await examine(path, ['--offline'])).findings.filter(({ name }) => name === 'hook')
  expect(await hooks()).toEqual([])
  expect(await runCommand(testWorld({ args: ['hook', 'install', '--program', copy], cwd: path }))).toBe(0)
  expect((await hooks()).map(({ text }) => text)).toEqual([
    'pre-push judges each push',
    'post-merge warns of what comes',
  ])
  git(['config', 'core.hooksPath', '/dev/null'])
  expect(await hooks()).toEqual([])
  git(['config', '--unset', 'core.hooksPath'])
  renameSync(copy, `${copy}.old`)
  expect((await hooks()).map(({ level }) => level)).toEqual(['fail', 'warn'])
})

test('a sandbox is called one, also where its trusted root is named as a file, and another file is not', async () => {
  const sandboxed = await doctor(['--offline'])
  expect(sandboxed.named('trust')).toEqual({
    name: 'trust',
    level: 'warn',
    text: expect.stringMatching(/^instance custom, from files .* names, is a sandbox: for trying and testing/),
  })
  const variables = { GITSIGIL_TRUSTED_ROOT: elsewhere() }
  const { named } = await examine(repository.path, ['--offline'], Date.now, variables)
  expect(named('trust')).toEqual({
    name: 'trust',
    level: 'ok',
    text: 'instance custom, from files that the configuration names',
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

test('a repository that Git does not go into is the one thing that is told', async () => {
  const { status, findings } = await examine(repository.path, [], Date.now, { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' })
  expect([status, findings]).toEqual([
    1,
    [
      expect.objectContaining({ name: 'git', level: 'ok' }),
      {
        name: 'repository',
        level: 'fail',
        text: `detected dubious ownership in repository at '${repository.path}'`,
        hint: `where you trust its owner: git config --global --add safe.directory ${repository.path}`,
      },
    ],
  ])
})

describe('in a bare repository, where nobody signs,', () => {
  const day = 86_400_000

  async function server(settings: Readonly<Record<string, string>> = {}) {
    const { path, git } = createRepository('--bare')
    git(['config', '--unset', 'gpg.format'])
    for (const [key, value] of Object.entries(settings)) git(['config', key, value])
    const hook = join(path, 'hooks', 'pre-receive')
    const args = ['hook', 'install', '--program', executable]
    const install = () => runCommand(testWorld({ args, cwd: path }))
    return { path, git, install, hook }
  }

  const trusted = () => ({
    'gitsigil.trustedRoot': join(folder, 'trusted_root.json'),
    'gitsigil.allow': 'https://issuer.test kim@example.com',
  })

  test('all is well with a hook, somebody who may push and trust that is young; nothing is asked of signing', async () => {
    const { path, install } = await server({ ...trusted(), 'gitsigil.trustedRoot': elsewhere() })
    expect(await install()).toBe(0)
    const { status, findings } = await examine(path)
    expect(findings.map(({ name, level }) => `${name} ${level}`)).toEqual([
      'git ok',
      'hook ok',
      'allowed ok',
      'trust ok',
      'trust age ok',
      'signed push ok',
    ])
    expect(status).toBe(0)
  })

  test('a hook that is not there is a failure: whatever is pushed is taken', async () => {
    const { path } = await server(trusted())
    const { status, named } = await examine(path)
    expect([status, named('hook')]).toMatchObject([1, { level: 'fail', hint: 'gitsigil hook install' }])
    expect(named('signed push')).toMatchObject({ level: 'warn' })
  })

  test('one that is not ours is told as what it is, where Git runs it', async () => {
    const { path, hook } = await server(trusted())
    writeFileSync(hook, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const text = `${hook} is not ours: what it judges is not known`
    expect((await examine(path)).named('hook')).toMatchObject({ level: 'warn', text })
    chmodSync(hook, 0o644)
    expect((await examine(path)).named('hook')?.text).toMatch(/: whatever is pushed is taken$/)
  })

  test('hooks that are turned off by core.hooksPath are a failure', async () => {
    const { path } = await server({ ...trusted(), 'core.hooksPath': '/dev/null' })
    const { status, named } = await examine(path)
    const text = 'core.hooksPath (local) names /dev/null, which is no folder: Git runs no hook'
    expect([status, named('hook')]).toMatchObject([1, { level: 'fail', text }])
  })

  test('so is one that was changed since, or is no file', async () => {
    const { path, install, hook } = await server(trusted())
    await install()
    const made = readFileSync(hook, 'utf8')
    writeFileSync(hook, made.replace('  exec ', '  exit 0; exec '))
    expect(await examine(path)).toMatchObject({ status: 1 })
    expect((await examine(path)).named('hook')?.text).toMatch(/pre-receive was changed since it was installed/)
    writeFileSync(hook, made)
    mkdirSync(join(path, 'hooks', 'update'))
    const { status, named } = await examine(path)
    expect([status, named('hook')]).toMatchObject([
      1,
      { level: 'fail', text: expect.stringMatching(/it is a folder$/) },
    ])
  })

  test('so is one whose program is gone', async () => {
    const { path, git } = await server(trusted())
    const copy = join(temporaryFolder('doctor-gone'), 'gitsigil')
    copyFileSync(executable, copy)
    expect(await runCommand(testWorld({ args: ['hook', 'install', '--program', copy], cwd: path }))).toBe(0)
    expect((await examine(path)).named('hook')).toMatchObject({ level: 'ok' })
    renameSync(copy, `${copy}.old`)
    const { status, named } = await examine(path)
    expect([status, named('hook')?.text]).toEqual([
      1,
      `${join(path, 'hooks', 'pre-receive')} starts ${copy}, which is gone or does not run: each push is refused`,
    ])
    expect(git(['config', 'receive.certNonceSeed'])).toMatch(/^[0-9a-f]{64}/)
  })

  test('a hook that Git would pass over, and nobody who may push, are failures', async () => {
    const { path, install } = await server()
    await install()
    chmodSync(join(path, 'hooks', 'pre-receive'), 0o644)
    const { status, named } = await examine(path)
    expect([status, named('hook')?.level, named('allowed')?.level]).toEqual([1, 'fail', 'fail'])
  })

  test('trust is that of the repository, of whatever age, and not that of the environment', async () => {
    const { path } = await server({ 'gitsigil.trustMaxAge': '30' })
    const { named } = await examine(path, [], Date.now, { GITSIGIL_TRUSTED_ROOT: join(folder, 'trusted_root.json') })
    expect(named('trust')?.text).toMatch(/^instance public-good, as it came with this program/)
    expect(named('environment')?.text).toMatch(/^GITSIGIL_TRUSTED_ROOT: set here, and ignored/)
    const later = await examine(path, [], () => Date.now() + 10_000 * day)
    expect(later.named('trust age')).toMatchObject({ level: 'fail', text: expect.stringContaining('days old') })
  })

  test('a trusted root that is gone, and a policy that is not there, stop every push', async () => {
    const { path } = await server({ 'gitsigil.trustedRoot': join(folder, 'gone.json') })
    expect((await examine(path)).named('trust')).toMatchObject({ level: 'fail' })
    const { path: other } = await server({ ...trusted(), 'gitsigil.policyRoot': 'ab'.repeat(20) })
    expect((await examine(other)).named('policy')).toMatchObject({
      level: 'fail',
      text: expect.stringContaining('refs/heads/main'),
    })
  })
})
