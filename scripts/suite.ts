// Runs every check of scripts/test and adds up what passed; a run that dies without saying so counts as a failure.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Tally {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** What we read of vitest's JSON report. A file that could not be loaded fails without a test of its own. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

const filters = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'gitsigil-suite-'))
const node24 = process.env['NODE24'] || process.execPath
const node22 = process.env['NODE22']

const tallies: Tally[] = [
  check('lint', 'node_modules/.bin/biome', ['check', '.']),
  check('types', 'node_modules/.bin/tsc', ['--noEmit']),
  runTests('unit', node24),
  ...(node22 ? [runTests('unit', node22)] : []),
  // Half of their time these wait for others: a third fills the pauses.
  runTests('e2e', node24, ['--maxWorkers=3']),
]
rmSync(folder, { recursive: true })

const sum = (key: 'passed' | 'failed' | 'skipped') => tallies.reduce((total, tally) => total + tally[key], 0)
for (const { name, failed } of tallies) if (failed > 0) console.log(`failed: ${name} (${failed})`)
const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''
console.log(`${sum('passed')} passed, ${sum('failed')} failed${skipped}`)
process.exitCode = sum('failed') > 0 ? 1 : 0

function check(name: string, command: string, args: readonly string[]): Tally {
  console.log(`== ${name}`)
  const ok = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  return { name, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
}

function runTests(project: string, node: string, more: readonly string[] = []): Tally {
  const output = join(folder, `${project}.json`)
  rmSync(output, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`]
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--passWithNoTests',
    ...reporters,
    ...more,
    ...filters,
  ]
  const name = `${project} tests, Node ${spawnSync(node, ['-p', 'process.version'], { encoding: 'utf8' }).stdout.trim()}`
  console.log(`== ${name}`)
  const { status } = spawnSync(node, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  return { name, ...tallyOf(output, status === 0) }
}

function tallyOf(output: string, ok: boolean): Omit<Tally, 'name'> {
  try {
    const report = JSON.parse(readFileSync(output, 'utf8')) as Report
    const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
    const failed = report.numFailedTests + unloaded.length
    const skipped = report.numPendingTests + report.numTodoTests
    return { passed: report.numPassedTests, failed: ok ? failed : Math.max(failed, 1), skipped }
  } catch {
    return { passed: 0, failed: ok ? 0 : 1, skipped: 0 }
  }
}
