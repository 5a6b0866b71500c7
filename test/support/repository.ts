// A Git repository in a temporary folder, for tests that need a real one.
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { temporaryFolder } from './folder.ts'

export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Repository {
  readonly path: string
  /** Runs git there and gives its stdout without the last line feed. Throws where it fails. */
  git(args: readonly string[], input?: Uint8Array | string): string
  /** Runs git there, whatever comes of it. */
  tryGit(args: readonly string[], input?: Uint8Array | string): SpawnSyncReturns<string>
  /** The same while this process goes on, as it must where it serves what git's children ask for. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, input?: Uint8Array | string): Promise<Run>
  /** Stores these bytes, however odd they are, and gives the object id. */
  store(type: 'commit' | 'tag' | 'blob', bytes: Uint8Array | string): string
}

const MAX_BUFFER = 64 * 1024 * 1024

/** Whether new repositories keep each ref in a file of its own, where a test can damage it. */
export const refsAreFiles = process.env['GIT_DEFAULT_REF_FORMAT'] !== 'reftable'
if (!refsAreFiles) console.warn('skipped: refs are no files here, so none is damaged by hand')

/** Removed after the test file. */
export function createRepository(...initArgs: readonly string[]): Repository {
  const path = temporaryFolder('repository')
  const repository = openRepository(path)
  repository.git(['init', '--quiet', '--initial-branch=main', ...initArgs])
  repository.git(['config', 'user.name', 'Alice'])
  repository.git(['config', 'user.email', 'alice@example.com'])
  repository.git(['config', 'gpg.format', 'x509'])
  return repository
}

export function openRepository(path: string): Repository {
  return {
    path,
    git: (args, input) =>
      execFileSync('git', args, { cwd: path, input, encoding: 'utf8', maxBuffer: MAX_BUFFER }).replace(/\n$/, ''),
    tryGit: (args, input) => spawnSync('git', args, { cwd: path, input, encoding: 'utf8', maxBuffer: MAX_BUFFER }),
    run: (args, env = {}, input = '') => runProgram(['git', ...args], { cwd: path, env, input }),
    store(type, bytes) {
      return this.git(['hash-object', '-w', '--literally', '-t', type, '--stdin'], bytes)
    },
  }
}

interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: Uint8Array | string
}

/** Runs any program to its end, while this process goes on. */
export function runProgram([program = '', ...args]: readonly string[], options: RunOptions): Promise<Run> {
  const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env } })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  child.stdin.on('error', () => undefined).end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, ...output }))
  })
}
