import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resumable } from '../../src/cli/log-search.ts'
import { Fault } from '../../src/errors.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { proposalV1, requestV2, type Signed, signArtifact } from '../sandbox/signed.ts'
import { faultOf } from '../support/faults.ts'
import { temporaryFolder } from '../support/folder.ts'
import { logText } from '../support/online.ts'
import { createOnlineHistory, type OnlineHistory } from '../support/online-history.ts'
import { newKey, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const SIZE = 700
const folder = temporaryFolder('shards')
const key = newKey()
const signed = Array.from({ length: SIZE }, (_, i) => signArtifact(Buffer.from(`artifact ${i}`), key))
const shared = signed[3]?.certificate.bytes ?? new Uint8Array()
// One certificate for every hundredth.
const entries = signed.map(
  (one, i): Signed => (i % 100 === 3 && signed[3] ? { ...one, certificate: signed[3].certificate } : one),
)
let sandbox: TestSandbox
let history: OnlineHistory
let asked: string[]

beforeAll(async () => {
  sandbox = await startTestSandbox()
  history = await createOnlineHistory(sandbox, 1)
  for (const one of entries) await send(one)
  const certificate = join(folder, 'leaf.pem')
  writeFileSync(certificate, encodePem('CERTIFICATE', shared))
  asked = ['log', 'search', '--json', `--url=${sandbox.urls.rekor2}`, `--certificate=${certificate}`]
}, 120_000)
afterAll(() => sandbox.close())

async function send(one: Signed): Promise<void> {
  const answer = await fetch(`${sandbox.urls.rekor2}/api/v2/log/entries`, {
    method: 'POST',
    body: JSON.stringify(requestV2(one)),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
}

const indexes = (text: string) => JSON.parse(text).entries.map(({ index }: { index: string }) => Number(index))

/** Runs a search, and keeps what it says in a file. */
async function search(name: string, ...args: readonly string[]) {
  const ran = await history.run(...asked, ...args)
  writeFileSync(join(folder, name), ran.stdout)
  return { ...ran, file: join(folder, name) }
}

describe('a search in parts', () => {
  test('is put together to what one search finds, though the log grows in between', async () => {
    const whole = await history.run(...asked)
    const files: string[] = []
    for (const index of [1, 2, 3]) {
      files.push((await search(`${index}.json`, `--shard=${index}/3`, `--at=${SIZE}`)).file)
      await send(signArtifact(Buffer.from(`later ${index}`), key))
    }
    const merged = await history.run('log', 'merge', '--json', ...files.reverse())
    expect([merged.exit, merged.stderr]).toEqual([0, ''])
    expect(indexes(merged.stdout)).toEqual([3, 103, 203, 303, 403, 503, 603])
    expect(indexes(whole.stdout)).toEqual(indexes(merged.stdout))
    const text = await history.run('log', 'merge', ...files)
    expect(text.stdout).toContain(`index      603 of ${sandbox.urls.rekor2}\n`)
  })

  test('reads what a checkpoint covers, where that is given', async () => {
    const note = join(folder, 'checkpoint')
    writeFileSync(note, await (await fetch(`${sandbox.urls.rekor2}/checkpoint`)).text())
    await send(signArtifact(Buffer.from('after the checkpoint'), key))
    const parts = [
      await search('a.json', '--shard=1/2', `--checkpoint=${note}`),
      await search('b.json', '--shard=2/2', `--checkpoint=${note}`),
    ]
    const [a, b] = parts.map(({ stdout }) => JSON.parse(stdout).scan)
    expect([a.size, a.root]).toEqual([Number(readFileSync(note, 'utf8').split('\n')[1]), b.root])
    const merged = await history.run('log', 'merge', '--json', ...parts.map(({ file }) => file))
    expect(indexes(merged.stdout)).toHaveLength(7)
    writeFileSync(note, readFileSync(note, 'utf8').replace(/^(.*\n)(\d)/, '$19'))
    expect((await search('c.json', '--shard=1/2', `--checkpoint=${note}`)).exit).toBe(3)
  })

  test.each<[string, readonly string[], string]>([
    ['a part that is missing', ['1', '3'], 'shard 2 of 3 is missing'],
    ['a part twice', ['1', '2', '2', '3'], 'is shard 2 of 3 again'],
    ['another head', ['1', '2', 'head'], 'has another head than'],
    ['another range', ['1', '2', 'range'], 'has another range than'],
    ['another question', ['1', '2', 'question'], 'has another question than'],
    ['another number of parts', ['1', '2', 'number'], 'has another number of shards than'],
    ['a part that ended at its limit', ['1', '2', 'limit'], 'ended at its --limit'],
    ['a part of which something was not read', ['1', '2', 'gap'], 'does not begin where the one before it ends'],
    ['a part that ends early', ['1', '2', 'early'], 'does not end where the range does'],
    ['an entry of another part', ['1', '2', 'stray'], 'it is of another shard'],
    ['what is no part', ['1', '2', 'whole'], 'scan is missing'],
    ['no part at all', [], 'expected the JSON documents'],
  ])('is refused with %s', async (_, names, why) => {
    for (const index of ['1', '2', '3']) await search(`${index}.json`, `--shard=${index}/3`, `--at=${SIZE}`)
    await search('head.json', '--shard=3/3', '--at=699')
    await search('range.json', '--shard=3/3', `--at=${SIZE}`, '--from=1')
    await search('question.json', '--shard=3/3', `--at=${SIZE}`, '--issuer=https://a.example')
    await search('number.json', '--shard=3/4', `--at=${SIZE}`)
    await search('limit.json', '--shard=3/3', `--at=${SIZE}`, '--limit=1')
    await search('whole.json', `--at=${SIZE}`)
    const [one, three] = ['1', '3'].map((name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')))
    const write = (name: string, part: object, more: object = {}) =>
      writeFileSync(join(folder, name), JSON.stringify({ ...three, scan: { ...three.scan, part }, ...more }))
    write('gap.json', { ...three.scan.part, from: three.scan.part.from + 256 }, { entries: [] })
    write('early.json', { ...three.scan.part, to: SIZE - 1 })
    write('stray.json', three.scan.part, { entries: one.entries })
    const { exit, stdout, stderr } = await history.run(
      'log',
      'merge',
      ...names.map((name) => join(folder, `${name}.json`)),
    )
    expect([stdout, stderr]).toEqual(['', expect.stringContaining(why)])
    expect(exit).toBeGreaterThan(1)
  })

  test.each([
    [['--shard=1/2'], 'all shards read one tree'],
    [['--shard=3/2', '--at=5'], '--shard: expected I/N'],
    [['--at=5', '--checkpoint=x'], 'each name a tree'],
    [['--at=x'], 'not a number'],
  ])('%j is a usage fault', async (args, why) => {
    const { exit, stderr } = await search('x.json', ...args)
    expect([exit, stderr]).toEqual([2, expect.stringContaining(why)])
  })

  test('of a tree that the log does not have is a fault', async () => {
    const { exit, stderr } = await search('x.json', '--shard=1/2', '--at=9000')
    expect([exit, stderr]).toEqual([3, expect.stringContaining('entries, not 9000')])
  })
})

describe('Rekor v1 is read entry by entry where bounds are given', () => {
  test('for what its index does not know, and in parts', async () => {
    const [login] = history.commits
    if (login === undefined) throw new Error('no login')
    for (let i = 0; i < 24; i++)
      await fetch(`${sandbox.urls.rekor1}/api/v1/log/entries`, {
        method: 'POST',
        body: JSON.stringify(proposalV1(signed[i] ?? (login as never))),
      })
    for (let i = 0; i < 3; i++) await logText(sandbox, login, `text ${i}`)
    const issuer = `--issuer=${sandbox.urls.issuer}`
    const { stdout } = await history.run('log', 'info', '--json', `--url=${sandbox.urls.rekor1}`)
    const { size } = JSON.parse(stdout).logs[0]
    const part = (index: number) => ['log', 'search', '--json', issuer, `--shard=${index}/2`, `--at=${size}`]
    const names: string[] = []
    for (const index of [1, 2]) {
      const ran = await history.run(...part(index), `--url=${sandbox.urls.rekor1}`)
      names.push(join(folder, `v1-${index}.json`))
      writeFileSync(names.at(-1) ?? '', ran.stdout)
    }
    const merged = await history.run('log', 'merge', '--json', ...names)
    const found = JSON.parse(merged.stdout).entries
    expect(found).toHaveLength(4)
    expect(found[0].claimed).toEqual({ subject: 'kim@example.com', issuer: sandbox.urls.issuer })
    const verified = await history.run('log', 'verify', `--url=${sandbox.urls.rekor1}`, found[3].index)
    expect(verified.exit).toBe(0)
    expect((await history.run('log', 'search', issuer, `--url=${sandbox.urls.rekor1}`)).exit).toBe(2)
  })
})

test('a log that stops answering is told with the place from which to go on', async () => {
  async function* steps() {
    yield { read: 512, found: [] }
    throw new Fault('network', 'Rekor at x answered 503 in 4 attempts')
  }
  const reading = async () => {
    for await (const { found } of resumable(steps(), { from: 256, to: 1024 })) expect(found).toEqual([])
  }
  const fault = await faultOf(reading())
  expect([fault.code, fault.hint]).toEqual([
    'network',
    'everything before entry 512 was read: --from 512 goes on from there',
  ])
})
