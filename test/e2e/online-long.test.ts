// Long runs that ask a log: quick because much is asked at once, polite because not more than that, and never in vain: what
// was found stays found when the run ends early.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeOnlineHistory } from '../../scripts/online-bench/history.ts'
import { type LogProxy, openLogProxy } from '../../scripts/online-bench/proxy.ts'
import { kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { runProgram } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const COUNT = 80
const RANGE = ['verify', '--online', '--history', 'main']
const repository = join(temporaryFolder('long'), 'history')
let sandbox: TestSandbox
let proxy: LogProxy
let oids: readonly string[]
beforeAll(async () => {
  sandbox = await startTestSandbox()
  proxy = await openLogProxy(sandbox.urls.rekor1, 50)
  oids = await makeOnlineHistory(repository, sandbox, COUNT, proxy.url)
}, 60_000)
afterAll(() => {
  proxy.close()
  return sandbox.close()
})

describe.each(kinds)('a long run in online mode, $name', ({ command }) => {
  let cache: string
  beforeEach(() => {
    cache = temporaryFolder('cache')
    proxy.forget()
  })
  afterEach(() => proxy.refuse(() => undefined))

  const run = (...args: readonly string[]) =>
    runProgram([...command, ...args], { cwd: repository, env: { XDG_CACHE_HOME: cache } })

  /** What it takes, and how many requests. */
  async function measured(...args: readonly string[]) {
    proxy.forget()
    const started = performance.now()
    const { status, stderr } = await run(...args)
    return { status, stderr, time: performance.now() - started, requests: proxy.times.length, searches: proxy.searches }
  }

  test('takes a fifth of one by one at the most, with no more at once than was asked for', async () => {
    const single = await measured('verify', '--online', oids[7] ?? '')
    const again = await measured('verify', '--online', oids[9] ?? '')
    expect([single.status, single.requests]).toEqual([0, 2])
    for (const args of [
      [...RANGE, '--in-flight=16'],
      ['preserve', '--in-flight=16', 'main'],
    ]) {
      const range = await measured(...args)
      expect([range.status, range.stderr.replace(/.*hint.*\n/, '')]).toEqual([0, ''])
      expect(range.time).toBeLessThan((Math.max(single.time, again.time) * COUNT) / 5)
      expect(proxy.most).toBeLessThanOrEqual(16)
    }
    await runProgram(['git', 'update-ref', '-d', 'refs/notes/gitsigil'], { cwd: repository })
  }, 60_000)

  test('waits for as long as the log asks, all of it', async () => {
    proxy.refuse((count) => (count === 20 ? { status: 429, headers: { 'retry-after': '2' } } : undefined))
    const { status } = await measured(...RANGE, '--in-flight=4')
    expect(status).toBe(0)
    // Those that were under way are answered, and then there is nothing for two seconds.
    const gaps = proxy.times.map((time, at) => time - (proxy.times[at - 1] ?? time))
    expect(gaps.filter((gap) => gap > 1500)).toHaveLength(1)
  }, 60_000)

  test('whose log goes silent asks only for the rest the next time, and then for nothing', async () => {
    proxy.refuse((count) => (count >= COUNT ? { status: 501 } : undefined))
    const first = await measured(...RANGE, '--in-flight=8')
    expect(first.status).toBe(3)
    proxy.refuse(() => undefined)
    const second = await measured(...RANGE, '--in-flight=8')
    expect(second.status).toBe(0)
    // Each has a search of its own, but shares the retrieval with those that happened to wait: at the worst, two requests each.
    expect(second.searches).toBeGreaterThan(0)
    expect(second.searches).toBeLessThan(COUNT * 0.7)
    expect(await measured(...RANGE)).toMatchObject({ status: 0, requests: 0, stderr: '' })
    // By itself no run counts what a log said to another.
    expect(await measured('verify', '--history', 'main')).toMatchObject({ status: 1, requests: 0 })
    expect((await measured(...RANGE, '--no-cache')).requests).toBeGreaterThan(COUNT)
  }, 60_000)

  test.each([
    ['interrupted', 'SIGINT', 130],
    ['killed', 'SIGKILL', null],
  ] as const)(
    'that is %s goes on where it was',
    async (_, signal, status) => {
      const [executable = '', ...rest] = command
      const child = spawn(executable, [...rest, ...RANGE, '--in-flight=2'], {
        cwd: repository,
        env: { ...process.env, XDG_CACHE_HOME: cache },
        stdio: 'ignore',
      })
      const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
      while (proxy.times.length < COUNT * 0.75) await new Promise((resolve) => setTimeout(resolve, 20))
      child.kill(signal)
      expect(await ended).toBe(status)
      const second = await measured(...RANGE)
      expect(second.status).toBe(0)
      expect(second.requests).toBeLessThan(COUNT)
    },
    60_000,
  )
})
