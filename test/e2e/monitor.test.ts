// The monitor as a process: killed at any moment it neither misses nor repeats an alert, Ctrl-C ends it cleanly, and a log
// that is down is waited for.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomFor } from '../../scripts/fuzzing/random.ts'
import { makeScenario, type Scenario, WATCHED } from '../../scripts/monitor-maker/scenario.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { type Build, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { readMail, serveMail } from '../support/mail-server.ts'
import { makeSelfSigned } from '../support/self-signed.ts'

const SEED = 20_261_122
const ENTRIES = 4_000
let scenario: Scenario
let sandbox: Sandbox
beforeAll(async () => {
  scenario = await makeScenario(temporaryFolder('monitored'), { entries: ENTRIES, commits: 60, forged: 200 })
  sandbox = await startSandbox({ directory: scenario.sandbox })
})
afterAll(() => sandbox.close())

interface Running {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  readonly ended: Promise<number | null>
}

function start(build: Build, state: string, ...more: readonly string[]): Running {
  return startWith(build, {}, state, ...more)
}

function startWith(
  { command: [program = '', ...first] }: Build,
  env: Readonly<Record<string, string>>,
  state: string,
  ...more: readonly string[]
): Running {
  const flags = [
    '--from=0',
    `--url=${sandbox.urls.rekor2}`,
    `--email=${WATCHED}`,
    '--format=jsonl',
    `--state=${state}`,
    ...more,
  ]
  const options = { cwd: scenario.repository, env: { ...process.env, ...env } }
  const child = spawn(program, [...first, 'monitor', ...flags], options)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  const ended = once(child, 'close').then(([status]) => status as number | null)
  return { child, output, ended }
}

// A log in which nothing was seen may have an empty one.
const journalIn = (state: string) => {
  const names = readdirSync(state).filter((one) => one.endsWith('.journal.jsonl'))
  return names.flatMap((name) => linesOf(readFileSync(join(state, name), 'utf8')))
}
const linesOf = (text: string) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
const indexes = (lines: readonly { readonly index: number }[]) => lines.map(({ index }) => index)
const alertsIn = (lines: readonly { readonly index: number; readonly alert: boolean }[]) =>
  indexes(lines.filter(({ alert }) => alert))

/** Answers every post; what was posted, by its key. */
async function listen(): Promise<{ server: Server; url: string; keys: string[] }> {
  const keys: string[] = []
  const server = createServer((request, response) => {
    keys.push(String(request.headers['idempotency-key']))
    request.resume().on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, keys }
}

describe.each(kinds)('$name', (build) => {
  test('every honest entry is named by its commit, and the forged ones are the alerts', async () => {
    const { output, ended } = start(build, temporaryFolder('state'))
    expect(await ended).toBe(1)
    const seen = linesOf(output.stdout)
    const named = seen.filter(({ kind }) => kind === 'covered').map(({ index, objects }) => [index, objects[0].oid])
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(scenario.honest))
    expect(alertsIn(seen)).toEqual(scenario.forged)
  })

  test(`killed at seeded random moments (${SEED}), it neither misses nor repeats an alert`, async () => {
    sandbox.setFaults([{ service: 'rekor2', kind: 'latency', count: 30 }])
    const { server, url, keys } = await listen()
    const flags = ['--in-flight=1', `--webhook=${url}`]
    const began = performance.now()
    expect(await start(build, temporaryFolder('state'), ...flags).ended).toBe(1)
    const whole = performance.now() - began
    const random = randomFor(SEED, 0)
    for (let kills = 0, states = 0; kills < 4 && states < 6; states++) {
      const [state, told] = [temporaryFolder('state'), [] as number[]]
      keys.splice(0)
      for (let status: number | null = null, round = 0; status === null; round++) {
        const { child, output, ended } = start(build, state, ...flags)
        // The first are cut short; by the last there is time enough, whatever else the machine does.
        const timer = setTimeout(() => child.kill('SIGKILL'), random.below(whole * (round < 4 ? 1 : 4)))
        status = await ended
        clearTimeout(timer)
        // A line that the kill cut off was not told.
        told.push(...alertsIn(linesOf(output.stdout.slice(0, output.stdout.lastIndexOf('\n') + 1))))
        if (status === null) kills++
        expect(round).toBeLessThan(40)
      }
      const journal = journalIn(state)
      expect(indexes(journal)).toEqual([...scenario.honest.keys(), ...scenario.forged].sort((a, b) => a - b))
      expect(alertsIn(journal)).toEqual(scenario.forged)
      expect([...new Set(told)].sort((a, b) => a - b)).toEqual(scenario.forged)
      const ids = journal.filter(({ alert }) => alert).map(({ id }) => id)
      expect([...new Set(keys)].sort()).toEqual([...ids].sort())
    }
    sandbox.setFaults([])
    server.close()
  })

  test('--watch waits a log out that is down, goes on where it stopped, and Ctrl-C ends it with 130', async () => {
    const state = temporaryFolder('state')
    sandbox.setFaults([{ service: 'rekor2', kind: '503', count: 5 }])
    const { child, output, ended } = start(build, state, '--watch', '--interval=1s')
    await expect.poll(() => alertsIn(linesOf(output.stdout)).length, WAIT).toBe(200)
    expect(output.stderr).toContain('answered 503')
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(readdirSync(state).filter((name) => name === 'lock')).toEqual([])
    expect(alertsIn(journalIn(state))).toEqual(scenario.forged)
  })

  test.each([
    ['over TLS', 'smtps', true],
    ['by STARTTLS', 'smtp', false],
  ])('a mail with the alerts is handed over %s', async (_, scheme, isSecure) => {
    const { key, cert, path } = makeSelfSigned()
    const { port, mails } = await serveMail({
      key,
      cert,
      secure: isSecure,
      authOptional: false,
      allowInsecureAuth: false,
    })
    const env = { NODE_EXTRA_CA_CERTS: path, GITSIGIL_SMTP_PASSWORD: 'right' }
    const flags = [`--smtp=${scheme}://kim@localhost:${port}`, '--mail-to=kim@example.com']
    const { output, ended } = startWith(build, env, temporaryFolder('state'), ...flags)
    expect([await ended, output.stderr.includes('error')]).toEqual([1, false])
    expect(mails).toMatchObject([{ to: ['kim@example.com'], user: 'kim', isSecure: true }])
    const { header, body } = readMail(mails[0]?.text ?? '')
    expect(header).toContain('Subject: gitsigil monitor: 200 log entries to look at')
    expect(body.match(/^ALERT/gm)).toHaveLength(200)
  })

  test('two monitors do not share a folder', async () => {
    const state = temporaryFolder('state')
    const first = start(build, state, '--watch', '--interval=1h')
    await expect.poll(() => readdirSync(state), WAIT).toContain('lock')
    const second = start(build, state)
    expect(await second.ended).toBe(3)
    expect(second.output.stderr).toContain(`is in use by process ${first.child.pid}`)
    first.child.kill('SIGINT')
    expect(await first.ended).toBe(130)
  })
})

const WAIT = { timeout: 30_000, interval: 100 }
