// Disables each check in a copy of the checkout and asks the tests. No general mutation-testing tool: those change operators
// wherever they stand, and know no security check from arithmetic, so that a score would say nothing about checks.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Disabled, disablings } from './disablings.ts'

const CORE = ['verify', 'bundle', 'cms', 'rekor', 'tsa', 'x509', 'asn1', 'proto'].map((room) => `test/${room}/`)

const { values } = parseArgs({
  options: { only: { type: 'string' }, until: { type: 'string' }, kept: { type: 'string' } },
})
const parent = mkdtempSync(join(tmpdir(), 'gitsigil-checks-'))
const copy = join(parent, 'checkout')

try {
  process.exitCode = run()
} finally {
  rmSync(parent, { recursive: true, force: true })
}

function run(): number {
  makeCopy()
  // With a test that fails anyway everything would pass for caught.
  if (runs(['scripts/judge-vectors.ts']) !== 0 || fails([...CORE, 'test/vectors']))
    throw new Error('the tests fail with every check in place')
  const all = disablings('src').filter(({ path, line }) => `${path}:${line}`.includes(values.only ?? ''))
  const known = caughtBefore()
  const uncaught: Disabled[] = []
  let tried = 0
  for (const one of all) {
    if (values.until !== undefined && new Date().toTimeString().slice(0, 5) >= values.until) break
    tried += 1
    const caught = known.has(keyOf(one)) || isCaught(one)
    if (!caught) uncaught.push(one)
    else if (values.kept !== undefined && !known.has(keyOf(one))) appendFileSync(values.kept, `${keyOf(one)}\n`)
    console.log(`${caught ? 'caught' : 'NOT CAUGHT'} ${one.path}:${one.line} ${one.text.replaceAll('\n', ' ')}`)
  }
  if (tried < all.length) console.log(`${all.length - tried} not tried: out of time`)
  console.log(`${tried} checks tried, ${tried - uncaught.length} caught, ${uncaught.length} not caught`)
  return uncaught.length > 0 ? 1 : 0
}

/** What an earlier run found caught, in the very same source: a run that was broken off goes on where it stopped. */
function caughtBefore(): ReadonlySet<string> {
  return new Set(
    values.kept !== undefined && existsSync(values.kept) ? readFileSync(values.kept, 'utf8').split('\n') : [],
  )
}

function keyOf({ path, source }: Disabled): string {
  return `${path} ${createHash('sha256').update(source).digest('hex')}`
}

function makeCopy(): void {
  for (const name of [
    'src',
    'test',
    'fixtures',
    'scripts',
    'schema',
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
  ])
    cpSync(name, join(copy, name), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    })
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  symlinkSync(resolve('../shared'), join(parent, 'shared'))
}

/**
 * The vectors first, because that is quick, then the file's own test, then the room's, then the whole core's. A mutant that
 * hangs is caught too.
 */
function isCaught({ path, source }: Disabled): boolean {
  const original = readFileSync(path, 'utf8')
  writeFileSync(join(copy, path), source)
  try {
    const own = path.replace('src/', 'test/').replace('.ts', '.test.ts')
    if (runs(['scripts/judge-vectors.ts']) !== 0) return true
    return (
      (existsSync(own) && fails([own])) ||
      fails([`${dirname(path).replace('src/', 'test/')}/`]) ||
      fails([...CORE, 'test/vectors'])
    )
  } finally {
    writeFileSync(join(copy, path), original)
  }
}

function fails(filters: readonly string[]): boolean {
  const options = ['run', '--project', 'unit', '--bail', '1', '--reporter', 'dot', '--maxWorkers', '1', '--no-isolate']
  return runs([resolve('node_modules/vitest/vitest.mjs'), ...options, ...filters]) !== 0
}

function runs(args: readonly string[]): number | null {
  return spawnSync('node', args, { cwd: copy, stdio: 'ignore', timeout: 300_000 }).status
}
