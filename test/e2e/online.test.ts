// Online mode as people have it: signed with nothing inside, refused offline, found in the log, preserved, and good for ever.
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import type { Repository } from '../support/repository.ts'
import { runProgram } from '../support/repository.ts'
import {
  allow,
  commit,
  configure,
  createOnSandbox,
  shown,
  signAs,
  useSandbox,
} from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const NOTES = 'refs/notes/gitsigil'
const python = fileURLToPath(new URL('../../.venv/bin/sigstore', import.meta.url))

describe.each(builds.filter(({ name }) => name !== 'node22'))('online mode, $name', (build) => {
  const folder = temporaryFolder('online')
  const program = installed(build)
  let sandbox: SandboxProcess
  let repository: Repository
  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, join(folder, 'sandbox'))
    repository = await createOnSandbox(folder, 'history', { program, sandbox })
    allow(repository, sandbox)
    configure(repository, { 'gitsigil.rekorMode': 'online' })
    for (const message of ['one', 'two', 'three']) await commit(repository, message)
    const tag = await repository.run(['tag', '-s', '-m', 'first', 'v1'])
    expect(tag).toEqual({ status: 0, stdout: '', stderr: '' })
    configure(repository, { 'gitsigil.rekorMode': 'offline' })
    await commit(repository, 'four, the other way')
  })
  afterAll(() => sandbox.stop())

  const run = (...args: readonly string[]) => runProgram([program, ...args], { cwd: repository.path })

  test('nothing of the log is in the signature', () => {
    const raw = repository.tryGit(['cat-file', 'commit', 'HEAD^']).stdout
    const der = Buffer.from(/MESSAGE-----\n([^-]+)/.exec(raw)?.[1]?.replace(/\s/g, '') ?? '', 'base64')
    // 1.3.6.1.4.1.57264.3.1
    expect(der.includes(Buffer.from('060a2b0601040183bf300301', 'hex'))).toBe(false)
  })

  test('offline it is refused with the reason; online it is good, at both doors', async () => {
    const offline = await run('verify', 'HEAD^')
    expect(offline).toMatchObject({ status: 1, stdout: '' })
    const told =
      "signed in gitsign's online mode, and its entry is not at hand\n" +
      'gitsigil: hint: gitsigil verify --online looks its log entry up, and gitsigil preserve keeps it in the repository\n'
    expect(offline.stderr.slice(-told.length)).toBe(told)
    expect(repository.tryGit(['verify-commit', 'HEAD^']).stderr).toContain(told)
    expect(shown(repository, '%G?', 'HEAD^')).toBe('E')
    for (const args of [
      ['verify', '--online', 'HEAD^'],
      ['verify-tag', '--online', 'v1'],
    ]) {
      const online = await run(...args)
      expect(online.stdout).toContain('Validated Rekor entry: true\n')
      expect(online.status).toBe(0)
    }
    configure(repository, { 'gitsigil.rekorMode': 'online' })
    expect(shown(repository, '%G? %GS %GT', 'HEAD^')).toBe('G kim@example.com fully')
    expect(repository.tryGit(['verify-tag', 'v1']).status).toBe(0)
    configure(repository, { 'gitsigil.rekorMode': 'offline' })
  })

  test('reconcile finds the entries of both logs in their trees, and of each what was found before', async () => {
    const env = { XDG_STATE_HOME: join(folder, 'state'), XDG_CACHE_HOME: join(folder, 'cache') }
    const held = await createOnSandbox(folder, 'held', { program, sandbox, rekor: '2' })
    await commit(held, 'in tiles')
    await useSandbox(held, { program, sandbox })
    await commit(held, 'by an index')
    const reconcile = (...args: readonly string[]) =>
      runProgram([program, 'reconcile', ...args], { cwd: held.path, env })
    const first = await reconcile()
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(first.stdout).toMatch(/^2 of 2 signatures have their entry in the log \(0 by an earlier run\);/)
    expect(first.stdout.match(/remembered from now on/g)?.length).toBe(2)
    await commit(held, 'and one more')
    const second = await reconcile('--json')
    expect(JSON.parse(second.stdout).summary).toMatchObject({ exit: 0, held: 3, kept: 2 })
  })

  test('a push certificate is refused, with a way out, and nobody is asked who he is', async () => {
    const zero = '0'.repeat(40)
    const payload = `certificate version 0.1\npusher Kim <kim@example.com> 1 +0000\n\n${zero} ${zero} refs/heads/main\n`
    const env = { GITSIGIL_REKOR_MODE: 'online', GITSIGIL_ID_TOKEN: '' }
    const refused = await runProgram([program, '-bsau', 'kim'], { cwd: repository.path, input: payload, env })
    expect(refused.stderr).toContain('a push certificate has no object id to be logged')
    expect(refused.stderr).toContain('hint: git -c gitsigil.rekorMode=offline push --signed')
    expect([refused.status, refused.stdout]).toEqual([2, ''])
  })

  test('an object that the repository does not have is good for nobody', async () => {
    const raw = repository.tryGit(['cat-file', 'commit', 'HEAD^']).stdout
    const elsewhere = await createOnSandbox(folder, 'elsewhere', { program, sandbox })
    const [, header = ''] = /\ngpgsig ([\s\S]*?)\n(?! )/.exec(raw) ?? []
    writeFileSync(join(folder, 'signature'), `${header.replaceAll('\n ', '\n')}\n`)
    const payload = raw.replace(`gpgsig ${header}\n`, '')
    const args = ['--status-fd=1', '--verify', join(folder, 'signature'), '-']
    const verify = (cwd: string) =>
      runProgram([program, ...args], { cwd, input: payload, env: { GITSIGIL_REKOR_MODE: 'online' } })
    expect((await verify(repository.path)).stdout).toContain('GOODSIG')
    const refused = await verify(elsewhere.path)
    expect(refused.stdout).toContain('ERRSIG')
    expect(refused.stderr).toContain('the repository has no object')
    expect(refused.status).toBe(1)
  })

  test('preserved once, it verifies without the log; again changes nothing', async () => {
    const before = await run('preserve', '--check')
    expect(before).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^20 % lasting: 1 with the log entry inside, 0 /),
    })
    const added = await run('preserve')
    expect(added.stdout).toBe(
      '100 % lasting: 1 with the log entry inside, 0 kept in notes, 4 added now, 0 missing, 0 not accepted; ' +
        '0 unsigned, 0 of other formats\n',
    )
    expect(added.status).toBe(0)
    const tip = repository.git(['rev-parse', NOTES])
    expect(await run('preserve')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('4 kept in notes, 0 added'),
    })
    expect(repository.git(['rev-parse', NOTES])).toBe(tip)

    await sandbox.stop()
    expect(await run('preserve', '--check')).toMatchObject({ status: 0, stderr: '' })
    expect(shown(repository, '%G? %GS', 'main', 'main^', 'main^^', 'main~3').split('\n')).toEqual(
      Array.from({ length: 4 }, () => 'G kim@example.com'),
    )
    expect((await run('verify-tag', 'v1')).status).toBe(0)
    expect(await run('verify', '--all', '--jobs=2')).toMatchObject({ status: 0, stderr: '' })
    // Git's own command reads them too.
    expect(JSON.parse(repository.git(['notes', `--ref=${NOTES}`, 'show', 'main^']))).toMatchObject({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    })
    sandbox = await startSandboxProcess(build, join(folder, 'sandbox'))
  })

  test.skipIf(!existsSync(python))('any Sigstore client can check a note, over the id of the object', async () => {
    const oid = repository.git(['rev-parse', 'main^'])
    writeFileSync(join(folder, 'id'), oid)
    writeFileSync(join(folder, 'note.sigstore.json'), repository.git(['notes', `--ref=${NOTES}`, 'show', oid]))
    const config = join(sandbox.directory, 'client_trust_config.json')
    const env = { PATH: process.env['PATH'], HOME: folder, XDG_CACHE_HOME: folder, XDG_DATA_HOME: folder }
    const expected = ['--cert-identity', 'kim@example.com', '--cert-oidc-issuer', sandbox.urls.issuer]
    const bundle = ['--bundle', join(folder, 'note.sigstore.json'), ...expected, join(folder, 'id')]
    const args = ['--trust-config', config, 'verify', 'identity', ...bundle]
    const { stdout, stderr } = await promisify(execFile)(python, args, { env: { ...env, COLUMNS: '1000' } })
    expect(stdout + stderr).toContain('OK: ')
  })

  test('a wrong note is not used, and said to be so', async () => {
    const [one, two] = ['main^', 'main^^'].map((rev) => repository.git(['rev-parse', rev])) as [string, string]
    const right = repository.git(['notes', `--ref=${NOTES}`, 'show', one])
    const wrong = repository.git(['notes', `--ref=${NOTES}`, 'show', two])
    repository.git(['notes', `--ref=${NOTES}`, 'add', '-f', '-m', 'not even JSON', one])
    const broken = await run('verify', one)
    expect(broken.stderr).toContain('warning: a note is not used: refs/notes/gitsigil: line 1: bundle: not JSON')
    expect(broken.status).toBe(1)
    repository.git(['notes', `--ref=${NOTES}`, 'add', '-f', '-m', wrong, one])
    expect((await run('verify', one)).status).toBe(1)
    // Beside a wrong line the right one does.
    repository.git(['notes', `--ref=${NOTES}`, 'add', '-f', '-m', `not JSON\n${wrong}\n${right}`, one])
    expect((await run('verify', one)).status).toBe(0)
  })

  test('the notes of the remote are fetched and used; those of two people are joined', async () => {
    const theirs = `${repository.path}-theirs`
    await commitOnline('five')
    expect((await run('preserve', 'main^..main')).status).toBe(0)
    repository.git(['clone', '--quiet', '--no-local', repository.path, theirs])
    const there = (...command: readonly string[]) => runProgram(command, { cwd: theirs })
    for (const line of repository.git(['config', '--local', '--get-regexp', '^gitsigil\\.']).split('\n'))
      await there('git', 'config', '--add', line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1))
    const oid = repository.git(['rev-parse', 'main'])
    expect((await there(program, 'verify', oid)).status).toBe(1)
    const setup = await there(program, 'setup', '--yes', '--notes', `--program=${program}`)
    expect(setup).toMatchObject({ status: 0, stderr: '' })
    await there('git', 'fetch', '--quiet')
    expect((await there(program, 'verify', oid)).status).toBe(0)
    expect((await there('git', 'branch', '-r')).stdout).toContain('origin/main')

    // Notes of their own, on an object that has none here.
    await commitOnline('six')
    await there('git', 'fetch', '--quiet')
    expect((await there(program, 'preserve', 'origin/main^..origin/main')).stdout).toContain('1 added now')
    const person = ['-c', 'user.name=Lee', '-c', 'user.email=lee@example.com']
    const merge = ['notes', `--ref=${NOTES}`, 'merge', '-q', 'refs/notes/origin/gitsigil']
    expect(await there('git', ...person, ...merge)).toMatchObject({ status: 0, stderr: '' })
    expect((await there(program, 'preserve', '--check', 'origin/main')).status).toBe(0)
    expect((await there('git', 'notes', `--ref=${NOTES}`, 'list')).stdout.split('\n').length).toBeGreaterThan(5)
    expect((await there(program, 'setup', '--undo', '--yes')).status).toBe(0)
    expect((await there('git', 'config', '--get-all', 'remote.origin.fetch')).stdout).toBe(
      '+refs/heads/*:refs/remotes/origin/*\n',
    )
  })

  async function commitOnline(message: string): Promise<void> {
    await signAs(repository, sandbox)
    configure(repository, { 'gitsigil.rekorMode': 'online' })
    await commit(repository, message)
    configure(repository, { 'gitsigil.rekorMode': 'offline' })
  }
})
