// Measures the reading of a tiled log: by itself, from files, and as the program does it, from a server on loopback. Rates are
// entries a second of processor time, all threads together, because others use the machine too; the best round counts.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { listLog, makeTrustedRoot } from '../forge/root.ts'
import { type MadeLog, makeTileLog } from './maker.ts'
import { serveFolder } from './server.ts'

const [count = '200000'] = process.argv.slice(2)
const SIZE = Number(count)
const ROUNDS = 3
/** What the README reckons a whole log by. */
const WHOLE = 2e9
const HOST = '127.0.0.1'
const HASH = ['--hash', 'ab'.repeat(32)]
const NAME = ['--subject', 'nobody@example.com']

const node = process.env['NODE24'] || process.execPath
const bun = process.env['BUN']
const builds = [
  { name: 'Node 24', runtime: node, command: [node, resolve('bin/gitsigil.js')] },
  ...(bun ? [{ name: 'standalone', runtime: bun, command: [resolve('dist/standalone/gitsigil')] }] : []),
]
type Build = (typeof builds)[number]

interface Run {
  /** Seconds. */
  readonly wall: number
  readonly processor: number
  /** MiB. */
  readonly memory: number
}

const folder = mkdtempSync(join(tmpdir(), 'gitsigil-tiles-'))
try {
  const [small, large] = [SIZE / 4, SIZE].map((size) => ({
    ...makeTileLog(join(folder, `${size}`), size, HOST),
    at: `${size}`,
  }))
  if (small === undefined || large === undefined) throw new Error('two logs were expected')
  console.log(
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; ${SIZE} entries of ${perEntry(large)} bytes; best of ${ROUNDS}\n`,
  )
  for (const build of builds) {
    measureCore(build, join(folder, large.at))
    const searched = await measureProgram(build, [small, large], HASH)
    const parsed = await measureProgram(build, [small, large], NAME)
    const [hours, days] = [WHOLE / searched / 3600, WHOLE / parsed / 3600]
    console.log(`  2 billion: ${hours.toFixed(1)} core hours by hash or key, ${days.toFixed(1)} by name`)
  }
  console.log(
    `\n2 billion entries of ${perEntry(large)} bytes: ${((WHOLE * perEntry(large)) / 1e12).toFixed(1)} TB to fetch`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function perEntry({ bytes, size }: MadeLog): number {
  return Math.round(bytes / size)
}

function measureCore({ name, runtime }: Build, path: string): void {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const { stdout, stderr } = spawnSync(runtime, [join(import.meta.dirname, 'core.ts'), path], { encoding: 'utf8' })
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(stdout) as Readonly<Record<'searched' | 'named' | 'parsed', number>>
  })
  const best = (of: 'searched' | 'named' | 'parsed') => rate(Math.max(...rounds.map((one) => one[of])))
  console.log(`${name}, one thread, from files: ${best('searched')} hashed, proven and searched by hash,`)
  console.log(`  ${best('named')} by name, ${best('parsed')} parsed to the last claim`)
}

/** Gives the rate over the larger log. */
async function measureProgram(
  build: Build,
  logs: readonly (MadeLog & { readonly at: string })[],
  asked: readonly string[],
) {
  const found: { readonly size: number; readonly run: Run }[] = []
  for (const made of logs) {
    const server = await serveFolder(join(folder, made.at))
    const rooted = join(folder, 'trusted_root.json')
    writeFileSync(rooted, JSON.stringify(makeTrustedRoot({ tlogs: [{ ...listLog(made.log), baseUrl: server.url }] })))
    const runs: Run[] = []
    for (let round = 0; round < ROUNDS; round++)
      runs.push(await runSearch([...build.command, 'log', 'search', '--trusted-root', rooted, ...asked]))
    server.close()
    found.push({ size: made.size, run: runs.reduce((least, one) => (one.processor < least.processor ? one : least)) })
  }
  const [small, large] = found
  if (small === undefined || large === undefined) throw new Error('two logs were expected')
  const { run, size } = large
  console.log(
    `  the program, ${asked[0]}, from loopback: ${rate(size / run.processor)} (${rate(size / run.wall)} by the clock), ` +
      `${small.run.memory.toFixed(0)} MiB for ${small.size}, ${run.memory.toFixed(0)} MiB for ${size}`,
  )
  return size / run.processor
}

function runSearch(command: readonly string[]): Promise<Run> {
  const output = join(folder, 'time')
  const started = performance.now()
  const child = spawn('/usr/bin/time', ['-f', '%U %S %M', '-o', output, ...command], {
    cwd: folder,
    env: { ...process.env, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder, XDG_STATE_HOME: folder, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (status) => {
      // Nothing is there to be found.
      if (status !== 1) return reject(new Error(`${command.join(' ')}: ${status}: ${said}`))
      const [user = 0, system = 0, kilobytes = 0] = (readFileSync(output, 'utf8').trim().split('\n').at(-1) ?? '')
        .split(' ')
        .map(Number)
      resolve({ wall: (performance.now() - started) / 1000, processor: user + system, memory: kilobytes / 1024 })
    })
  })
}

function rate(entries: number): string {
  return `${Math.round(entries / 1000)},000/s`
}
