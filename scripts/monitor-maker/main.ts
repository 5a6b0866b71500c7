// Runs a monitor over a made log and says what it saw, how fast, and in how much memory, for each build. Fails where one
// honest entry is not named by its commit, or one forged is missed.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../src/sandbox/start.ts'
import { makeScenario, type Scenario, WATCHED } from './scenario.ts'

const [entries = 100_000, commits = 500] = process.argv.slice(2).map(Number)
const FORGED = 5
const folder = mkdtempSync(join(tmpdir(), 'gitsigil-monitor-'))
try {
  const started = performance.now()
  const scenario = await makeScenario(folder, { entries, commits, forged: FORGED })
  console.log(`${entries} entries made in ${seconds(started)} s: ${commits} of commits, ${FORGED} forged`)
  const sandbox = await startSandbox({ directory: scenario.sandbox })
  try {
    await run('node', [process.execPath, 'bin/gitsigil.js'], scenario)
    if (existsSync('dist/standalone/gitsigil')) await run('standalone', ['dist/standalone/gitsigil'], scenario)
  } finally {
    await sandbox.close()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function run(name: string, command: readonly string[], scenario: Scenario): Promise<void> {
  const state = join(folder, `state-${name}`)
  const flags = ['monitor', scenario.repository, '--from=0', `--email=${WATCHED}`, `--state=${state}`, '--format=jsonl']
  const trust = [`--trusted-root=${join(scenario.repository, 'trusted_root.json')}`, `--url=${rekorOf(scenario)}`]
  const started = performance.now()
  const { status, stdout, stderr, peak } = await spawned([...command, ...flags, ...trust])
  const took = (performance.now() - started) / 1000
  const seen = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  const covered = seen.filter(
    ({ kind, index, objects }) => kind === 'covered' && objects[0]?.oid === scenario.honest.get(index),
  )
  const alerts = seen.filter(({ alert }) => alert).map(({ index }) => index)
  const isRight =
    status === 1 &&
    covered.length === scenario.honest.size &&
    JSON.stringify(alerts) === JSON.stringify(scenario.forged) &&
    seen.length === covered.length + alerts.length
  const rate = Math.round(entries / took).toLocaleString('en')
  console.log(
    `${name}: ${covered.length} of ${scenario.honest.size} named by their commit, alerts at ${alerts.join(', ')}; ` +
      `${took.toFixed(1)} s, ${rate} entries/s, ${Math.round(peak / 1024)} MiB`,
  )
  if (isRight) return
  console.error(`${name}: wrong, status ${status}; forged were ${scenario.forged.join(', ')}\n${stderr}`)
  process.exitCode = 1
}

function rekorOf({ repository }: Scenario): string {
  return /rekor = (\S+)/.exec(readFileSync(join(repository, 'config'), 'utf8'))?.[1] ?? ''
}

async function spawned([program = '', ...args]: readonly string[]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid))
  }, 100)
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(timer)
  return { status, ...output, peak }
}

/** KiB; only Linux tells. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1)
}
