// Git signs for a person who has to log in first: in a real browser, with a device code, at a terminal, and in all the
// ways in which that comes to nothing.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLoggingIn, createPerson, type Person } from '../support/agent.ts'
import { builds, installed } from '../support/builds.ts'
import { hasChromium, launchChromium } from '../support/chromium.ts'
import { temporaryFolder } from '../support/folder.ts'
import { approveDevice, logInByHttp } from '../support/login.ts'
import type { Repository, Run } from '../support/repository.ts'
import { configure } from '../support/repository-with-sandbox.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const COMMIT = ['git', 'commit', '--quiet', '--allow-empty', '-S', '-m', 'one']
const FINE = { status: 0, signal: null, stdout: '', stderr: '' }
const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null'], { input: '' }).status === 0
if (!hasTerminal) console.warn('skipped: script(1) of util-linux is absent, so no terminal can be shown')

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

interface Ended extends Run {
  readonly signal: string | null
}

/** A program without a terminal, in a group of its own, as a desktop starts it; Ctrl-C reaches the whole group. */
function start(
  [program = '', ...args]: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  input?: string,
) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, detached: true })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  if (input !== undefined) child.stdin.end(input)
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status, signal) => resolve({ status, signal, ...output }))
  })
  return {
    ended,
    output,
    type: (text: string) => child.stdin.write(text),
    interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
  }
}

describe.each(builds)('$name', (build) => {
  const folder = temporaryFolder('login')
  const program = installed(build)
  const people: Person[] = []
  afterAll(async () => {
    await Promise.all(people.map((someone) => someone.stop()))
  })

  /** A person's repository; the page that is opened is only noted, with a lot of chatter. */
  function create(name: string, settings: Readonly<Record<string, string>> = {}) {
    const someone = createPerson(folder, name)
    people.push(someone)
    const repository = createLoggingIn(someone, 'repository', { program, sandbox })
    const [opener, note] = [join(someone.home, 'opener'), join(someone.home, 'opened')]
    writeFileSync(
      opener,
      `#!/bin/sh\necho chatter\necho chatter >&2\nprintf '%s' "$1" > '${note}.tmp'\nmv '${note}.tmp' '${note}'\n`,
    )
    chmodSync(opener, 0o755)
    configure(repository, { 'gitsigil.urlOpener': `${opener} {{.URL}}`, ...settings })
    const opened = async () => {
      await expect.poll(() => existsSync(note), { timeout: 60_000 }).toBe(true)
      return readFileSync(note, 'utf8')
    }
    const log = () => (existsSync(join(someone.home, 'log')) ? readFileSync(join(someone.home, 'log'), 'utf8') : '')
    const commit = (env = {}) => start(COMMIT, repository.path, { ...someone.env, ...env })
    return { someone, repository, opened, log, commit }
  }

  describe.skipIf(!hasChromium)('in a real browser', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await launchChromium()
    })
    afterAll(() => browser.close())

    test('a person logs in on the page, and the commit is signed', async () => {
      const { repository, opened, commit, log } = create('browser')
      const { ended } = commit()
      const page = await browser.newPage()
      const url = await opened()
      await page.goto(url)
      await page.getByLabel('Email address').fill('kim@example.com')
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByText('You are signed in as kim@example.com').waitFor()
      expect(await ended).toEqual(FINE)
      expect(repository.git(['log', '-1', '--format=%G? %GS'])).toBe('G kim@example.com')
      expect(new URL(page.url()).search).toBe('')
      expect(log()).toContain(`\n\n    ${url}\n\n`)
      await page.close()
    })

    test('a person cancels there, and nothing is committed', async () => {
      const { repository, opened, commit, log } = create('browser-cancel')
      const { ended } = commit()
      const page = await browser.newPage()
      await page.goto(await opened())
      await page.getByRole('button', { name: 'Cancel' }).click()
      await page.getByText('Not signed in').waitFor()
      await expectFailed(ended)
      expect(log()).toMatch(told(/the OIDC issuer \S+ refused: the login was cancelled or denied/))
      expectClean(repository)
      await page.close()
    })
  })

  test('a device code from the log file, entered elsewhere, and the commit is signed', async () => {
    const { repository, commit, log } = create('device', { 'gitsigil.tokenProvider': 'device' })
    const { ended } = commit()
    await expect.poll(log, { timeout: 60_000 }).toMatch(/enter the code \S+\n/)
    const [, url = ''] = /\n {4}(http\S+)\n/.exec(log()) ?? []
    const [, code = ''] = /enter the code (\S+)\n/.exec(log()) ?? []
    await approveDevice(`${url}?user_code=${code}`, 'kim@example.com')
    expect(await ended).toEqual(FINE)
    expect(repository.git(['log', '-1', '--format=%G? %GS'])).toBe('G kim@example.com')
  })

  test('where there is a display the desktop opens the page, and what it says reaches no signature', async () => {
    const { someone, repository, opened } = create('display', { 'gitsigil.urlOpener': '' })
    const bin = join(someone.home, 'bin')
    mkdirSync(bin)
    renameSync(join(someone.home, 'opener'), join(bin, 'xdg-open'))
    const env = { ...someone.env, DISPLAY: ':99', PATH: `${bin}:${process.env['PATH']}` }
    const { ended } = start(COMMIT, repository.path, env)
    await fetch(await logInByHttp(await opened(), 'kim@example.com'))
    expect(await ended).toEqual(FINE)
    expect(repository.git(['log', '-1', '--format=%G?'])).toBe('G')
  })

  test('Git with a closed stdin', async () => {
    const { someone, repository, opened } = create('closed-stdin')
    const { ended } = start(['sh', '-c', `exec <&-; ${COMMIT.join(' ')}`], repository.path, someone.env)
    await fetch(await logInByHttp(await opened(), 'kim@example.com'))
    expect(await ended).toEqual(FINE)
  })

  describe('comes to nothing within its bound, with one line and nothing half made,', () => {
    test('where is neither a browser nor a terminal nor a log', async () => {
      const { someone, repository } = create('nowhere', { 'gitsigil.urlOpener': '' })
      const env = { ...someone.env, GITSIGIL_LOG: '' }
      expect(await start([program, '-bsau', 'x'], repository.path, env, 'payload').ended).toEqual({
        status: 3,
        signal: null,
        stdout: '',
        stderr:
          'gitsigil: error: no identity token is at hand, and here is neither a browser nor a terminal\n' +
          'gitsigil: hint: no login is kept (gitsigil.keychain is false): sign at a terminal, or set SIGSTORE_ID_TOKEN or ' +
          'gitsigil.tokenFile\n',
      })
      await expectFailed(start(COMMIT, repository.path, env).ended)
      expectClean(repository)
    })

    test('where nobody comes', async () => {
      const { repository, commit, log } = create('nobody', { 'gitsigil.loginTimeout': '1' })
      await expectFailed(commit().ended)
      expect(log()).toMatch(told(/nobody logged in within 1 s/))
      expectClean(repository)
    })

    test('where the issuer is down', async () => {
      const { repository, commit, log } = create('down', { 'gitsigil.issuer': 'http://127.0.0.1:9' })
      await expectFailed(commit().ended)
      expect(log()).toMatch(told(/the OIDC issuer at 127\.0\.0\.1:9 .*/))
      expectClean(repository)
    })

    test('where somebody else than the committer logs in: Fulcio is not asked', async () => {
      const settings = { 'gitsigil.matchCommitter': 'true', 'gitsigil.fulcio': 'http://127.0.0.1:9' }
      const { repository, opened, commit, log } = create('other', settings)
      const { ended } = commit()
      await fetch(await logInByHttp(await opened(), 'lee@example.com'))
      await expectFailed(ended)
      expect(log()).toMatch(told(/the identity lee@example\.com is not the committer kim@example\.com/))
      expectClean(repository)
    })

    test('where the person presses Ctrl-C', async () => {
      const { repository, opened, commit } = create('interrupt')
      const { ended, interrupt } = commit()
      await opened()
      interrupt()
      expect((await ended).status).not.toBe(0)
      expectClean(repository)
    })
  })

  test('Ctrl-C is exit status 130, with no signature and one line', async () => {
    const { someone, repository, opened } = create('interrupt-alone')
    const { ended, interrupt } = start([program, '-bsau', 'x'], repository.path, someone.env, 'payload')
    await opened()
    interrupt()
    expect(await ended).toMatchObject({
      status: 130,
      stdout: '',
      stderr: expect.stringMatching(/\n\ngitsigil: error: interrupted\n$/),
    })
  })

  describe.skipIf(!hasTerminal)('at a terminal', () => {
    function atTerminal(name: string, answer: string) {
      const made = create(name, { 'gitsigil.confirmIdentity': 'true' })
      const env = { ...made.someone.env, GITSIGIL_CONFIRM_IDENTITY: 'true', GITSIGIL_LOG: '' }
      const commit = () => start(['script', '-qec', COMMIT.join(' '), '/dev/null'], made.repository.path, env)
      const first = commit()
      const answered = (async () => {
        await fetch(await logInByHttp(await made.opened(), 'kim@example.com'))
        await expect.poll(() => first.output.stdout, { timeout: 60_000 }).toContain('[y/N] ')
        first.type(`${answer}\n`)
        return await first.ended
      })()
      return { ...made, answered, commit }
    }

    test('the address is shown, the identity is shown, and a yes signs; once', async () => {
      const { repository, answered, commit } = atTerminal('terminal-yes', 'y')
      const { status, stdout } = await answered
      expect(status).toBe(0)
      expect(stdout).toMatch(/sign in on the page that opens in the browser, or open it:\r\n\r\n {4}http:/)
      expect(stdout).toContain('this name and issuer will be public for ever')
      expect(stdout).toMatch(/ {4}kim@example\.com\r\n {4}http:/)
      expect(repository.git(['log', '-1', '--format=%G?'])).toBe('G')
      expect(await commit().ended).toMatchObject({ status: 0, stdout: expect.not.stringContaining('[y/N]') })
    })

    test('a no signs nothing', async () => {
      const { repository, answered } = atTerminal('terminal-no', 'n')
      expect(await answered).toMatchObject({
        stdout: expect.stringContaining('you did not want this identity published'),
      })
      expectClean(repository)
    })
  })
})

/** Git before 2.40 keeps what its signer said to itself. */
async function expectFailed(ended: Promise<Ended>): Promise<void> {
  expect(await ended).toMatchObject({ status: 128, stdout: '' })
}

/** The last that is said: one line, and one that says what to do. */
function told(why: RegExp): RegExp {
  return new RegExp(`\\ngitsigil: error: ${why.source}\\n(?:gitsigil: hint: .*\\n)?$`)
}

/** As if nobody had tried to commit. */
function expectClean(repository: Repository): void {
  expect(repository.tryGit(['rev-parse', '--verify', '--quiet', 'HEAD']).stdout).toBe('')
  expect(globSync('**/*.lock', { cwd: join(repository.path, '.git') })).toEqual([])
  expect(repository.git(['status', '--porcelain'])).toBe('')
  expect(repository.tryGit(['fsck', '--full']).status).toBe(0)
}
