import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { signEmbedded } from '../support/embedded.ts'
import { temporaryFolder } from '../support/folder.ts'
import { serve } from '../support/loopback.ts'
import { readMail, serveMail } from '../support/mail-server.ts'
import { commitPayload, logIn } from '../support/online.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { makeWitness } from '../support/witness.ts'
import { testWorld } from '../support/world.ts'

let sandbox: TestSandbox
let repository: Repository
beforeAll(async () => {
  sandbox = await startTestSandbox()
  repository = createRepository()
  const path = join(repository.path, '.git', 'trusted_root.json')
  writeFileSync(path, sandbox.trustedRoot)
  repository.git(['config', 'gitsigil.trustedRoot', path])
  repository.git(['config', 'gitsigil.rekor', sandbox.urls.rekor1])
  const kim = await logIn(sandbox)
  const { type, bytes } = await signEmbedded(sandbox, kim, commitPayload('mine'))
  repository.git(['update-ref', 'refs/heads/main', repository.store(type, bytes)])
  for (const name of ['one', 'two']) await signEmbedded(sandbox, await logIn(sandbox), commitPayload(`forged ${name}`))
})
afterAll(() => sandbox.close())

interface Asked {
  readonly state?: string
  readonly env?: Readonly<Record<string, string>>
}

async function monitor(args: readonly string[], { state = temporaryFolder('monitor'), env = {} }: Asked = {}) {
  const world = testWorld({
    args: [
      'monitor',
      ...(args.some((one) => one.startsWith('--from')) ? [] : ['--from=0']),
      `--url=${sandbox.urls.rekor1}`,
      `--state=${state}`,
      ...args,
    ],
    cwd: repository.path,
    env: { ...process.env, ...env },
  })
  const exit = await runCommand(world)
  return { exit, stdout: world.output(1), stderr: world.output(2) }
}

const KIM = '--email=kim@example.com'

test('people read lines: an honest entry has one, an alert says what to look at', async () => {
  const { exit, stdout } = await monitor([KIM])
  expect(exit).toBe(1)
  const [covered, first] = stdout.split('\n')
  expect(covered).toMatch(/^entry 0 of http\S+ by kim@example\.com \(http\S+\): commit [0-9a-f]{40} in \S+$/)
  expect(first).toMatch(/^ALERT: entry 1 of .*: uncovered: signed as you, not in any repository you named$/)
  expect(stdout.match(/^ALERT/gm)).toHaveLength(2)
})

describe('a webhook', () => {
  test('gets each alert once, with its id as the key, signed', async () => {
    const server = await serve((_, response) => response.writeHead(200).end())
    const state = temporaryFolder('monitor')
    const env = { GITSIGIL_WEBHOOK_SECRET: 'a secret' }
    await monitor([KIM, `--webhook=${server.url}/hook`], { state, env })
    expect(server.asked.map(({ path, method }) => [method, path])).toEqual([
      ['POST', '/hook'],
      ['POST', '/hook'],
    ])
    for (const { headers, body } of server.asked) {
      const sighting = JSON.parse(body.toString())
      expect(sighting).toMatchObject({ version: 1, kind: 'uncovered', text: expect.stringMatching(/^ALERT: entry/) })
      expect(headers['idempotency-key']).toBe(sighting.id)
      const signed = createHmac('sha256', 'a secret').update(body).digest('hex')
      expect(headers['x-gitsigil-signature-256']).toBe(`sha256=${signed}`)
    }
    await monitor([KIM, `--webhook=${server.url}/hook`], { state, env })
    expect(server.asked).toHaveLength(2)
  })

  test('that fails gets the alerts in the next run, and nobody else gets them again', async () => {
    let isDown = true
    const server = await serve((_, response) => response.writeHead(isDown ? 400 : 204).end())
    const state = temporaryFolder('monitor')
    const env = { GITSIGIL_WEBHOOK: server.url }
    const first = await monitor([KIM], { state, env })
    expect([first.exit, first.stderr]).toEqual([1, expect.stringContaining('error: the webhook at')])
    expect(await monitor([KIM], { state, env })).toMatchObject({ exit: 3, stdout: '' })
    isDown = false
    expect(await monitor([KIM], { state, env })).toMatchObject({ exit: 0, stdout: '' })
    expect(server.asked.slice(-2).map(({ body }) => JSON.parse(body.toString()).index)).toEqual([1, 2])
  })

  test('that refuses one alert gets the others, and each status says so until it takes that one', async () => {
    let isMended = false
    const server = await serve(({ body }, response) => {
      const isRefused = !isMended && JSON.parse(body.toString()).index === 1
      response.writeHead(isRefused ? 413 : 204).end(isRefused ? 'too\u001b[2J large' : undefined)
    })
    const state = temporaryFolder('monitor')
    const flags = [KIM, `--webhook=${server.url}`]
    expect(await monitor(flags, { state })).toMatchObject({ exit: 1, stderr: expect.stringContaining(' 413') })
    expect(server.asked).toHaveLength(2)
    const second = await monitor(flags, { state })
    expect([second.exit, second.stdout]).toEqual([3, ''])
    expect(second.stderr).toMatch(
      /^gitsigil: error: the webhook at \S+ answered 413: too \[2J large; it is told again in the next round: ALERT: entry 1 of \S+ by kim@example.com \(\S+\): uncovered: [^\n]*\ngitsigil: \S+ 0 entries looked at, up to 3\n$/,
    )
    isMended = true
    expect(await monitor(flags, { state })).toMatchObject({ exit: 0, stdout: '' })
    expect(await monitor(flags, { state })).toMatchObject({ exit: 0 })
    expect(server.asked.map(({ body }) => JSON.parse(body.toString()).index)).toEqual([1, 2, 1, 1])
  })

  test('beyond this machine is https, or nothing', async () => {
    const { exit, stderr } = await monitor([KIM, '--webhook=http://hooks.example/secret'])
    expect([exit, stderr.includes('secret')]).toEqual([2, false])
  })
})

test('a mail tells all alerts of a round, and the next round without any sends none', async () => {
  const server = await serveMail({ authOptional: false })
  const state = temporaryFolder('monitor')
  const flags = [
    KIM,
    `--smtp=smtp://kim@127.0.0.1:${server.port}`,
    '--mail-to=kim@example.com',
    '--mail-from=bot@example.com',
  ]
  const env = { GITSIGIL_SMTP_PASSWORD: 'right' }
  expect((await monitor(flags, { state, env })).exit).toBe(1)
  expect((await monitor(flags, { state, env })).exit).toBe(0)
  expect(server.mails).toMatchObject([{ from: 'bot@example.com', to: ['kim@example.com'], user: 'kim' }])
  const { header, body } = readMail(server.mails[0]?.text ?? '')
  expect(header).toContain('Subject: gitsigil monitor: 2 log entries to look at')
  expect(body.match(/^ALERT/gm)).toHaveLength(2)
})

describe('the text of an issue', () => {
  test('is a file that is there where there are alerts', async () => {
    const [path, state] = [join(temporaryFolder('issue'), 'issue.md'), temporaryFolder('monitor')]
    expect((await monitor([KIM, `--github-issue=${path}`], { state })).exit).toBe(1)
    expect(readFileSync(path, 'utf8')).toMatch(/^# gitsigil monitor: 2 log entries to look at\n/)
    const other = join(temporaryFolder('issue'), 'issue.md')
    expect((await monitor([KIM, `--github-issue=${other}`], { state })).exit).toBe(0)
    expect(existsSync(other)).toBe(false)
  })

  test('is never what is no regular file, and that is said before anything is read', async () => {
    const path = join(temporaryFolder('issue'), 'fifo')
    execFileSync('mkfifo', [path])
    const { exit, stdout, stderr } = await monitor([KIM, `--github-issue=${path}`])
    expect([exit, stdout]).toEqual([3, ''])
    expect(stderr).toBe(`gitsigil: error: cannot write ${path}: it is no regular file\n`)
    expect(lstatSync(path).isFIFO()).toBe(true)
  })

  test('is written where a link leads', async () => {
    const folder = temporaryFolder('issue')
    writeFileSync(join(folder, 'issue.md'), 'old')
    symlinkSync('issue.md', join(folder, 'link'))
    expect((await monitor([KIM, `--github-issue=${join(folder, 'link')}`])).exit).toBe(1)
    expect(readFileSync(join(folder, 'issue.md'), 'utf8')).toMatch(/^# gitsigil monitor/)
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true)
  })

  test('or standard output', async () => {
    const { stdout } = await monitor([KIM, '--github-issue=-'])
    expect(stdout).toMatch(/^# gitsigil monitor/)
    expect(stdout).not.toContain('ALERT')
  })
})

describe('who is watched', () => {
  const policy = (more = '') => {
    const path = join(temporaryFolder('policy'), 'policy.yaml')
    writeFileSync(
      path,
      `version: 1
identities:
  kim: { issuer: ${sandbox.urls.issuer}, subjectRegExp: 'k.*@example\\.com', until: 2020-01-01 }
rules: [{ name: all, authorities: [kim] }]
policy: { authorities: [kim] }
${more}`,
    )
    return `--policy=${path}`
  }

  test('are those of the policy, by their patterns and whenever they sign', async () => {
    const { exit, stdout } = await monitor([policy()])
    expect([exit, stdout.match(/^ALERT/gm)?.length, stdout.includes('watched as   kim\n')]).toEqual([1, 2, true])
  })

  test('may be asked for by issuer and pattern', async () => {
    expect((await monitor([`--issuer=${sandbox.urls.issuer}`, '--subject-regexp=kim@.*'])).exit).toBe(1)
    expect((await monitor(['--issuer=https://elsewhere.example', KIM])).exit).toBe(0)
    expect((await monitor([`--identity=${sandbox.urls.issuer} kim@example.com`])).exit).toBe(1)
  })

  test.each([
    ['--email='],
    ['--email=kim'],
    ['--email= kim@example.com'],
    ['--subject='],
    ['--subject-regexp='],
    ['--issuer=\u001b[2J'],
    ['--identity=https://a.example  kim@example.com'],
  ])('and are somebody: %j is refused', async (flag) => {
    const { exit, stdout, stderr } = await monitor([KIM, flag])
    expect([exit, stdout, stderr]).toEqual([2, '', expect.stringContaining('nobody has such a name: "')])
  })

  test('others than before are refused, and looked for from here on where that is meant', async () => {
    const state = temporaryFolder('monitor')
    await monitor(['--email=nobody@example.com'], { state })
    const refused = await monitor([KIM], { state })
    expect([refused.exit, refused.stdout]).toEqual([2, ''])
    expect(refused.stderr).toMatch(/was looked at for others[\s\S]*--rewatch goes on from entry 3/)
    const { exit, stderr } = await monitor([KIM, '--rewatch'], { state })
    expect([exit, stderr]).toEqual([0, expect.stringContaining('others are watched than before')])
    expect(await monitor([KIM], { state })).toMatchObject({ exit: 0, stderr: expect.not.stringContaining('others') })
  })

  test('--from on a later run is said to be of no use, unless it is the place that the first was given', async () => {
    const state = temporaryFolder('monitor')
    await monitor(['--from=2', KIM], { state })
    for (const place of [0, 1, 3]) {
      const { stderr } = await monitor([KIM, `--from=${place}`], { state })
      expect(stderr).toMatch(/: --from is for a first run, and this one goes on from entry 3: another --state begins/)
    }
    expect((await monitor([KIM, '--from=2'], { state })).stderr).not.toContain('--from')
  })

  test('a policy that asks for witnesses has a checkpoint without them be an alert', async () => {
    const witnesses = `witnesses: { keys: ['${makeWitness('w.example').vkey}'], quorum: 1 }`
    const { exit, stdout } = await monitor([policy(witnesses)])
    expect([exit, stdout]).toEqual([
      1,
      expect.stringMatching(/^ALERT: \S+ \(unwitnessed\): cosigned by 0 of the 1 witnesses/),
    ])
  })
})

test('a log that does not answer is a status of 3, and the next run goes on', async () => {
  const state = temporaryFolder('monitor')
  sandbox.setFaults([{ service: 'rekor1', kind: '503' }])
  expect(await monitor([KIM], { state })).toMatchObject({ exit: 3, stdout: '', stderr: expect.stringContaining('503') })
  sandbox.setFaults([])
  expect((await monitor([KIM], { state })).exit).toBe(1)
}, 60_000)

test.each([
  [[], 'nobody to watch'],
  [[KIM, '--identity=kim'], 'ISSUER SUBJECT'],
  [[KIM, '--subject-regexp=(?=a)'], 'not an RE2'],
  [[KIM, '--alert=everything'], '--alert is attestation or doubtful'],
  [[KIM, '--max-age=soon'], 'not a time'],
  [[KIM, '--interval=5m'], '--interval is for --watch'],
  [[KIM, '--format=xml'], '--format is text or jsonl'],
  [[KIM, '--smtp=smtp://bob%@mail.example', '--mail-to=a@b.example'], '%25'],
  [[KIM, '--smtp=smtp://mail.example'], '--smtp and --mail-to go together'],
  [[KIM, '--mail-to=a@b.example\r\nBcc: c@d.example', '--smtp=smtp://mail.example'], 'not an address'],
])('%j is a usage fault', async (args, why) => {
  const { exit, stderr } = await monitor(args)
  expect([exit, stderr]).toEqual([2, expect.stringContaining(why)])
})

test('a trusted root without the CA of today is said to be out of date, with status 3', async () => {
  const old = JSON.parse(Buffer.from(sandbox.trustedRoot).toString())
  for (const authority of old.certificateAuthorities)
    authority.validFor = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' }
  const path = join(temporaryFolder('trust'), 'trusted_root.json')
  writeFileSync(path, JSON.stringify(old))
  const { exit, stdout, stderr } = await monitor([KIM, `--trusted-root=${path}`])
  expect([exit, stdout]).toEqual([3, expect.stringMatching(/^note: entry 0 .*: doubtful: no CA/)])
  expect(stderr).toContain('it may be out of date')
})

test('--from beyond the log is a usage fault', async () => {
  const world = testWorld({
    args: ['monitor', KIM, '--from=1000', `--state=${temporaryFolder('monitor')}`],
    cwd: repository.path,
  })
  expect(await runCommand(world)).toBe(2)
})

test('alerts of one log are not hidden behind a --from beyond another, because they are told once', async () => {
  const world = testWorld({
    args: ['monitor', KIM, '--from=1', `--state=${temporaryFolder('monitor')}`],
    cwd: repository.path,
  })
  expect(await runCommand(world)).toBe(1)
  expect(world.output(1).match(/^ALERT/gm)).toHaveLength(2)
  expect(world.output(2)).toContain(`--from: ${sandbox.urls.rekor2}`)
})

test('a folder that is not there is a fault that names it', async () => {
  const { exit, stderr } = await monitor([KIM, '/nowhere/at/all'])
  expect([exit, stderr]).toEqual([3, 'gitsigil: error: no such folder: /nowhere/at/all\n'])
  const file = await monitor([KIM, '/dev/null'])
  expect(file.stderr).toBe('gitsigil: error: no such folder: /dev/null: it is a file\n')
})

test('so is a file where what is remembered should be', async () => {
  const state = join(temporaryFolder('monitor'), 'file')
  writeFileSync(state, 'mine')
  const { exit, stderr } = await monitor([KIM], { state })
  expect([exit, stderr]).toEqual([3, `gitsigil: error: no such folder: ${state}: it is a file\n`])
  expect(readFileSync(state, 'utf8')).toBe('mine')
})

test('a webhook that refuses is not taken for the sandbox', async () => {
  const { stderr } = await monitor([KIM, '--webhook=http://127.0.0.1:9/'])
  expect(stderr).toContain('error: the webhook at 127.0.0.1:9 ')
  expect(stderr).not.toContain('sandbox start')
})

test('a folder that is no repository is a fault', async () => {
  const { exit, stderr } = await monitor([KIM, temporaryFolder('empty')])
  expect([exit, stderr]).toEqual([
    3,
    expect.stringMatching(/: no Git repository in .*\n.*hint: name the folder of a repository, or of a clone of it\n$/),
  ])
})

test('of several repositories the one that Git cannot read is named', async () => {
  const damaged = createRepository().path
  writeFileSync(join(damaged, '.git', 'config'), '[core\n')
  const { exit, stderr } = await monitor([KIM, repository.path, damaged])
  expect([exit, stderr]).toEqual([
    3,
    expect.stringContaining(`gitsigil: error: ${damaged}: bad config line 1 in file .git/config\n`),
  ])
})

test('status says how far the logs were looked at for the repository here', async () => {
  const run = async (...args: readonly string[]) => {
    const world = testWorld({ args, cwd: repository.path })
    expect(await runCommand(world)).toBeLessThan(2)
    return world.output(1)
  }
  expect(await run('status')).not.toContain('monitor')
  await run('monitor', KIM, '--from=0', `--url=${sandbox.urls.rekor1}`)
  expect(await run('status')).toMatch(/^monitor {3}localhost - \d+ up to entry 2, last looked at 20\S+Z$/m)
  expect(JSON.parse(await run('status', '--json')).monitor).toMatchObject([{ next: 3, waiting: 0 }])
  // Who else is watched in this repository has a place of its own, and loses nothing to the first.
  await run('monitor', '--email=lee@example.com', `--url=${sandbox.urls.rekor1}`, '--from=0')
  expect(JSON.parse(await run('status', '--json')).monitor).toMatchObject([{ next: 3 }, { next: 3 }])
})
