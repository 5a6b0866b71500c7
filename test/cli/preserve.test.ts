import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createOnlineHistory, type OnlineHistory } from '../support/online-history.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const NOTES = 'refs/notes/gitsigil'
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterEach(() => sandbox.setFaults([]))
afterAll(() => sandbox.close())

const notesOf = ({ repository }: OnlineHistory) => repository.tryGit(['notes', `--ref=${NOTES}`, 'list']).stdout

test('a range is preserved, then the rest, and what is kept is not asked for again', async () => {
  const history = await createOnlineHistory(sandbox, 12)
  const part = await history.run('preserve', 'main~4..main')
  expect(part).toMatchObject({ exit: 0, stdout: expect.stringContaining('4 added now') })
  expect(notesOf(history).split('\n').length - 1).toBe(4)
  const rest = await history.run('preserve')
  expect(rest).toMatchObject({ exit: 0, stdout: expect.stringContaining('4 kept in notes, 8 added now') })
  // A log that would answer nothing is not asked.
  sandbox.setFaults([{ service: 'rekor1', kind: '500' }])
  expect(await history.run('preserve')).toMatchObject({ exit: 0, stdout: expect.stringContaining('12 kept') })
})

test('--check asks no log, writes nothing, and says what share is lasting', async () => {
  const history = await createOnlineHistory(sandbox, 3)
  sandbox.setFaults([{ service: 'rekor1', kind: '500' }])
  const { exit, stdout, stderr } = await history.run('preserve', '--check')
  expect(stdout).toMatch(/^0 % lasting: .* 3 missing, /)
  expect(stderr).toContain('not lasting: its log entry is not kept')
  expect(exit).toBe(1)
  expect(notesOf(history)).toBe('')
})

test('the JSON document says the same', async () => {
  const history = await createOnlineHistory(sandbox, 3, (index) => index !== 1)
  const { exit, stdout } = await history.run('preserve', '--json')
  const oid = history.commits[1]?.oid
  expect(JSON.parse(stdout)).toMatchObject({
    exit: 1,
    signatures: 3,
    lasting: 2,
    added: 2,
    missing: 1,
    problems: [{ oid, kind: 'commit', standing: { state: 'missing', why: expect.stringContaining('none was found') } }],
  })
  expect(exit).toBe(1)
})

test('of a shallow clone not all is lasting, whatever is', async () => {
  const { repository, run } = await createOnlineHistory(sandbox, 3)
  writeFileSync(join(repository.path, '.git/shallow'), `${repository.git(['rev-parse', 'main~1'])}\n`)
  const { exit, stdout, stderr } = await run('preserve')
  expect([exit, stdout]).toEqual([3, expect.stringContaining('2 added now')])
  expect(stderr).toContain('the clone is shallow')
  expect((await run('preserve', '--check', 'main~1..main')).exit).toBe(0)
})

describe('a log that fails', () => {
  test('in the middle: what it did answer is kept, and the next run goes on from there', async () => {
    const history = await createOnlineHistory(sandbox, 30)
    // Each request of the first run takes one of these: some signatures are found, others not.
    sandbox.setFaults([{ service: 'rekor1', kind: '503', count: 12 }])
    const first = await history.run('preserve', '--in-flight=3')
    sandbox.setFaults([])
    const kept = notesOf(history).split('\n').length - 1
    if (first.exit === 3) expect(first.stderr).toContain('Rekor at localhost')
    const second = await history.run('preserve')
    expect(second).toMatchObject({ exit: 0 })
    expect(second.stdout).toContain(`${kept} kept in notes, ${30 - kept} added now`)
  }, 60_000)

  test('for good: a fault, never a verdict', async () => {
    const history = await createOnlineHistory(sandbox, 2)
    sandbox.setFaults([{ service: 'rekor1', kind: '503' }])
    const { exit, stderr } = await history.run('preserve')
    expect(exit).toBe(3)
    expect(stderr).toContain('answered 503')
    expect(notesOf(history)).toBe('')
  }, 60_000)

  test('with proofs that are wrong: nothing is kept', async () => {
    const history = await createOnlineHistory(sandbox, 2)
    sandbox.setFaults([{ service: 'rekor1', kind: 'wrong-proof' }])
    const { exit, stdout } = await history.run('preserve')
    expect([exit, stdout]).toEqual([1, expect.stringContaining('0 added now, 2 missing')])
    expect(notesOf(history)).toBe('')
  })
})

test('two who preserve at the same moment lose nothing of each other', async () => {
  const history = await createOnlineHistory(sandbox, 16)
  const runs = await Promise.all(
    ['main~12', 'main~12..main~8', 'main~8..main~4', 'main~4..main'].map((range) => history.run('preserve', range)),
  )
  expect(runs.map(({ exit, stderr }) => [exit, stderr.replace(/.*hint.*\n/, '')])).toEqual(runs.map(() => [0, '']))
  expect(notesOf(history).split('\n').length - 1).toBe(16)
  expect((await history.run('preserve', '--check')).exit).toBe(0)
})

test('notes that Git spread over folders, and those of others, stay where and what they are', async () => {
  const history = await createOnlineHistory(sandbox, 4)
  const [one, two] = history.commits.map(({ oid }) => oid)
  history.repository.git(['notes', `--ref=${NOTES}`, 'add', '-m', 'a word of somebody', one ?? ''])
  history.repository.git(['notes', `--ref=${NOTES}`, 'add', '-m', 'another', two ?? ''])
  expect((await history.run('preserve')).exit).toBe(0)
  const note = history.repository.git(['notes', `--ref=${NOTES}`, 'show', one ?? ''])
  expect(note.split('\n')).toEqual(['a word of somebody', expect.stringContaining('sigstore.bundle')])
  expect(notesOf(history).split('\n').length - 1).toBe(4)
})

test.each([
  ['--in-flight=0', 'not a number'],
  ['--in-flight=x', 'not a number'],
  ['--nonsense', 'unknown flag'],
])('%s is a usage fault', async (flag, why) => {
  const history = await createOnlineHistory(sandbox, 0)
  const { exit, stderr } = await history.run('preserve', flag)
  expect(exit).toBe(2)
  expect(stderr).toContain(why)
})

test('what cannot be a revision is a fault, and no option of Git’s', async () => {
  const history = await createOnlineHistory(sandbox, 1)
  expect((await history.run('preserve', '--', '--output=/tmp/x')).exit).toBe(2)
  expect(await history.run('preserve', 'nothing')).toMatchObject({ exit: 3, stdout: '' })
})
