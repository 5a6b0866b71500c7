// Makes dist/: the Node build, its declarations, the licences of what is bundled, the standalone executable, a stamp.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { bundleForNode } from './bundler.ts'
import { bundledLicences } from './licences.ts'
import { sourceDigest } from './stamp.ts'

const started = performance.now()
const digest = sourceDigest('.')
if (process.argv.includes('--if-needed') && existsSync('dist/stamp') && readFileSync('dist/stamp', 'utf8') === digest)
  process.exit(0)
rmSync('dist', { recursive: true, force: true })

// The bundler has told what is wrong by then.
const bundle = (name: string, entry: string, more = {}) =>
  bundleForNode(name, entry, 'dist', { more, digest }).catch(() => process.exit(1))
const program = await bundle('main', 'bin/program.ts')
// In one run, so that both entries share what they have in common: a Fault of one is a Fault of the other.
const library = await bundle('index', 'src/index.ts', { clients: 'src/clients.ts' })
// By itself: an entry that shared the program's chunks would cut what a verification starts with into more of them.
const threads = [
  await bundle('history-thread', 'src/compose/thread.ts'),
  await bundle('scan-thread', 'src/scan/thread.ts'),
  await bundle('monitor-thread', 'src/compose/monitor-thread.ts'),
]
writeFileSync('dist/meta.json', JSON.stringify(program))
writeFileSync('dist/licences.txt', bundledLicences([program, library, ...threads]))
const bun = process.env['BUN']
if (bun) buildStandalone(bun)
else console.error('no standalone build: Bun has no package for this platform')
run('node_modules/.bin/tsc', ['-p', 'tsconfig.types.json'])
writeFileSync('dist/stamp', digest)
console.error(`built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`)

/** The launcher and all it may load in one executable, which reads no configuration of the folder it is started in. */
function buildStandalone(bun: string): void {
  run(bun, [
    'build',
    '--compile',
    '--bytecode',
    '--format=esm',
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    // Chunks that are not called are not read, and code that runs once is not worth a compiler's time: each saves a
    // verification about a tenth.
    '--splitting',
    '--compile-jit-policy=1000',
    'bin/gitsigil.js',
    'dist/history-thread.js',
    'dist/scan-thread.js',
    'dist/monitor-thread.js',
    '--outfile',
    'dist/standalone/gitsigil',
  ])
}

function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error ?? ''}`)
  console.error(`gitsigil: error: ${command} ${args[0]} failed`)
  process.exit(1)
}
