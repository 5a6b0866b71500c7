// Measures runs over histories. Whatever is compared is taken in turns, and the median of the rounds' ratios counts: a machine
// that others use too is faster at one moment than at the next.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { makeHistory } from '../history-maker/history.ts'
import { median } from '../measure.ts'
import { type Build, bareTime, gitTime, type Run, runHistory, singleTime } from './runs.ts'

const flags = process.argv.slice(2).filter((arg) => arg.startsWith('--'))
const [clone] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
const kept = flags.find((flag) => flag.startsWith('--keep='))?.slice('--keep='.length)
const folder = kept ?? mkdtempSync(join(tmpdir(), 'gitsigil-histories-'))
const sizes = [1000, 5000, 20_000, ...(flags.includes('--long') ? [100_000] : [])]
const ROUNDS = 3
const SHORT_ROUNDS = 11
/** The size at which ratios are taken: start-up no longer counts, and a round takes seconds. */
const RATIO_SIZE = 20_000

const node = process.env['NODE24'] || process.execPath
const bun = process.env['BUN']
const builds: readonly Build[] = [
  { name: 'Node 24', command: [node, resolve('bin/gitsigil.js')], runtime: node },
  ...(bun ? [{ name: 'standalone', command: [resolve('dist/standalone/gitsigil')], runtime: bun }] : []),
]

try {
  console.log(
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; medians of ${ROUNDS} rounds and of ${SHORT_ROUNDS} short ones\n`,
  )
  if (!flags.includes('--ratios')) for (const size of sizes) await measureSize(size)
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

/** Microseconds a signature. */
interface BesideBare {
  readonly time: number
  readonly bare: number
}

interface Round {
  readonly one: BesideBare
  readonly two: BesideBare
  readonly single: number
}

async function measureRatios(repository: string): Promise<void> {
  console.log('')
  for (const build of builds) {
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({
        one: await besideBare(build, repository, 1),
        two: await besideBare(build, repository, 2),
        single: singleTime(builds.at(-1) ?? build, repository, 100) * 1000,
      })
    const middle = (of: (round: Round) => number, digits = 2) => median(rounds.map(of)).toFixed(digits)
    console.log(`${build.name}: ${middle(({ one }) => one.time, 0)} us a signature, of the bare cryptography`)
    console.log(
      `  ${middle(({ one }) => one.bare / one.time)} in one thread, ${middle(({ two }) => two.bare / two.time)} in two`,
    )
    console.log(
      `  two threads ${middle(({ one, two }) => one.time / two.time)}x one, ` +
        `two processes of bare cryptography ${middle(({ one, two }) => one.bare / two.bare)}x one`,
    )
    console.log(
      `  ${middle(({ one, single }) => single / one.time, 1)}x a loop of single verifications, ` +
        `${middle(({ two, single }) => single / two.time, 1)}x with two threads`,
    )
  }
}

/** Microseconds a signature of a run, and of the bare cryptography right before and behind it in as many processes. */
async function besideBare(build: Build, repository: string, jobs: number): Promise<BesideBare> {
  const before = await bareTime(build, RATIO_SIZE / 2, jobs)
  const { time, signatures } = await runHistory(build, repository, jobs)
  const after = await bareTime(build, RATIO_SIZE / 2, jobs)
  return { time: (time * 1000) / signatures, bare: (before + after) / 2 }
}

async function measureUnsigned(repository: string): Promise<void> {
  for (const build of builds) {
    const rounds = []
    for (let round = 0; round < SHORT_ROUNDS; round++)
      rounds.push({ git: gitTime(repository), run: await runHistory(build, repository, 1) })
    const [best] = rounds.map(({ run }) => run).toSorted((a, b) => a.time - b.time)
    const share = median(rounds.map(({ git, run }) => git / run.time))
    if (best !== undefined)
      console.log(`${lineOf(`unsigned, ${build.name}, 1`, best)}; ${share.toFixed(2)} of git rev-list | git cat-file`)
  }
}

async function measureClone(repository: string): Promise<void> {
  for (const build of builds)
    console.log(lineOf(`${repository}, ${build.name}, 2`, await runHistory(build, repository, 2)))
}

function lineOf(what: string, { time, memory, objects, signatures }: Run): string {
  const rate = (count: number) => Math.round(count / (time / 1000))
  const threads = `${what} thread${what.endsWith(' 1') ? '' : 's'}`
  return `${threads}: ${rate(objects)} objects/s, ${rate(signatures)} signatures/s, ${memory.toFixed(0)} MiB`
}
