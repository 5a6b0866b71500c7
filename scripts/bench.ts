// Measures both builds in one run: medians of interleaved rounds, each beside its ratio to what it is held against.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { corpusQuestion, type Question, sandboxQuestion } from './bench-question.ts'
import { openSandbox, signingRounds } from './bench-sign.ts'
import { interleave, median, peakMemory, type Subject, table } from './measure.ts'

const rounds = Number(process.argv[2] ?? 30)
if (!Number.isInteger(rounds) || rounds < 3) {
  console.error('gitsigil: error: ROUNDS must be a number, 3 or more')
  process.exit(2)
}
const node = process.env['NODE24'] || 'node'
const builds: Readonly<Record<string, readonly string[]>> = {
  'Node 24 build': [node, resolve('bin/gitsigil.js')],
  ...(existsSync('dist/standalone/gitsigil') ? { standalone: [resolve('dist/standalone/gitsigil')] } : {}),
}
const gitsign = spawnSync('gitsign', ['--version'], { stdio: 'ignore' }).error === undefined
const folder = mkdtempSync(join(tmpdir(), 'gitsigil-bench-'))
const sandbox = openSandbox(builds, join(folder, 'sandbox'))

try {
  console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; ${rounds} interleaved rounds, medians`)
  if (!gitsign) console.log('gitsign is not on PATH: not compared')
  await measureStart()
  await measureVerification(corpusQuestion(folder) ?? (await sandboxQuestion(folder, sandbox)))
  await measureSigning()
} finally {
  sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function measureStart(): Promise<void> {
  const subjects: Subject[] = [
    { name: 'empty Node 24', command: [node, '-e', '0'] },
    ...Object.entries(builds).map(([name, command]) => ({ name, command: [...command, 'version'] })),
    ...(gitsign ? [{ name: 'gitsign', command: ['gitsign', 'version'] }] : []),
  ]
  console.log(`\nstart-up (version)\n${table(await interleave(subjects, rounds))}`)
}

/** As users have it: in a repository whose configuration Git is asked for, with the trusted root read from disk. */
async function measureVerification({ what, args, payload, cwd }: Question): Promise<void> {
  const asked = (name: string, command: readonly string[]): Subject => ({
    name,
    command: [...command, ...args],
    cwd,
    input: payload,
  })
  const subjects = [
    { name: 'empty Node 24', command: [node, '-e', '0'], cwd, input: payload },
    ...Object.entries(builds).map(([name, command]) => asked(name, command)),
    ...(gitsign ? [asked('gitsign', ['gitsign'])] : []),
  ]
  const working = subjects.filter(({ name, command: [executable = '', ...rest] }) => {
    const { status } = spawnSync(executable, rest, { cwd, input: payload, stdio: ['pipe', 'ignore', 'ignore'] })
    if (status !== 0) console.log(`${name} does not verify this object here: not compared`)
    return status === 0
  })
  const memory = (subject: Subject) => peakMemory(subject, join(folder, 'memory'))
  console.log(`\none verification (${what})\n${table(await interleave(working, rounds), memory)}`)
}

async function measureSigning(): Promise<void> {
  console.log(
    '\ngit commit -S on the sandbox: what it adds to git commit, less the time in which a service was answering',
  )
  for (const [name, command] of Object.entries(builds)) {
    const own = await signingRounds(sandbox, command, join(folder, name.replaceAll(' ', '-')), Math.min(rounds, 15))
    console.log(`  ${name.padEnd(16)}${median(own).toFixed(1).padStart(8)} ms`)
  }
}
