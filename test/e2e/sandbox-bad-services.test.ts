// Services and tokens that are not as they should be, under `git commit -S`: it fails with one line and leaves no commit.
// The sandbox is in this process, which orders its faults and its clock.
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { SandboxFault } from '../../src/sandbox/fault.ts'
import { installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import type { Repository } from '../support/repository.ts'
import { configure, initRepository, tryCommit } from '../support/repository-with-sandbox.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

describe.each(kinds)('bad services, $name', (build) => {
  const folder = temporaryFolder('services')
  const program = installed(build)
  let skew = 0
  let count = 0
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await startTestSandbox({ now: () => Date.now() + skew })
    writeFileSync(`${folder}/trusted_root.json`, sandbox.trustedRoot)
    writeFileSync(`${folder}/signing_config.json`, sandbox.signingConfig)
  })
  afterEach(() => {
    sandbox.setFaults([])
    skew = 0
  })
  afterAll(() => sandbox.close())

  /** A repository without a commit, which signs through a program that writes down what it leaves. */
  function create(rekor: '1' | '2' = '1'): Repository {
    const repository = initRepository(folder, `repository-${count++}`)
    configure(repository, {
      'gpg.x509.program': recorded(program, repository.path),
      'gitsigil.trustedRoot': `${folder}/trusted_root.json`,
      'gitsigil.signingConfig': `${folder}/signing_config.json`,
      'gitsigil.rekorVersion': rekor,
      'gitsigil.identityToken': `${folder}/token`,
    })
    return repository
  }

  async function useToken(request: Parameters<TestSandbox['mintToken']>[0] = { email: 'kim@example.com' }) {
    writeFileSync(`${folder}/token`, await sandbox.mintToken(request))
  }

  async function expectRefusal(repository: Repository, says: RegExp, exit = 3): Promise<void> {
    expect((await tryCommit(repository, 'one')).status).toBe(128)
    expect(repository.tryGit(['rev-parse', '--verify', '--quiet', 'HEAD']).status).toBe(1)
    expect(repository.git(['cat-file', '--batch-all-objects', '--batch-check'])).not.toContain(' commit ')
    const { status, stdout, stderr } = readRecord(repository.path)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^\[GNUPG:\] BEGIN_SIGNING H8\ngitsigil: error: [^\n]+\n(?:gitsigil: hint: [^\n]+\n)?$/)
    expect(stderr).toMatch(says)
    expect(stderr).not.toContain('eyJ')
    expect(status).toBe(exit)
  }

  async function expectCommit(repository: Repository): Promise<void> {
    expect(await tryCommit(repository, 'one')).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(repository.git(['log', '--format=%G? %GS'])).toBe('U kim@example.com')
  }

  const failing: readonly (readonly [SandboxFault['service'], SandboxFault['kind'], '1' | '2', RegExp])[] = [
    ['fulcio', '500', '1', /Fulcio at localhost:\d+ answered 500/],
    ['fulcio', '409', '1', /Fulcio at localhost:\d+ answered 409/],
    ['fulcio', 'drop', '1', /Fulcio at localhost:\d+ closed the connection/],
    ['fulcio', 'garbage', '1', /Fulcio at localhost:\d+ answered with what is no certificate chain/],
    ['fulcio', 'expired-certificate', '1', /Fulcio at localhost:\d+ .*the clock here says/],
    ['rekor1', '500', '1', /Rekor at localhost:\d+ answered 500/],
    ['rekor1', 'garbage', '1', /Rekor at localhost:\d+ answered with what is no log entry/],
    ['rekor1', 'wrong-proof', '1', /Rekor at localhost:\d+ answered with a wrong proof/],
    ['rekor2', '503', '2', /Rekor at localhost:\d+ answered 503/],
    ['rekor2', 'garbage', '2', /Rekor at localhost:\d+ answered with what is no log entry/],
    ['rekor2', 'wrong-proof', '2', /Rekor at localhost:\d+ answered with a wrong proof/],
    ['tsa', '500', '2', /timestamp authority at localhost:\d+ answered 500/],
    ['tsa', 'garbage', '2', /timestamp authority at localhost:\d+ gave no token/],
    ['tsa', 'wrong-proof', '2', /does not verify .*: time: the timestamp's signature/],
    ['tsa', 'expired-certificate', '2', /does not verify .*: time: timestamp authority: the certificate was not valid/],
  ]

  test.each(failing)('%s, %s, Rekor v%s: no commit', async (service, kind, rekor, says) => {
    await useToken()
    sandbox.setFaults([{ service, kind }])
    await expectRefusal(create(rekor), says)
  })

  test.each([
    ['fulcio', '503', '1'],
    ['fulcio', 'latency', '1'],
    ['rekor1', 'drop', '1'],
    ['rekor1', '409', '1'],
    ['rekor2', '409', '2'],
    ['tsa', '502', '2'],
  ] as const)('%s, %s once, Rekor v%s: the commit is made', async (service, kind, rekor) => {
    await useToken()
    sandbox.setFaults([{ service, kind, count: kind === 'latency' ? 300 : 1 }])
    await expectCommit(create(rekor))
  })

  test.each([
    ['fulcio', '1', /Fulcio at 127\.0\.0\.1:\d+ refused the connection/],
    ['rekor', '1', /Rekor at 127\.0\.0\.1:\d+ refused the connection/],
    ['rekor', '2', /Rekor at 127\.0\.0\.1:\d+ refused the connection/],
    ['timestampServerURL', '2', /timestamp authority at 127\.0\.0\.1:\d+ refused the connection/],
  ] as const)('%s out of reach, Rekor v%s: no commit', async (option, rekor, says) => {
    await useToken()
    const repository = create(rekor)
    configure(repository, { [`gitsigil.${option}`]: await closedAddress() })
    await expectRefusal(repository, says)
  })

  test.each([
    ['an expired one', { ttl: -60 }, /expired/],
    ['one for another audience', { audience: 'npm' }, /audience/],
    ['one of an unknown issuer', { claims: { iss: 'https://elsewhere.test' } }, /Fulcio at localhost:\d+ answered 400/],
    ['one whose address nobody verified', { claims: { email_verified: false } }, /email/],
  ] as const)('a token that does not do, %s: no commit', async (_, request, says) => {
    await useToken({ email: 'kim@example.com', ...request })
    await expectRefusal(create(), says)
  })

  test.each([
    ['nothing', ''],
    ['text', 'let me in'],
    ['bytes that are not UTF-8', Uint8Array.of(0xff, 0xfe, 0x2e, 0x2e)],
    ['a JWT of garbage', 'eyJh.eyJi.eyJj'],
    ['a megabyte', 'eyJ'.repeat(350_000)],
  ])('a token file with %s: no commit', async (_, bytes) => {
    writeFileSync(`${folder}/token`, bytes)
    await expectRefusal(create(), /error: the identity token/)
  })

  test('services whose clock is two hours ahead, or behind: no commit, and the clocks are named', async () => {
    for (const hours of [2, -2]) {
      skew = hours * 3_600_000
      await useToken({ email: 'kim@example.com', ttl: 5 * 3_600 })
      await expectRefusal(create(), /clock/)
    }
  })
})

/** Where nobody listens any more. */
async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}

/** The program, with what it wrote and its status kept in files beside the repository. */
function recorded(program: string, path: string): string {
  for (const name of ['stdout', 'stderr', 'status']) rmSync(`${path}.${name}`, { force: true })
  const script = `#!/bin/sh
'${program}' "$@" >'${path}.stdout' 2>'${path}.stderr'
status=$?
echo $status >'${path}.status'
cat '${path}.stdout'
cat '${path}.stderr' >&2
exit $status
`
  writeFileSync(`${path}.program`, script, { mode: 0o755 })
  return `${path}.program`
}

function readRecord(path: string): { readonly status: number; readonly stdout: string; readonly stderr: string } {
  const read = (name: string) => (existsSync(`${path}.${name}`) ? readFileSync(`${path}.${name}`, 'utf8') : '')
  return { status: Number(read('status')), stdout: read('stdout'), stderr: read('stderr') }
}
