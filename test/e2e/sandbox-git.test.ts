// The main job as people have it: a sandbox in a process of its own, and Git with one of the builds beside it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { allow, commit, createOnSandbox, shown, signAs } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

describe.each(builds)('git and a sandbox, $name', (build) => {
  const folder = temporaryFolder('e2e')
  const program = installed(build)
  let sandbox: SandboxProcess
  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
  })
  afterAll(() => sandbox.stop())

  test.each(['1', '2'] as const)('a commit and a tag are signed with Rekor v%s and verified', async (rekor) => {
    const repository = await createOnSandbox(folder, `job-${rekor}`, { program, sandbox, rekor })
    await commit(repository, 'one')
    const tag = await repository.run(['tag', '-s', '-m', 'first', 'v1'])
    expect(tag).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(shown(repository, '%G? %GS %GT', 'HEAD')).toBe('U kim@example.com undefined')
    allow(repository, sandbox)
    expect(shown(repository, '%G? %GS %GK %GF %GP %GT', 'HEAD')).toMatch(
      /^G kim@example\.com [0-9a-f]{40} [0-9A-F]{64} [0-9A-F]{64} fully$/,
    )
    for (const args of [
      ['verify-commit', 'HEAD'],
      ['verify-tag', 'v1'],
      ['log', '--show-signature'],
    ]) {
      const { status, stdout, stderr } = await repository.run(args)
      expect(stdout + stderr).toContain(
        `gitsigil: Good signature from [kim@example.com](${sandbox.urls.issuer})\n` +
          'Validated Git signature: true\nValidated Rekor entry: true\nValidated Certificate claims: true\n',
      )
      expect(status).toBe(0)
    }
  })

  test('a tampered commit is B, somebody else U and not merged, an allowed identity G and merged', async () => {
    const repository = await createOnSandbox(folder, 'trust', { program, sandbox })
    allow(repository, sandbox)
    const good = await commit(repository, 'pay Kim')
    const raw = repository.tryGit(['cat-file', 'commit', good]).stdout
    const forged = repository.store('commit', raw.replace('pay Kim', 'pay Lee'))
    repository.git(['checkout', '--quiet', '-b', 'theirs'])
    await signAs(repository, sandbox, 'mallory@example.com')
    await commit(repository, 'let me in')
    repository.git(['checkout', '--quiet', 'main'])

    expect(shown(repository, '%G? %GS %GT', good)).toBe('G kim@example.com fully')
    expect(shown(repository, '%G? %GS %GT', forged)).toBe('B unverified never')
    expect(shown(repository, '%G? %GS %GT', 'theirs')).toBe('U mallory@example.com undefined')
    expect(repository.tryGit(['verify-commit', forged]).status).toBe(1)
    const merge = ['merge', '--quiet', '--verify-signatures', 'theirs']
    expect(repository.tryGit(merge)).toMatchObject({ status: 128, stderr: expect.stringContaining('untrusted') })
    allow(repository, sandbox, 'mallory@example.com')
    expect(repository.tryGit(merge)).toMatchObject({ status: 0, stderr: '' })
    expect(repository.git(['rev-parse', 'main'])).toBe(repository.git(['rev-parse', 'theirs']))
  })

  test('a merge carries the signed tag it merged, and both signatures are good', async () => {
    const repository = await createOnSandbox(folder, 'mergetag', { program, sandbox })
    allow(repository, sandbox)
    await commit(repository, 'one')
    repository.git(['checkout', '--quiet', '-b', 'topic'])
    await commit(repository, 'two')
    await repository.run(['tag', '-s', '-m', 'topic', 'topic-1'])
    repository.git(['checkout', '--quiet', 'main'])
    const merge = ['merge', '--quiet', '--no-ff', '-m', 'merge', '-S', 'topic-1']
    expect(await repository.run(merge)).toMatchObject({ status: 0, stderr: '' })
    expect(repository.git(['cat-file', 'commit', 'HEAD'])).toContain('\nmergetag object ')
    expect(shown(repository, '%G?', 'HEAD')).toBe('G')
    const { stdout } = await repository.run(['log', '-1', '--show-signature'])
    expect(stdout.match(/Good signature from \[kim@example\.com\]/g)).toHaveLength(2)
    const { status, stderr } = repository.tryGit(['-c', `alias.ask=!'${program}' verify HEAD`, 'ask'])
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^gitsigil: merged tag [0-9a-f]{40}: .*kim@example\.com/m),
    ])
  })

  test('a signed push is taken from an allowed identity with a fresh nonce, and from nobody else', async () => {
    const repository = await createOnSandbox(folder, 'pusher', { program, sandbox })
    const server = await createOnSandbox(folder, 'server', { program, sandbox, init: ['--bare'] })
    allow(server, sandbox)
    server.git(['config', 'receive.certNonceSeed', 'seed'])
    writeHook(
      server.path,
      `test -n "$GIT_PUSH_CERT" || { echo 'pushes are signed here' >&2; exit 1; }
      test "$GIT_PUSH_CERT_NONCE_STATUS" = OK || { echo "nonce: $GIT_PUSH_CERT_NONCE_STATUS" >&2; exit 1; }
      exec '${program}' verify "$GIT_PUSH_CERT"`,
    )
    await commit(repository, 'one')
    const push = (...flags: readonly string[]) => repository.run(['push', '--quiet', ...flags, server.path, 'main'])

    expect((await push()).stderr).toContain('pushes are signed here')
    await signAs(repository, sandbox, 'mallory@example.com')
    const refused = await push('--signed')
    expect(refused.stderr).toContain('gitsigil: not trusted: the identity is not among the allowed ones')
    expect(refused.status).toBe(1)
    expect(server.git(['for-each-ref'])).toBe('')

    await signAs(repository, sandbox)
    const taken = await push('--signed')
    expect(taken.stderr).toContain(`Good signature from [kim@example.com](${sandbox.urls.issuer})`)
    expect(taken.status).toBe(0)
    expect(server.git(['rev-parse', 'main'])).toBe(repository.git(['rev-parse', 'main']))
  })
})

function writeHook(path: string, script: string): void {
  writeFileSync(join(path, 'hooks', 'pre-receive'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}
