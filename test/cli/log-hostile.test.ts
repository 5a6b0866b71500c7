// A log that answers what it likes: nothing of it moves a cursor, fills a disk, or passes for the log that was there before.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { toHex } from '../../src/bytes.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { temporaryFolder } from '../support/folder.ts'
import { createOnlineHistory, type OnlineHistory } from '../support/online-history.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const state = temporaryFolder('state')
let sandbox: TestSandbox
let history: OnlineHistory
beforeAll(async () => {
  process.env['XDG_STATE_HOME'] = state
  sandbox = await startTestSandbox()
  history = await createOnlineHistory(sandbox, 3)
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => {
  delete process.env['XDG_STATE_HOME']
  return sandbox.close()
})

// biome-ignore lint/suspicious/noExplicitAny: what a log answers
type Answer = any

/** Changes what Rekor v1 answers to paths that hold `part`. */
function lie(part: string, change: (answer: Answer) => unknown): void {
  const real = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const response = await real(url, init)
    if (!String(url).startsWith(sandbox.urls.rekor1) || !String(url).includes(part)) return response
    const value = change(await response.json())
    return new Response(typeof value === 'string' ? value : JSON.stringify(value), { status: 200 })
  })
}

function answerOf(body: string, more: object = {}): Answer {
  const bytes = Buffer.from(body)
  const entry = { body: bytes.toString('base64'), integratedTime: 5, logID: 'ab'.repeat(32), logIndex: 7, ...more }
  return { [toHex(leafHash(bytes))]: entry }
}

const ESCAPE = '\u001b[31m\u202e\u0007'
const odd = (kind: string, more = {}) => answerOf(JSON.stringify({ apiVersion: '0.0.1', kind, spec: {} }), more)

describe.each(['get', 'verify'])('log %s of an entry', (action) => {
  test.each<[string, () => Answer]>([
    ['with escapes in its kind', () => odd(`x${ESCAPE}y`)],
    ['that says it is a hashedrekord and holds nothing', () => odd('hashedrekord')],
    ['of a time that has no date', () => odd('other', { integratedTime: '9223372036854775807' })],
    ['of the last place that a number can say', () => odd('other', { logIndex: '9223372036854775807' })],
  ])('%s shows it, and nothing raw', async (_, make) => {
    lie('/log/entries', make)
    for (const more of [[], ['--json']]) {
      const { exit, stdout, stderr } = await history.run('log', action, ...more, '3000000001')
      expect(exit).toBe(action === 'get' ? 0 : 1)
      for (const raw of [...ESCAPE.replace('[31m', ''), 'bug']) expect(stdout + stderr).not.toContain(raw)
      expect(stdout).toContain('0.0.1')
    }
  })

  test.each<[string, () => Answer]>([
    ['a list', () => []],
    ['two entries', () => ({ ...odd('a'), ...odd('b') })],
    ['an entry under the name of another', () => ({ ['00'.repeat(32)]: Object.values(odd('a'))[0] })],
    ['no JSON', () => `${ESCAPE}{`],
    ['too much', () => ' '.repeat(17 << 20)],
  ])('that is %s is a fault', async (_, make) => {
    lie('/log/entries', make)
    const { exit, stdout, stderr } = await history.run('log', action, '3000000001')
    expect([exit, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/^gitsigil: error: Rekor at localhost:\d+ (answered with|sent more than)/)
    expect(stderr).not.toContain('\u001b')
  })
})

describe('log info', () => {
  const info = () => history.run('log', 'info', `--url=${sandbox.urls.rekor1}`)
  const files = (end: string) => readdirSync(join(state, 'gitsigil', 'logs')).filter((name) => name.endsWith(end))

  test.each<[string, (answer: Answer) => unknown]>([
    ['no checkpoint', (answer) => ({ ...answer, signedTreeHead: `${ESCAPE}\n1\n` })],
    [
      'a checkpoint of nobody',
      (answer) => ({ ...answer, signedTreeHead: answer.signedTreeHead.replace(/\S+\n$/, 'AAAAAAAA\n') }),
    ],
    ['ten thousand trees', (answer) => ({ ...answer, inactiveShards: Array.from({ length: 10_000 }, () => ({})) })],
    ['a megabyte', (answer) => ({ ...answer, more: 'x'.repeat(2 << 20) })],
  ])('of a log that answers with %s is a fault', async (_, change) => {
    lie('/api/v1/log', change)
    const { exit, stdout, stderr } = await info()
    expect([exit, stdout]).toEqual([3, ''])
    expect(stderr).not.toContain('\u001b')
  })

  test('is not taken in by a past of another name: the tree that was there before must be there yet', async () => {
    expect((await info()).exit).toBe(0)
    const [name = ''] = files('.note')
    const remembered = readFileSync(join(state, 'gitsigil', 'logs', name), 'utf8')
    // As if it had been another tree of the same log.
    const renamed = remembered.replace(/^localhost - \d+/, 'localhost - 7')
    writeFileSync(join(state, 'gitsigil', 'logs', `${name.slice(0, 17)}${'0'.repeat(16)}.note`), renamed)
    rmSync(join(state, 'gitsigil', 'logs', name))
    const { exit, stderr } = await info()
    expect(exit).toBe(1)
    expect(stderr).toContain('shows another past than before: ')
    expect(stderr).toContain('it has no tree localhost - 7')
    expect(files('.note')).toHaveLength(1)
  })
})
