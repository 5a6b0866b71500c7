// Measures runs over histories. Whatever is compared is taken in turns, and the least of the rounds counts: on a machine
// that others use too, that is the one they disturbed least.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { makeHistory } from '../history-maker/history.ts'
import { type Build, bareTime, gitTime, type Run, runHistory, singleTime } from './runs.ts'

const flags = process.argv.slice(2).filter((arg) => arg.startsWith('--'))
const [clone] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
const kept = flags.find((flag) => flag.startsWith('--keep='))?.slice('--keep='.length)
const folder = kept ?? mkdtempSync(join(tmpdir(), 'gitsigil-histories-'))
const sizes = [1000, 5000, 20_000, ...(flags.includes('--long') ? [100_000] : [])]
const ROUNDS = 2
/** The size at which ratios are taken: start-up no longer counts, and a round takes seconds. */
const RATIO_SIZE = 20_000

const node = process.env['NODE24'] || process.execPath
const bun = process.env['BUN']
const builds: readonly Build[] = [
  { name: 'Node 24', command: [node, resolve('bin/gitsigil.js')], runtime: node },
  ...(bun ? [{ name: 'standalone', command: [resolve('dist/standalone/gitsigil')], runtime: bun }] : []),
]

try {
  console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; the least of ${ROUNDS} rounds\n`)
  for (const size of sizes) await measureSize(size)
  await measureRatios(historyOf(RATIO_SIZE))
  await measureUnsigned(historyOf(100_000, true))
  if (clone !== undefined) await measureClone(resolve(clone))
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
}

function historyOf(commits: number, unsigned = false): string {
  const path = resolve(folder, `${unsigned ? 'u' : 'h'}${commits}`)
  if (!existsSync(join(path, 'trusted_root.json'))) makeHistory(path, { commits, seed: 1, unsigned })
  const trusted = ['config', 'gitsigil.trustedRoot', join(path, 'trusted_root.json')]
  spawnSync('git', trusted, { cwd: path })
  return path
}

async function measureSize(size: number): Promise<void> {
  const repository = historyOf(size)
  for (const build of builds)
    for (const jobs of [1, 2])
      console.log(`${lineOf(`${size} commits, ${build.name}, ${jobs}`, await runHistory(build, repository, jobs))}`)
}

/** Microseconds a signature: of one process and of two with nothing but the cryptography, of one thread and of two, of single runs. */
type Measured = 'bare' | 'pair' | 'one' | 'two' | 'single'

async function measureRatios(repository: string): Promise<void> {
  console.log('')
  for (const build of builds) {
    const times = { bare: [], pair: [], one: [], two: [], single: [] } as Record<Measured, number[]>
    const least = (name: Measured) => Math.min(...times[name])
    for (let round = 0; round < ROUNDS; round++) {
      const first = await runHistory(build, repository, 1)
      times.one.push((first.time * 1000) / first.signatures)
      times.bare.push(await bareTime(build, first.signatures, 1))
      const second = await runHistory(build, repository, 2)
      times.two.push((second.time * 1000) / second.signatures)
      times.pair.push(await bareTime(build, second.signatures, 2))
      times.single.push(singleTime(builds.at(-1) ?? build, repository, 100) * 1000)
    }
    const ratio = (a: Measured, b: Measured, digits = 2) => (least(a) / least(b)).toFixed(digits)
    console.log(
      `${build.name}: ${least('one').toFixed(0)} us a signature, bare cryptography ${least('bare').toFixed(0)} us: ${ratio('bare', 'one')} of it`,
    )
    console.log(
      `  two threads ${ratio('one', 'two')}x one, two processes of bare cryptography ${ratio('bare', 'pair')}x one`,
    )
    console.log(
      `  ${ratio('single', 'one', 1)}x a loop of single verifications, ${ratio('single', 'two', 1)}x with two threads`,
    )
  }
}

async function measureUnsigned(repository: string): Promise<void> {
  for (const build of builds) {
    const times: (readonly [number, Run])[] = []
    for (let round = 0; round < ROUNDS; round++)
      times.push([gitTime(repository), await runHistory(build, repository, 1)])
    const git = Math.min(...times.map(([time]) => time))
    const best = times.map(([, run]) => run).reduce((least, run) => (run.time < least.time ? run : least))
    console.log(
      `${lineOf(`unsigned, ${build.name}, 1`, best)}; ${(git / best.time).toFixed(2)} of git rev-list | git cat-file`,
    )
  }
}

async function measureClone(repository: string): Promise<void> {
  for (const build of builds)
    console.log(lineOf(`${repository}, ${build.name}, 2`, await runHistory(build, repository, 2)))
}

function lineOf(what: string, { time, memory, objects, signatures }: Run): string {
  const rate = (count: number) => Math.round(count / (time / 1000))
  return `${what} thread${what.endsWith(' 1') ? '' : 's'}: ${rate(objects)} objects/s, ${rate(signatures)} signatures/s, ${memory.toFixed(0)} MiB`
}
