import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import type { JudgedRecord } from '../../src/history/record.ts'
import { isInShard } from '../../src/history/sum.ts'
import { summarize } from '../../src/history/summarize.ts'
import { Tally } from '../../src/history/tally.ts'
import { FORM_NAMES, startOf } from '../../src/report/form.ts'
import { createHistoryJson } from '../../src/report/history-json.ts'
import { createJsonLines } from '../../src/report/jsonl.ts'
import { temporaryFolder } from '../support/folder.ts'
import { HOSTILE, ONE_OF_EACH, oidOf, RAW, record, START, summary } from '../support/records.ts'
import { reportOf } from '../support/report.ts'
import { testWorld } from '../support/world.ts'

const folder = temporaryFolder('report')
const walk = summary().walk
type Run = ReturnType<typeof summary>

/** What a run over these records ends with. */
function summaryOf(records: readonly JudgedRecord[], more: Partial<Run> = {}): Run {
  const tally = new Tally()
  for (const one of records) tally.add(one)
  return { ...summarize(tally, { walk, cached: 1 }, startOf(summary(more)), START + 1500), ...more }
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return name
}

/** The JSON lines of each shard. */
function shardsOf(records: readonly JudgedRecord[], of: number, more: Partial<Run> = {}): string[] {
  return Array.from({ length: of }, (_, at) => {
    const shard = { index: at + 1, of }
    const own = records.filter(({ oid, within }) => isInShard(within ?? oid, shard))
    return reportOf(createJsonLines(), own, summaryOf(own, { shard, started: START + at, ...more }))
  })
}

async function merge(...args: readonly string[]) {
  const world = testWorld({ args: ['report', 'merge', ...args], cwd: folder })
  const exit = await runCommand(world)
  return { exit, out: world.output(1), err: world.output(2) }
}

const all = [...ONE_OF_EACH, ...HOSTILE]
const shards = shardsOf(all, 3).map((text, at) => write(`${at}.jsonl`, text))
const [one = '', two = '', three = ''] = shards
const text = (name: string) => readFileSync(join(folder, name), 'utf8')

test('shards in any order become the report of the whole, in every form, with its status', async () => {
  for (const form of FORM_NAMES) {
    const { exit, out, err } = await merge(`--format=${form}`, three, one, two)
    expect([form, exit, err]).toEqual([form, summaryOf(all).exit, ''])
    expect(out).not.toBe('')
  }
  const { out } = await merge('--format=json', three, one, two)
  const merged = JSON.parse(out)
  const whole = JSON.parse(reportOf(createHistoryJson(), all, { ...summaryOf(all), cached: 3 }))
  const byId = (records: readonly { readonly object: string }[]) =>
    [...records].sort((a, b) => (a.object < b.object ? -1 : 1))
  expect({ ...merged, records: byId(merged.records) }).toEqual({ ...whole, records: byId(whole.records) })
})

test('files are written beside what stands on standard output', async () => {
  await merge('--format=jsonl', '--report=json=all.json', '--report', 'html=all.html', ...shards)
  expect(JSON.parse(text('all.json')).records).toHaveLength(all.length)
  expect(text('all.html')).toContain('</html>')
})

test('the JSON lines of a whole run are taken too, and what is merged can be read again', async () => {
  const { out } = await merge('--format=jsonl', ...shards)
  const again = await merge('--format=jsonl', write('whole.jsonl', out))
  expect(again.out).toBe(out)
})

test.each([
  [[record()], 0],
  [[record(), ...HOSTILE.slice(0, 1)], 1],
  [[record(), ...ONE_OF_EACH.slice(8, 9)], 3],
])('the status is that of one run: %#', async (records, status) => {
  const files = shardsOf(records, 2).map((content, at) => write(`status-${at}.jsonl`, content))
  expect((await merge(...files)).exit).toBe(status)
})

describe('refused, with nothing on standard output:', () => {
  async function refused(files: readonly string[], why: RegExp, status: number) {
    const { exit, out, err } = await merge(...files)
    expect(out).toBe('')
    expect(err).toMatch(why)
    expect(err.split('\n').filter((line) => RAW.test(line))).toEqual([])
    expect(exit).toBe(status)
  }

  test('a missing shard, a doubled one, none at all', async () => {
    await refused([one, three], /shard 2 of 3 is missing/, 2)
    await refused([one, two, three, write('again.jsonl', text(two))], /shard 2 of 3 again, as is /, 2)
    await refused(
      [],
      /expected the JSON lines of at least one run\n.*hint: gitsigil verify RANGE --shard 1\/2 --report jsonl/,
      2,
    )
    await refused([one, two, 'nowhere.jsonl'], /there is no such file/, 3)
  })

  test('two whole runs', async () => {
    const whole = write('one-run.jsonl', reportOf(createJsonLines(), all, summaryOf(all)))
    await refused([whole, write('same-run.jsonl', text(whole))], /whole runs, not shards of one/, 2)
  })

  test.each<[string, Partial<Run>]>([
    ['range', { range: 'v2..main' }],
    ['set of refs and revisions', { tips: [{ name: 'main', oid: oidOf(9) }] }],
    ['trusted root', { trust: { instance: 'public-good', digest: '57'.repeat(32) } }],
    ['version of the program', { version: '0.1.1' }],
    ['policy', { policy: '79'.repeat(32) }],
    ['policy', { isExpected: false }],
    ['set of objects', { walk: { ...walk, objects: 11 } }],
    ['set of objects', { walk: { ...walk, digest: '35'.repeat(32) } }],
  ])('another %s', async (what, more) => {
    const other = shardsOf(all, 3, more)[1] ?? ''
    await refused([one, write('other.jsonl', other), three], new RegExp(`has another ${what} than `), 2)
  })

  test('a file that was cut off, wherever', async () => {
    const whole = text(two)
    const lines = whole.split('\n').slice(0, -1)
    for (const cut of [
      whole.slice(0, -1),
      whole.slice(0, -40),
      `${lines.slice(0, -1).join('\n')}\n`,
      lines[0] ?? '',
      '',
    ])
      await refused([one, write('cut.jsonl', cut), three], /cut off/, 3)
  })

  test('a record that is missing, doubled, or of another shard', async () => {
    const lines = text(two).split('\n')
    const edited = (change: (lines: string[]) => void) => {
      const copy = [...lines]
      change(copy)
      return write('edited.jsonl', copy.join('\n'))
    }
    const counts = /the summary counts other records than there are/
    await refused([one, edited((copy) => copy.splice(1, 1)), three], counts, 3)
    await refused([one, edited((copy) => copy.splice(1, 0, copy[1] ?? '')), three], counts, 3)
    const foreign = text(one).split('\n')[1] ?? ''
    await refused([one, edited((copy) => copy.splice(1, 0, foreign)), three], /an object of another shard/, 3)
  })

  test('a verdict that was changed, a line that is none, reports put together', async () => {
    const [header = '', , ...rest] = text(one).split('\n')
    const replaced = (line: string) => write('replaced.jsonl', [header, line, ...rest].join('\n'))
    await refused([replaced('{"type":"record"}'), two, three], /line 2/, 3)
    await refused([replaced('[]'), two, three], /line 2: not an object/, 3)
    await refused([replaced('{'), two, three], /line 2: not JSON/, 3)
    await refused([write('two.jsonl', text(one) + text(two)), two, three], /there is more after the summary/, 3)
    await refused([write('html.jsonl', '<html>\n'), two, three], /not JSON/, 3)
    await refused([write('summary.jsonl', `${rest.at(-2)}\n`), two, three], /no header/, 3)
  })

  test('a run that was interrupted', async () => {
    const own = all.filter(({ oid, within }) => isInShard(within ?? oid, { index: 1, of: 3 }))
    const stopped = { ...summaryOf(own, { shard: { index: 1, of: 3 } }), exit: 130 as const }
    const file = write('stopped.jsonl', reportOf(createJsonLines(), own, stopped))
    await refused([file, two, three], /the run was interrupted/, 3)
  })

  test('an action, form or file that is none', async () => {
    await refused(['--format=pdf', ...shards], /--format knows /, 2)
    await refused(['--report=html', ...shards], /--report is written FORM=FILE/, 2)
    await refused(['--report=html=nowhere/x', ...shards], /cannot write /, 3)
  })
})
