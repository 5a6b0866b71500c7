// A login that outlives its process: in the system's keychain, found again by the next signature, forgotten on demand.
import { globSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLoggingIn, createPerson, type Person, signedCommit } from '../support/agent.ts'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { hasKeyring, type Keyring, startKeyring } from '../support/keyring.ts'
import { type Repository, type Run, runProgram } from '../support/repository.ts'
import { configure } from '../support/repository-with-sandbox.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

describe.skipIf(!hasKeyring).each(builds)('with a keychain, $name', (build) => {
  const folder = temporaryFolder('kept')
  const program = installed(build)
  const temporary = join(folder, 'tmp')
  let kim: Person
  let keyring: Keyring
  let repository: Repository

  beforeAll(async () => {
    const someone = createPerson(folder, 'kim')
    keyring = await startKeyring(join(folder, 'keyring'))
    mkdirSync(temporary)
    kim = { ...someone, env: { ...someone.env, ...keyring.env, TMPDIR: temporary } }
    repository = createLoggingIn(kim, 'repository', { program, sandbox })
    // Each signature looks for an identity anew.
    configure(repository, { 'gitsigil.agent': 'false', 'gitsigil.keychain': 'true' })
  })
  afterAll(() => kim.stop())

  const run = (args: readonly string[], env = kim.env, input = ''): Promise<Run> =>
    runProgram([program, ...args], { cwd: repository.path, env, input })
  const json = async (...args: readonly string[]) => JSON.parse((await run([...args, '--json'])).stdout) as unknown
  const account = () => `custom ${sandbox.urls.issuer} kim@example.com`
  const readKept = async () => {
    const { stdout } = await run(
      ['keychain-call'],
      { ...kim.env, TMPDIR: folder },
      JSON.stringify({ action: 'read', account: account() }),
    )
    return (JSON.parse(stdout) as { readonly secret?: string }).secret
  }

  test('nobody is logged in at first, and that is said', async () => {
    expect(await run(['whoami'])).toEqual({
      status: 3,
      stdout: '',
      stderr: expect.stringMatching(
        /^gitsigil: error: nobody is logged in here, and there is no .*\ngitsigil: hint: gitsigil login logs in\n$/,
      ),
    })
    expect(await json('status')).toMatchObject({ identity: { by: 'login' }, keychain: { logins: [] } })
  })

  test('login logs in once and keeps it', async () => {
    const { status, stdout } = await run(['login'])
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        `logged in as kim@example.com (${sandbox.urls.issuer})\n` +
        `kept in the keychain: signing asks nobody until it ends\n`,
    })
    expect(kim.logins()).toBe(1)
  })

  test('whoami and status know who, and nobody is asked', async () => {
    expect(await run(['whoami'])).toEqual({
      status: 0,
      stderr: '',
      stdout: `kim@example.com\n  issuer    ${sandbox.urls.issuer}\n  instance  custom\n  from      the login that is kept\n`,
    })
    expect(await json('whoami')).toMatchObject({
      version: 1,
      subject: 'kim@example.com',
      by: 'kept',
      instance: 'custom',
    })
    expect(await json('status')).toMatchObject({
      identity: { by: 'kept', subject: 'kim@example.com' },
      keychain: { logins: [{ instance: 'custom', subject: 'kim@example.com' }] },
    })
    expect((await run(['doctor'])).stdout).toMatch(/^ok {4}keychain +takes logins and gives them back$/m)
    expect(kim.logins()).toBe(1)
  })

  test('commits are signed by it, each time with the next refresh token', async () => {
    const first = await readKept()
    expect(await signedCommit(kim, repository, 'one')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(await signedCommit(kim, repository, 'two')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(kim.logins()).toBe(1)
    expect(repository.git(['log', '--format=%GS', '-2'])).toBe('kim@example.com\nkim@example.com')
    expect(first).toBeTruthy()
    expect(await readKept()).not.toBe(first)
  })

  test('the refresh token lies in no file and in nothing that was said', async () => {
    const secret = (await readKept()) ?? ''
    expect(secret.length).toBeGreaterThan(20)
    const files = globSync('**/*', { cwd: kim.home, exclude: (name) => name === 'objects' }).map((name) =>
      join(kim.home, name),
    )
    const holding = files.filter((path) => statSync(path).isFile() && readFileSync(path, 'latin1').includes(secret))
    expect(holding).toEqual([])
    for (const args of [
      ['whoami', '--json'],
      ['status', '--json'],
      ['doctor', '--json'],
      ['login', '--json'],
    ]) {
      const { stdout, stderr } = await run(args)
      expect(stdout + stderr).not.toContain((await readKept()) ?? secret)
      expect(stdout + stderr).not.toContain(secret)
    }
  })

  test('somebody else than matchCommitter wants is not kept', async () => {
    configure(repository, { 'gitsigil.matchCommitter': 'true' })
    kim.become('lee@example.com')
    const { status, stderr } = await run(['login'])
    expect(status).toBe(3)
    expect(stderr).toContain('the identity lee@example.com is not the committer kim@example.com')
    kim.become('kim@example.com')
    repository.git(['config', '--unset', 'gitsigil.matchCommitter'])
    expect(await json('status')).toMatchObject({ keychain: { logins: [{ subject: 'kim@example.com' }] } })
  })

  test('gitsigil.keychain=false keeps and finds nothing', async () => {
    const env = { ...kim.env, GITSIGIL_KEYCHAIN: 'false' }
    expect((await run(['whoami'], env)).status).toBe(3)
    expect((await run(['login'], env)).stdout).toContain('not kept: gitsigil.keychain is false')
  })

  test('without a keychain service a login is a note and the commit is signed', async () => {
    const env = { ...kim.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
    const before = kim.logins()
    expect((await run(['login'], env)).stdout).toMatch(/\nnot kept: there is no D-Bus session/)
    expect(await signedCommit({ ...kim, env }, repository, 'three')).toMatchObject({ status: 0 })
    expect(kim.logins()).toBe(before + 2)
  })

  test('a locked keychain costs a login and no commit', async () => {
    await keyring.stop()
    const locked = await startKeyring(join(folder, 'keyring'), { locked: true })
    const env = { ...kim.env, ...locked.env }
    const before = kim.logins()
    const started = performance.now()
    expect(await signedCommit({ ...kim, env }, repository, 'four')).toMatchObject({ status: 0 })
    expect(performance.now() - started).toBeLessThan(60_000)
    expect(kim.logins()).toBe(before + 1)
    const out = await run(['logout'], env)
    expect(out).toMatchObject({ status: 3, stderr: expect.stringContaining('unlock the keychain and try again') })
    await locked.stop()
    keyring = await startKeyring(join(folder, 'keyring'))
    kim = { ...kim, env: { ...kim.env, ...keyring.env } }
    expect((await run(['whoami'])).status).toBe(0)
  })

  test('logout forgets it, and the issuer has no more of it', async () => {
    const secret = (await readKept()) ?? ''
    expect(await run(['logout'])).toEqual({
      status: 0,
      stderr: '',
      stdout: `removed the login of kim@example.com at ${sandbox.urls.issuer}\n`,
    })
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: secret, client_id: 'sigstore' })
    expect((await fetch(`${sandbox.urls.issuer}/token`, { method: 'POST', body })).status).toBe(400)
    expect(await run(['logout'])).toEqual({ status: 0, stderr: '', stdout: 'nobody was logged in\n' })
    expect((await run(['whoami'])).status).toBe(3)
  })

  test('the keychain’s module is unpacked nowhere in the temporary folder', () => {
    expect(readdirSync(temporary)).toEqual([])
  })
})
