// Shares the cases out to two threads and prints the sum of their reports.
import { randomInt } from 'node:crypto'
import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { FREE, type Free } from './fuzzing/free.ts'
import { readInputs } from './fuzzing/inputs.ts'
import { judgeInput } from './fuzzing/judge.ts'
import { fuzz, makeCase, mutated, type Range, type Report } from './fuzzing/run.ts'

const WORKERS = 2
/** Much more heap at the end than at the beginning is a leak. */
const MOST_GROWTH = 16 << 20

if (isMainThread) process.exitCode = await main()
else parentPort?.postMessage(fuzz(inputs(), workerData as Range, collector()))

function inputs() {
  return readInputs(resolve('../shared'), resolve('fixtures/vectors'))
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '200000' },
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      only: { type: 'string' },
    },
  })
  const [seed, count] = [Number(values.seed), Number(values.count)]
  if (values.only !== undefined) return showOnly(seed, Number(values.only))
  console.log(`seed ${seed}, ${inputs().length} inputs`)
  const share = Math.ceil(count / WORKERS)
  const ranges = Array.from({ length: WORKERS }, (_, i) => ({
    seed,
    first: i * share,
    count: Math.min(share, count - i * share),
  }))
  const started = performance.now()
  const reports = await Promise.all(ranges.map(runRange))
  return print(reports, performance.now() - started)
}

function runRange(range: Range): Promise<Report> {
  return new Promise((done, fail) => {
    new Worker(new URL(import.meta.url), { workerData: range }).once('message', done).once('error', fail)
  })
}

/** The object itself goes to stdout, so that it can be kept and taken apart. */
function showOnly(seed: number, index: number): number {
  const { input, mutant } = makeCase(inputs(), seed, index)
  console.error(`${input.name}: ${mutant.mutations.join(', ')}`)
  const judged = judgeInput(mutated(input, mutant))
  console.error(judged.ok ? 'accepted' : `rejected: ${judged.check}: ${judged.why}`)
  writeSync(1, mutant.bytes)
  return 0
}

function print(reports: readonly Report[], milliseconds: number): number {
  const findings = reports.flatMap((report) => report.findings)
  for (const { index, input, mutations, why } of findings)
    console.log(`case ${index}: ${input} (${mutations.join(', ')}): ${why}`)
  console.log(`mutations: ${sum(reports, 'byMutation')}`)
  console.log(`rejected: ${sum(reports, 'rejected')}`)
  console.log('accepted, saying what the original says:')
  for (const name of Object.keys(FREE) as Free[]) {
    const many = reports.reduce((total, { accepted }) => total + (accepted[name] ?? 0), 0)
    if (many > 0) console.log(`  ${String(many).padStart(6)} ${name}: ${FREE[name]}`)
  }
  let grown = 0
  for (const { medianGood, slowest, mostWork, heap } of reports) {
    grown = Math.max(grown, heap[1] - heap[0])
    const ratio = (slowest / medianGood).toFixed(1)
    const times = `median good ${medianGood.toFixed(2)} ms, slowest ${slowest.toFixed(2)} ms (${ratio} times)`
    const sizes = heap.map((bytes) => (bytes / 2 ** 20).toFixed(1)).join(' then ')
    console.log(`${times}; most work ${JSON.stringify(mostWork)}; heap ${sizes} MiB`)
  }
  if (grown > MOST_GROWTH) console.log(`the heap grew by ${grown} bytes`)
  const cases = reports.reduce((total, report) => total + report.cases, 0)
  console.log(`${Math.round(milliseconds / 1000)} s`)
  console.log(`${cases} cases, ${findings.length} findings`)
  return findings.length > 0 || grown > MOST_GROWTH ? 1 : 0
}

function sum(reports: readonly Report[], member: 'byMutation' | 'rejected'): string {
  const totals = new Map<string, number>()
  for (const report of reports)
    for (const [name, many] of Object.entries(report[member])) totals.set(name, (totals.get(name) ?? 0) + many)
  return [...totals].map(([name, many]) => `${name} ${many}`).join(', ')
}

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
