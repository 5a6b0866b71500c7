// Real Git signs through each build on the sandbox, and verifies what was signed.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { createRepository, openRepository, type Repository, runProgram } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { hasShared, sharedPath } from '../support/shared.ts'

const FORMAT = '%G? %GS %GT'
const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null'], { input: '' }).status === 0
if (!hasTerminal) console.warn('skipped: script(1) of util-linux is absent, so no terminal can be shown')
let sandbox: TestSandbox
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gitsigil-sign-'))
  sandbox = await startTestSandbox()
  writeFileSync(join(folder, 'trusted_root.json'), sandbox.trustedRoot)
  writeFileSync(join(folder, 'signing_config.json'), sandbox.signingConfig)
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A repository whose Git signs through `program` on the sandbox. */
function createSigning(program: string, rekor: 1 | 2, ...initArgs: readonly string[]): Repository {
  const repository = createRepository(...initArgs)
  const settings = {
    'gpg.x509.program': program,
    'gitsigil.trustedRoot': join(folder, 'trusted_root.json'),
    'gitsigil.signingConfig': join(folder, 'signing_config.json'),
    'gitsigil.rekorVersion': String(rekor),
  }
  for (const [key, value] of Object.entries(settings)) repository.git(['config', key, value])
  return repository
}

async function tokenOf(email: string, ttl?: number): Promise<{ readonly SIGSTORE_ID_TOKEN: string }> {
  return { SIGSTORE_ID_TOKEN: await sandbox.mintToken({ email, ...(ttl === undefined ? {} : { ttl }) }) }
}

async function commit(repository: Repository, message: string, email = 'alice@example.com'): Promise<string> {
  const args = ['commit', '--quiet', '--allow-empty', '-S', '-m', message]
  expect(await repository.run(args, await tokenOf(email))).toEqual({ status: 0, stdout: '', stderr: '' })
  return repository.git(['rev-parse', 'HEAD'])
}

describe.each(builds)('git and $name', (build) => {
  const program = installed(build)
  const allow = () => `${sandbox.urls.issuer} alice@example.com`

  describe.each([1, 2] as const)('Rekor v%i', (rekor) => {
    test.each(['sha1', 'sha256'])('commits and tags are signed and verified, %s', async (format) => {
      const repository = createSigning(program, rekor, `--object-format=${format}`)
      await commit(repository, 'one')
      expect(repository.git(['log', '-1', `--format=${FORMAT}`])).toBe('U alice@example.com undefined')
      repository.git(['config', 'gitsigil.allow', allow()])
      expect(repository.git(['log', '-1', `--format=${FORMAT}`])).toBe('G alice@example.com fully')
      expect(repository.tryGit(['verify-commit', 'HEAD']).status).toBe(0)

      const tag = ['tag', '-s', '-m', 'first', 'v1']
      expect(await repository.run(tag, await tokenOf('alice@example.com'))).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      })
      expect(repository.tryGit(['verify-tag', 'v1'])).toMatchObject({ status: 0 })
    })
  })

  test('a tampered commit shows B, and its stored signature is the only thing that stdout got', async () => {
    const repository = createSigning(program, 1)
    const oid = await commit(repository, 'one')
    const raw = readRaw(repository, oid)
    expect(raw).toMatch(
      /\ngpgsig -----BEGIN SIGNED MESSAGE-----\n(?: [A-Za-z0-9+/=]+\n)+ -----END SIGNED MESSAGE-----\n\none\n$/,
    )
    const tampered = repository.store('commit', Buffer.from(raw.replace('\n\none\n', '\n\ntwo\n')))
    expect(repository.git(['log', '-1', `--format=${FORMAT}`, tampered])).toBe('B unverified never')
    expect(repository.tryGit(['verify-commit', tampered]).status).toBe(1)
  })

  test('git merge --verify-signatures refuses an unknown identity and takes an allowed one', async () => {
    const repository = createSigning(program, 1)
    await commit(repository, 'one')
    repository.git(['checkout', '--quiet', '-b', 'topic'])
    await commit(repository, 'two')
    repository.git(['checkout', '--quiet', 'main'])
    const refused = repository.tryGit(['merge', '--verify-signatures', 'topic'])
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toContain('has an untrusted GPG signature')
    repository.git(['config', 'gitsigil.allow', allow()])
    expect(repository.tryGit(['merge', '--verify-signatures', 'topic']).status).toBe(0)
  })

  test('git push --signed: a pre-receive hook verifies the push certificate', async () => {
    const repository = createSigning(program, 1)
    await commit(repository, 'one')
    const bare = createServer(program, `${sandbox.urls.issuer} alice@example.com`)
    const push = ['push', '--signed', '--quiet', bare.path, 'main']
    const refused = await repository.run(push, await tokenOf('mallory@example.com'))
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toContain('gitsigil: not trusted: the identity is not among the allowed ones')
    expect(bare.tryGit(['rev-parse', '--verify', 'main']).status).not.toBe(0)
    const taken = await repository.run(push, await tokenOf('alice@example.com'))
    expect(taken.stderr).toContain(`Good signature from [alice@example.com](${sandbox.urls.issuer})`)
    expect(taken.status).toBe(0)
    expect(bare.git(['rev-parse', 'main'])).toBe(repository.git(['rev-parse', 'main']))
  })

  test('a message of 8 MB is signed and verified', async () => {
    const repository = createSigning(program, 1)
    const args = ['commit', '--quiet', '--allow-empty', '-S', '-F', '-']
    const { status } = await repository.run(args, await tokenOf('alice@example.com'), 'a line\n'.repeat(1_200_000))
    expect(status).toBe(0)
    expect(repository.git(['log', '-1', `--format=${FORMAT}`])).toBe('U alice@example.com undefined')
  })

  test("EGit's way of asking", async () => {
    const { path } = createSigning(program, 1)
    const listed = await runProgram([program, '--locate-keys', '--with-colons', '--batch', '--no-tty', 'a@b'], {
      cwd: path,
    })
    const [pub] = listed.stdout.split('\n').map((line) => line.split(':'))
    expect([pub?.[0], pub?.[11]?.includes('s')]).toEqual(['pub', true])
    const args = ['-bsau', 'a@b', '--batch', '--no-tty', '--status-fd', '2', '--output', '-']
    const env = await tokenOf('alice@example.com')
    const { status, stdout, stderr } = await runProgram([program, ...args], { cwd: path, env, input: 'payload' })
    expect(stdout).toMatch(
      /^-----BEGIN SIGNED MESSAGE-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END SIGNED MESSAGE-----\n$/,
    )
    expect(stderr).toMatch(/^\[GNUPG:\] BEGIN_SIGNING H8\n/)
    expect(stderr).toMatch(/\n\[GNUPG:\] SIG_CREATED D 19 8 00 \d+ [0-9A-F]{64}\n$/)
    expect(stderr).toMatch(/\ntlog entry created with index: \d+\n/)
    expect(status).toBe(0)
  })

  test('a flag of a script between Git and us: the token, from standard input where the payload is a file', async () => {
    const { path } = createSigning(program, 1)
    const { SIGSTORE_ID_TOKEN: token = '' } = await tokenOf('alice@example.com')
    writeFileSync(join(path, 'token'), token)
    writeFileSync(join(path, 'payload'), 'payload')
    const sign = (args: readonly string[], input: string) =>
      runProgram([program, '-bsau', 'KEY', '--status-fd=2', ...args], { cwd: path, input })
    for (const ran of [
      await sign(['--identity-token', 'token'], 'payload'),
      await sign(['--identity-token=-', 'payload'], token),
    ]) {
      expect(ran.stderr).toContain('[GNUPG:] SIG_CREATED ')
      expect(ran.status).toBe(0)
    }
    const refused = await sign(['--identity-token=-'], 'payload')
    expect(refused.stderr).toContain('gitsigil: error: --identity-token: standard input holds what is to be signed\n')
    expect([refused.status, refused.stdout]).toEqual([2, ''])
  })

  test.skipIf(!hasTerminal)(
    'a person at a terminal sees the entry, another committer and what went wrong',
    async () => {
      const repository = createSigning(program, 1)
      const onTerminal = async (env: Readonly<Record<string, string>>) =>
        await runProgram(['script', '-qec', 'git commit --quiet --allow-empty -S -m one', '/dev/null'], {
          cwd: repository.path,
          env,
        })
      const signed = await onTerminal(await tokenOf('bob@example.com'))
      expect(signed.stdout).toMatch(/^tlog entry created with index: \d+\r$/m)
      expect(signed.stdout).toContain('gitsigil: warning: the committer is [alice@example.com], not the signer')
      expect(signed.status).toBe(0)
      // Somebody at a terminal would be asked to log in.
      const failed = await onTerminal({ CI: 'true' })
      expect(failed.stdout).toContain('gitsigil: error: no identity token is at hand')
      expect(failed.status).not.toBe(0)
    },
  )

  describe('a signing that fails prints nothing on stdout, and one line that says why', () => {
    interface Case {
      readonly name: string
      readonly config?: Readonly<Record<string, string>>
      readonly env: () => Promise<Readonly<Record<string, string>>>
      readonly exit: number
      readonly says: RegExp
    }
    const alice = () => tokenOf('alice@example.com')
    const cases: readonly Case[] = [
      { name: 'no token', env: async () => ({ CI: 'true' }), exit: 3, says: /no identity token is at hand/ },
      { name: 'an expired token', env: () => tokenOf('alice@example.com', -60), exit: 3, says: /expired/ },
      {
        name: 'online mode with a log that has no search',
        config: { 'gitsign.rekorMode': 'online', 'gitsigil.rekorVersion': '2' },
        env: alice,
        exit: 2,
        says: /gitsign\.rekorMode \(git config, local\): rekorMode=online needs Rekor v1/,
      },
      {
        name: 'a malformed option',
        config: { 'gitsigil.rekorVersion': '3' },
        env: alice,
        exit: 2,
        says: /not one of 1, 2/,
      },
      {
        name: 'Fulcio out of reach',
        config: { 'gitsigil.fulcio': 'http://127.0.0.1:9' },
        env: alice,
        exit: 3,
        says: /Fulcio/,
      },
      {
        name: 'matchCommitter and somebody else',
        config: { 'gitsigil.matchCommitter': 'true' },
        env: () => tokenOf('mallory@example.com'),
        exit: 3,
        says: /the identity mallory@example\.com is not the committer alice@example\.com/,
      },
      {
        name: 'a token on standard input',
        config: { 'gitsigil.identityToken': '-' },
        env: async () => ({}),
        exit: 2,
        says: /standard input holds what is to be signed/,
      },
    ]

    test.each(cases)('$name', async ({ config = {}, env, exit, says }) => {
      const repository = createSigning(program, 1)
      for (const [key, value] of Object.entries(config)) repository.git(['config', '--replace-all', key, value])
      const options = { cwd: repository.path, env: await env(), input: 'x'.repeat(300_000) }
      const { status, stdout, stderr } = await runProgram([program, '--status-fd=2', '-bsau', 'KEY'], options)
      expect(stdout).toBe('')
      expect(stderr).not.toContain('SIG_CREATED')
      expect(stderr.split('\n').find((line) => line.startsWith('gitsigil: error: '))).toMatch(says)
      expect(stderr).not.toMatch(/\n\s+at /)
      expect(status).toBe(exit)
    })

    test.skipIf(!hasShared)('what was made does not verify under the configured root', async () => {
      const repository = createSigning(program, 1)
      repository.git(['config', 'gitsigil.trustedRoot', sharedPath('corpus/trusted_root.json')])
      const options = { cwd: repository.path, env: await alice(), input: 'x' }
      const { status, stdout, stderr } = await runProgram([program, '--status-fd=2', '-bsau', 'KEY'], options)
      expect(stdout).toBe('')
      expect(stderr).toMatch(/\ngitsigil: error: the new signature does not verify under instance custom: /)
      expect(status).toBe(3)
    })
  })
})

function readRaw(repository: Repository, oid: string): string {
  return repository.tryGit(['cat-file', 'commit', oid]).stdout
}

/** A bare repository that takes signed pushes of allowed people only. */
function createServer(program: string, allow: string): Repository {
  const created = createRepository('--bare')
  const settings = {
    'receive.certNonceSeed': 'seed',
    'gpg.x509.program': program,
    'gitsigil.trustedRoot': join(folder, 'trusted_root.json'),
    'gitsigil.allow': allow,
    // Ignored in a hook: who pushes must not profit from it.
    'gitsigil.trust': 'any',
  }
  for (const [key, value] of Object.entries(settings)) created.git(['config', key, value])
  const hook = join(created.path, 'hooks', 'pre-receive')
  writeFileSync(
    hook,
    `#!/bin/sh\n[ "$GIT_PUSH_CERT_NONCE_STATUS" = OK ] || exit 1\nexec '${program}' verify "$GIT_PUSH_CERT" >&2\n`,
  )
  chmodSync(hook, 0o755)
  return openRepository(created.path)
}
