import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { temporaryFolder } from '../support/folder.ts'
import { serve } from '../support/loopback.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { testWorld } from '../support/world.ts'

const folder = temporaryFolder('standing')
let sandbox: TestSandbox
let repository: Repository

beforeAll(async () => {
  sandbox = await startTestSandbox()
  writeFileSync(join(folder, 'trusted_root.json'), sandbox.trustedRoot)
  writeFileSync(join(folder, 'signing_config.json'), sandbox.signingConfig)
  repository = createRepository()
  const settings = {
    'gitsigil.trustedRoot': join(folder, 'trusted_root.json'),
    'gitsigil.signingConfig': join(folder, 'signing_config.json'),
    'gitsigil.issuer': sandbox.urls.issuer,
    'gitsigil.keychain': 'false',
    'gitsigil.agent': 'false',
  }
  for (const [key, value] of Object.entries(settings)) repository.git(['config', key, value])
})
afterAll(() => sandbox.close())

/** No token of this machine's own job. */
const GITHUB = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: '',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: '',
} as const

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const world = testWorld({ args, cwd: repository.path, env: { ...process.env, ...env } })
  const status = await runCommand(world)
  return { status, out: world.output(1), err: world.output(2) }
}

const given = async (email = 'alice@example.com', ttl = 600) => ({
  SIGSTORE_ID_TOKEN: await sandbox.mintToken({ email, ttl }),
})

describe('whoami', () => {
  test('says who a given token would sign as, without asking anybody', async () => {
    expect(await run(['whoami'], await given())).toEqual({
      status: 0,
      err: '',
      out:
        `alice@example.com\n  issuer    ${sandbox.urls.issuer}\n` +
        `  instance  custom\n  from      SIGSTORE_ID_TOKEN (environment)\n`,
    })
  })

  test('takes a token by its flag, as a file', async () => {
    const path = join(folder, 'token')
    writeFileSync(path, (await given('bob@example.com')).SIGSTORE_ID_TOKEN)
    const { out } = await run(['whoami', '--json', '--identity-token', path])
    expect(JSON.parse(out)).toEqual({
      version: 1,
      instance: 'custom',
      subject: 'bob@example.com',
      issuer: sandbox.urls.issuer,
      by: 'given',
      source: path,
    })
  })

  test('shows whom signing would refuse, and why, with status 1', async () => {
    const { status, out } = await run(['whoami'], { ...(await given()), GITSIGIL_IDENTITY: 'carol@example.com' })
    expect(status).toBe(1)
    expect(out).toMatch(/^alice@example\.com\n/)
    expect(out).toMatch(
      /\n {2}refused {3}the identity alice@example\.com .* is not the one to sign as: carol@example\.com\n$/,
    )
  })

  test('an expired token is a fault that names it', async () => {
    const { status, out, err } = await run(['whoami'], await given('alice@example.com', -60))
    expect({ status, out }).toEqual({ status: 3, out: '' })
    expect(err).toContain('expired')
  })

  describe('without anybody', () => {
    const unkept = 'no login is kept (gitsigil.keychain is false)'
    const token = 'SIGSTORE_ID_TOKEN or gitsigil.tokenFile'

    test('and without a keychain, does not send to a login that nothing keeps', async () => {
      const tokenFile = '/nofile, which GITSIGIL_TOKEN_FILE (environment) names'
      expect(await run(['whoami'], { GITSIGIL_TOKEN_FILE: '/nofile' })).toEqual({
        status: 3,
        out: '',
        err:
          `gitsigil: error: nobody is logged in here, and there is no ${tokenFile}\n` +
          `gitsigil: hint: ${unkept}: the next signature asks for one; ${token} hands a token over\n`,
      })
    })

    test('says what the agent keeps', async () => {
      const { err } = await run(['whoami'], { GITSIGIL_AGENT: 'auto' })
      expect(err).toContain('the next signature asks for one, which the agent keeps for as long as its certificate is')
    })

    test('in a CI job says what gives it a token', async () => {
      const { status, err } = await run(['whoami'], { CI: 'true' })
      expect(status).toBe(3)
      expect(err).toMatch(/error: .*a CI job, where nobody logs in\ngitsigil: hint: let the job have an OIDC token/)
    })

    test('a file that gitsigil.tokenFile names is such a token', async () => {
      const path = join(folder, 'handed-over')
      writeFileSync(path, (await given('dan@example.com')).SIGSTORE_ID_TOKEN)
      const { status, out } = await run(['whoami'], { GITSIGIL_TOKEN_FILE: path })
      expect([status, out.split('\n')[0]]).toEqual([0, 'dan@example.com'])
    })
  })
})

describe('status', () => {
  test('is one line a thing', async () => {
    const { status, out, err } = await run(['status'])
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual([
      ...['identity', 'instance', 'trust', 'agent', 'keychain', 'issuer', 'services'],
      '',
    ])
    expect(out).toMatch(/^identity {2}nobody is logged in.*: the next signature asks, with a code for another device\n/)
    expect(out).toContain('instance  custom, a sandbox\n')
    expect(out).toContain('agent     not used: gitsigil.agent is false\n')
    expect(out).toContain('keychain  not used: gitsigil.keychain is false\n')
  })

  test('tells no token', async () => {
    const env = await given()
    const { out } = await run(['status', '--json'], env)
    expect(JSON.parse(out)).toMatchObject({ version: 1, identity: { by: 'given', subject: 'alice@example.com' } })
    expect(out).not.toContain(env.SIGSTORE_ID_TOKEN)
  })

  test('says what named the trusted root', async () => {
    expect((await run(['status'])).out).toContain(
      '\ntrust     the trusted root that gitsigil.trustedRoot (git config, local) names\n',
    )
    const { out } = await run(['status'], { GITSIGIL_TRUSTED_ROOT: join(folder, 'trusted_root.json') })
    expect(out).toContain('\ntrust     the trusted root that GITSIGIL_TRUSTED_ROOT (environment) names\n')
  })

  test('a platform that would have to be asked is named, and is not asked', async () => {
    const service = await serve((_, response) => response.end())
    const env = { ...GITHUB, ACTIONS_ID_TOKEN_REQUEST_URL: service.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' }
    const { out } = await run(['status'], env)
    expect(out).toContain('identity  that of github-actions, asked for at each signature\n')
    expect(service.asked).toEqual([])
  })

  test('a token in the file that gitsigil.tokenFile names is whose it is', async () => {
    const path = join(folder, 'mounted')
    writeFileSync(path, (await given('dan@example.com')).SIGSTORE_ID_TOKEN)
    const { out } = await run(['status'], { GITSIGIL_TOKEN_FILE: path })
    expect(out).toContain(`identity  dan@example.com (${sandbox.urls.issuer}), by the token from ${path}\n`)
  })

  test('a file of a token that is not there is told', async () => {
    const { out } = await run(['status'], { GITSIGIL_TOKEN_FILE: '/nofile' })
    expect(out).toMatch(
      /^identity {2}nobody is logged in, and there is no \/nofile, which GITSIGIL_TOKEN_FILE .* names: the next signature/,
    )
  })

  // What `whoami` tells as a fault, in one line, and the rest is shown all the same.
  test.each([
    [{ CI: 'true' }, 'this is a CI job, where nobody logs in'],
    [{ ...GITHUB }, 'id-token: write is missing'],
    ...['filesystem', 'github-actions', 'gitlab'].map(
      (name) => [{ GITSIGIL_TOKEN_PROVIDER: name }, `the token provider ${name} has no token here`] as const,
    ),
    [{ GITSIGIL_TOKEN_PROVIDER: 'envvar' }, 'no identity token is at hand'],
    [{ SIGSTORE_ID_TOKEN: 'garbage' }, 'neither a JWT'],
    ['expired', 'expired'],
  ] as const)('%j: nobody, and why', async (how, said) => {
    const env = how === 'expired' ? await given('alice@example.com', -60) : how
    const whoami = await run(['whoami'], env)
    expect([whoami.status, whoami.err]).toEqual([3, expect.stringContaining(said)])
    const { status, out, err } = await run(['status'], env)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    const [, why] = /^identity {2}nobody: (.*)\n/.exec(out) ?? []
    expect(whoami.err).toContain(`error: ${why}\n`)
    expect(out).toContain(`\nservices  ${sandbox.urls.fulcio}`)
  })
})

describe('login says before it waits', () => {
  const late = { GITSIGIL_LOGIN_TIMEOUT: '1' }
  const unkept =
    'gitsigil: note: this login will not be kept: gitsigil.keychain is false\n' +
    'gitsigil: hint: sign, which asks for a login itself; where nobody can log in, set SIGSTORE_ID_TOKEN or gitsigil.tokenFile\n'

  test('that it will not be kept, and what helps', async () => {
    const { status, err } = await run(['login', '--device'], late)
    expect([status, err.startsWith(unkept)]).toEqual([3, true])
    expect(err).toMatch(/\ngitsigil: error: [^\n]* within 1 s/)
  })

  test('that in a CI job nobody logs in, and goes on', async () => {
    const { status, err } = await run(['login', '--device'], { ...late, CI: 'true' })
    expect(err).toMatch(
      /^gitsigil: note: this is a CI job, where nobody logs in\ngitsigil: hint: let the job have an OIDC token /,
    )
    expect([status, err.includes(unkept)]).toEqual([3, true])
  })
})

test('logout without a login is done, and says what it did not look into', async () => {
  expect(await run(['logout'])).toEqual({
    status: 0,
    err: '',
    out: 'nobody was logged in\nthe keychain was not looked into: gitsigil.keychain is false\n',
  })
})

test.each(['login', 'logout', 'whoami', 'status', 'doctor', 'setup'])('%s takes no operands', async (name) => {
  expect(await run([name, 'x'])).toMatchObject({ status: 2, err: `gitsigil: error: ${name} takes no operands\n` })
})
