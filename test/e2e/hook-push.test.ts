// Real pushes to a bare repository whose hook is this program: what is signed by somebody allowed is taken, and nothing else.
import { copyFileSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import type { Repository } from '../support/repository.ts'
import { allow, commit, configure, type Setup, signAs } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'
import { createPusher, createServer, push, type Server } from '../support/server.ts'

describe.each(builds.filter(({ name }) => name !== 'node22'))('pushing to a server with the hook, $name', (build) => {
  const folder = temporaryFolder('push')
  const program = installed(build)
  let sandbox: SandboxProcess
  let setup: Setup
  let server: Server
  let kim: Repository
  let count = 0

  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
    setup = { program, sandbox }
    server = await createServer(folder, 'server', setup)
    allow(server, sandbox)
    kim = await createPusher(folder, 'kim', setup, server)
    await commit(kim, 'first')
    expect(await push(kim, ['origin', 'main'])).toMatchObject({ status: 0, stderr: '' })
  })
  afterAll(() => sandbox.stop())

  /** A branch of its own, at what the server has. */
  function branch(): string {
    const name = `topic-${++count}`
    kim.git(['fetch', '--quiet', 'origin'])
    kim.git(['checkout', '--quiet', '-B', name, 'origin/main'])
    return name
  }

  async function unsigned(message: string): Promise<string> {
    kim.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', message])
    return kim.git(['rev-parse', 'HEAD'])
  }

  async function expectRefused(args: readonly string[], why: RegExp | string, env = {}): Promise<string> {
    const before = server.refs()
    const { status, remote } = await push(kim, ['origin', ...args], env)
    // A reason goes on over several lines.
    expect(typeof why === 'string' ? remote.replace(/\n {4,}/g, ' ') : remote).toMatch(why)
    expect(status).toBe(1)
    expect(server.refs()).toBe(before)
    return remote
  }

  async function expectTaken(args: readonly string[]): Promise<void> {
    expect(await push(kim, ['origin', ...args])).toMatchObject({ status: 0, stderr: '' })
  }

  // A hundred; each takes several processes to make, so that the slower build makes fewer.
  test('many signed commits pass at once', async () => {
    const name = branch()
    const many = build.name === 'standalone' ? 100 : 10
    for (let made = 0; made < many; made++) await commit(kim, `commit ${made}`)
    await expectTaken([name])
  }, 300_000)

  test('one that is not signed stops the push, is named with the way out, and leaves no object behind', async () => {
    const name = branch()
    await commit(kim, 'good')
    const oid = await unsigned('not \u001b[31mgood')
    await commit(kim, 'good again')
    const remote = await expectRefused([name], /^gitsigil: push refused\n/)
    expect(remote).toContain(`refs/heads/${name}\n  commit ${oid.slice(0, 12)} "not \\u{1b}[31mgood"\n    not signed\n`)
    expect(remote).toContain(
      `hint: sign the commits that are yours, from the oldest on:\n  git rebase -r -f -S ${oid.slice(0, 12)}^\n`,
    )
    expect(server.tryGit(['cat-file', '-e', oid]).status).not.toBe(0)
    kim.git(['rebase', '--quiet', '-r', '-x', 'true', `${oid}^`])
  })

  test('the advice, followed, makes the push pass', async () => {
    const name = branch()
    const oid = await unsigned('mine')
    await commit(kim, 'more')
    await expectRefused([name], 'not signed')
    const ran = await kim.run(['rebase', '--quiet', '-r', '-f', '-S', `${oid}^`])
    expect(ran).toMatchObject({ status: 0 })
    await expectTaken([name])
  })

  test('somebody who is not allowed is named, and how they would be', async () => {
    const name = branch()
    await signAs(kim, sandbox, 'mallory@example.com')
    await commit(kim, 'let me in')
    await signAs(kim, sandbox)
    const remote = await expectRefused([name], 'the identity is not among the allowed')
    expect(remote).toContain(`\n  git config --add gitsigil.allow '${sandbox.urls.issuer} mallory@example.com'\n`)
  })

  test('a tampered commit and a commit with an OpenPGP signature are refused', async () => {
    const name = branch()
    const raw = kim.tryGit(['cat-file', 'commit', await commit(kim, 'pay Kim')]).stdout
    const forged = kim.store('commit', raw.replace('pay Kim', 'pay Lee'))
    await expectRefused([`${forged}:refs/heads/${name}`], /its signature is not accepted \(digest\)/)
    const pgp = kim.store('commit', raw.replaceAll('SIGNED MESSAGE', 'PGP SIGNATURE'))
    await expectRefused([`${pgp}:refs/heads/${name}`], 'signed with OpenPGP')
  })

  test('a server that does not know the log says what it lacks, whatever its environment names', async () => {
    const name = branch()
    await commit(kim, 'by a log of another Sigstore')
    const root = server.git(['config', 'gitsigil.trustedRoot'])
    server.git(['config', '--unset', 'gitsigil.trustedRoot'])
    const remote = await expectRefused([name], /\(time\): the log entry is of a log$/m, { GITSIGIL_TRUSTED_ROOT: root })
    expect(remote).toContain(
      "(a sandbox's: gitsigil sandbox env --format git):\n  git config gitsigil.trustedRoot FILE\n",
    )
    server.git(['config', 'gitsigil.trustedRoot', root])
    await expectTaken([name])
  })

  test('what is behind a bad commit is not hidden by a good branch in the same push', async () => {
    const name = branch()
    const bad = await unsigned('bad')
    const good = await commit(kim, 'good')
    await expectRefused(
      [`${good}:refs/heads/${name}`, `${good}:refs/heads/${name}-2`, 'origin/main:refs/heads/old'],
      bad.slice(0, 12),
    )
  })

  describe('what no signed object shows passes only in a signed push of somebody allowed:', () => {
    async function both(args: readonly string[], what: string): Promise<void> {
      const remote = await expectRefused(args, what)
      expect(remote).toContain('hint: sign the push:\n  git push --signed\n')
      await signAs(kim, sandbox, 'mallory@example.com')
      const signed = await expectRefused(['--signed', ...args], 'mallory@example.com')
      expect(signed).toMatch(/^ {2}push certificate [0-9a-f]{12}$/m)
      await signAs(kim, sandbox)
      await expectTaken(['--signed', ...args])
    }

    test('a push that does not go forward', async () => {
      const name = branch()
      await commit(kim, 'one')
      await expectTaken([name])
      kim.git(['reset', '--quiet', '--hard', 'HEAD^'])
      await commit(kim, 'other')
      await both(['--force', name], 'a push that does not go forward passes only')
    })

    test('a deletion', async () => {
      const name = branch()
      await expectTaken([name])
      await both(['--delete', name], 'a deletion passes only')
    })

    test('a tag that moves', async () => {
      branch()
      await kim.run(['tag', '-s', '-m', 'one', 'moving'])
      await expectTaken(['moving'])
      await commit(kim, 'two')
      await kim.run(['tag', '-f', '-s', '-m', 'two', 'moving'])
      await both(['--force', 'moving'], 'a tag that moves passes only')
    })
  })

  describe('a tag', () => {
    test('that is signed passes with what it names', async () => {
      branch()
      await commit(kim, 'released')
      await kim.run(['tag', '-s', '-m', 'release', 'v1'])
      await expectTaken(['v1'])
    })

    test('that is not signed, or names nothing signed, does not', async () => {
      branch()
      kim.git(['tag', '-a', '--no-sign', '-m', 'x', 'unsigned'])
      await expectRefused(['unsigned'], /tag [0-9a-f]{12} "x"\n {4}not signed\n/)
      const blob = kim.store('blob', 'x')
      await expectRefused([`${blob}:refs/tags/blob`], 'it names a blob, which cannot be signed')
      kim.git(['tag', 'light', await unsigned('light')])
      await expectRefused(['light'], 'not signed')
    })

    test('bare, is as good as the commit, however old that is', async () => {
      const other = await createServer(folder, 'with-old', setup)
      allow(other, sandbox)
      branch()
      const old = await unsigned('from before')
      other.git(['fetch', '--quiet', kim.path, `${old}:refs/heads/main`])
      const refused = await push(kim, [other.url, `${old}:refs/tags/old`])
      expect(refused.remote).toContain('not signed')
      const good = await commit(kim, 'since')
      expect(await push(kim, [other.url, `${good}:refs/heads/main`, `${good}:refs/tags/new`])).toMatchObject({
        status: 0,
      })
    })

    test('under another name than it was signed for does not', async () => {
      branch()
      await kim.run(['tag', '-s', '-m', 'release', 'v2'])
      await expectRefused(['v2:refs/tags/v3'], 'the tag object there is signed as "v2"')
    })

    test('of a tag is as good as both', async () => {
      branch()
      kim.git(['tag', '-a', '--no-sign', '-m', 'inner', 'inner'])
      await kim.run(['-c', 'advice.nestedTag=false', 'tag', '-s', '-m', 'outer', 'outer', 'inner'])
      await expectRefused(['outer'], /tag [0-9a-f]{12} "inner"\n {4}not signed\n/)
    })
  })

  test('a replace ref is never taken', async () => {
    branch()
    const oid = await commit(kim, 'other')
    await expectRefused(
      [`${oid}:refs/replace/${kim.git(['rev-parse', 'origin/main'])}`],
      'a replace ref makes Git show other objects',
    )
  })

  test('notes that hold signatures need none, and bring nothing to a branch', async () => {
    const name = branch()
    const bad = await unsigned('hidden in notes')
    await expectTaken([`${bad}:refs/notes/gitsigil`])
    await expectRefused([name], 'not signed')
  })

  test('commits that a forge fetched into refs of its own are new all the same', async () => {
    const name = branch()
    const bad = await unsigned('from a fork')
    server.git(['fetch', '--quiet', kim.path, `${bad}:refs/pull/1/head`])
    await expectRefused([name], 'not signed')
  })

  test('a repository with alternates is judged by what it has itself', async () => {
    const fork = await createServer(folder, 'fork', setup)
    allow(fork, sandbox)
    const name = branch()
    const bad = await unsigned('in the parent alone')
    server.git(['fetch', '--quiet', kim.path, `${bad}:refs/pull/2/head`])
    writeFileSync(join(fork.path, 'objects', 'info', 'alternates'), `${server.path}/objects\n`)
    expect((await push(kim, [fork.url, name])).remote).toContain('not signed')
    expect(await push(kim, [fork.url, 'origin/main:refs/heads/main'])).toMatchObject({ status: 0 })
  })

  describe('no variable', () => {
    test('says who may push, or whom to trust', async () => {
      const name = branch()
      await signAs(kim, sandbox, 'mallory@example.com')
      await commit(kim, 'let me in')
      await signAs(kim, sandbox)
      const mine = `${sandbox.urls.issuer} mallory@example.com`
      const env = {
        GITSIGIL_ALLOW: mine,
        GITSIGIL_TRUST: 'any',
        GITSIGIL_TRUSTED_ROOT: '/nowhere',
        GITSIGIL_INSTANCE: 'nowhere',
        SIGSTORE_ROOT_FILE: '/nowhere',
        TUF_ROOT: '/nowhere',
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'gitsigil.allow',
        GIT_CONFIG_VALUE_0: mine,
        NODE_OPTIONS: '--require=/nowhere',
        BUN_BE_BUN: '1',
      }
      // As if the server were started with them: Git itself takes some out for a repository that is near.
      const exported = Object.entries(env).map(([key, value]) => `${key}='${value}'`)
      await expectRefused(
        [`--receive-pack=env ${exported.join(' ')} git-receive-pack`, name],
        'the identity is not among the allowed',
      )
    })

    test('makes an old certificate a new one', async () => {
      const name = branch()
      await commit(kim, 'one')
      await expectTaken([name])
      const old = kim.git(['rev-parse', 'origin/main'])
      const note = join(folder, `certificate-${build.name}`)
      const hook = join(server.path, 'hooks', 'pre-receive.before-gitsigil')
      writeFileSync(hook, `#!/bin/sh\necho "$GIT_PUSH_CERT $GIT_PUSH_CERT_NONCE" >'${note}'\n`, { mode: 0o755 })
      await expectTaken(['--signed', '--delete', name])
      rmSync(hook)
      const [oid, nonce] = readFileSync(note, 'utf8').trim().split(' ')
      // Again where it was, so that the very same update is asked for.
      await expectTaken([name])
      expect(old).not.toBe('')
      const say = `env GIT_PUSH_CERT=${oid} GIT_PUSH_CERT_NONCE=${nonce} GIT_PUSH_CERT_NONCE_STATUS=BAD git-receive-pack`
      await expectRefused([`--receive-pack=${say}`, '--delete', name], 'the push certificate does not hold')
      const other = `env GIT_PUSH_CERT=${oid} GIT_PUSH_CERT_NONCE=1-00 GIT_PUSH_CERT_NONCE_STATUS=OK git-receive-pack`
      await expectRefused([`--receive-pack=${other}`, '--delete', name], 'the push certificate does not hold')
      await expectRefused(
        [`--receive-pack=${say.replace('=BAD', '=OK')}`, '--delete', 'main'],
        'does not list this update of',
      )
    })
  })

  describe('nothing is taken where nothing can be checked:', () => {
    async function other(name: string, settings: Readonly<Record<string, string>> = {}): Promise<Server> {
      const made = await createServer(folder, `${name}-server`, setup)
      configure(made, settings)
      return made
    }

    test('nobody said who may push', async () => {
      const { status, remote } = await push(kim, [(await other('nobody')).url, 'origin/main:refs/heads/main'])
      expect(remote).toContain('gitsigil: error: nobody said who may push here, so nothing is taken\ngitsigil: hint: ')
      expect(status).toBe(1)
    })

    test('the trusted root is too old, or gone', async () => {
      const old = await other('old')
      allow(old, sandbox)
      const root = join(folder, 'old-root.json')
      copyFileSync(old.git(['config', 'gitsigil.trustedRoot']), root)
      configure(old, { 'gitsigil.trustedRoot': root })
      const month = Date.now() / 1000 - 31 * 86_400
      utimesSync(root, month, month)
      const refused = await push(kim, [old.url, 'origin/main:refs/heads/main'])
      expect(refused.remote).toContain('gitsigil: error: the trusted root of instance custom is 31 days old\n')
      configure(old, { 'gitsigil.trustMaxAge': '40' })
      expect((await push(kim, [old.url, 'origin/main:refs/heads/main'])).status).toBe(0)
      rmSync(root)
      const gone = await push(kim, [old.url, 'origin/main:refs/heads/two'])
      expect(gone.remote).toContain('gitsigil: error: cannot read ')
      expect(gone.status).toBe(1)
    })

    test('the program is gone', async () => {
      const path = join(folder, 'gone')
      symlinkSync(program, path)
      const made = await createServer(folder, 'gone-server', { ...setup, program: path })
      allow(made, sandbox)
      rmSync(path)
      const { status, remote } = await push(kim, [made.url, 'origin/main:refs/heads/main'])
      expect(remote).toContain(`gitsigil: error: ${path} is gone, so nothing can be checked\n`)
      expect(status).toBe(1)
    })
  })

  test('in a repository of SHA-256 it is the same', async () => {
    const long = { ...setup, init: ['--object-format=sha256'] }
    const other = await createServer(folder, 'long', long)
    allow(other, sandbox)
    const lee = await createPusher(folder, 'long-kim', long, other)
    await commit(lee, 'one')
    expect(await push(lee, ['origin', 'main', 'main:refs/heads/two'])).toMatchObject({ status: 0, stderr: '' })
    expect((await push(lee, ['origin', '--delete', 'two'])).remote).toContain('a deletion passes only')
    expect(await push(lee, ['--signed', 'origin', '--delete', 'two'])).toMatchObject({ status: 0 })
    lee.git(['commit', '--quiet', '--allow-empty', '--no-gpg-sign', '-m', 'two'])
    expect((await push(lee, ['origin', 'main'])).remote).toContain('not signed')
  })

  test('in a namespace its own refs count, under the names by which they are pushed', async () => {
    const shared = await createServer(folder, 'shared', setup)
    allow(shared, sandbox)
    const into = (name: string) => `--receive-pack=env GIT_NAMESPACE=${name} git-receive-pack`
    const to = (name: string, ...args: readonly string[]) => push(kim, [into(name), ...args])
    const topic = branch()
    const one = await commit(kim, 'one')
    expect(await to('team/web', shared.url, `${topic}:main`)).toMatchObject({ status: 0, stderr: '' })
    const two = await commit(kim, 'two')
    expect(await to('team/web', shared.url, `${topic}:main`)).toMatchObject({ status: 0, stderr: '' })
    expect(shared.refs()).toBe(`${two} refs/namespaces/team/refs/namespaces/web/refs/heads/main`)
    expect((await to('team/web', '--force', shared.url, `${one}:refs/heads/main`)).remote).toContain('not go forward')
    const bad = await unsigned('from another namespace')
    shared.git(['fetch', '--quiet', kim.path, `${bad}:refs/namespaces/other/refs/heads/main`])
    expect((await to('team/web', shared.url, `${topic}:main`)).remote).toContain('not signed')
    expect(await to('other', shared.url, `${bad}:refs/heads/topic`)).toMatchObject({ status: 0 })
  })

  test('update judges each ref by itself: the good one is taken, and objects of the other stay', async () => {
    const each = await createServer(folder, 'each', setup, ['update'])
    allow(each, sandbox)
    branch()
    const good = await commit(kim, 'good')
    const bad = await unsigned('bad')
    const { status, remote } = await push(kim, [each.url, `${bad}:refs/heads/bad`, `${good}:refs/heads/good`])
    expect(remote).toMatch(/^gitsigil: update refused\nrefs\/heads\/bad\n/)
    expect(status).toBe(1)
    expect(each.refs()).toBe(`${good} refs/heads/good`)
    expect(each.tryGit(['cat-file', '-e', bad]).status).toBe(0)
  })

  test('the hook that was there before runs after, with the same input, and its refusal counts', async () => {
    const chained = await createServer(folder, 'chained', setup)
    allow(chained, sandbox)
    const log = join(folder, 'chained-log')
    const theirs = join(chained.path, 'hooks', 'pre-receive.before-gitsigil')
    writeFileSync(theirs, `#!/bin/sh\ncat >'${log}'\necho mine says no\nexit 1\n`, { mode: 0o755 })
    const { status, remote } = await push(kim, [chained.url, 'origin/main:refs/heads/main'])
    expect([status, remote]).toEqual([1, 'mine says no\n'])
    expect(readFileSync(log, 'utf8')).toMatch(/^0{40} [0-9a-f]{40} refs\/heads\/main\n$/)
  })
})
