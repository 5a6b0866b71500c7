// Git as a child: its configuration and its objects. Children never inherit stdout, which belongs to the signature, run
// without a shell, and read objects as they are: replace refs, grafts and fetches of missing objects are off.
import { type ChildProcess, spawn } from 'node:child_process'
import { concatBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { World } from './world.ts'

/** What a finished child said. */
export interface Output {
  readonly status: number | null
  readonly stdout: Uint8Array
  /** The first line, for messages. */
  readonly complaint: string
}

const MAX_OUTPUT = 512 * 1024 * 1024

// GIT_ALLOW_PROTOCOL stops what Git before 2.45 knows no variable for: a fetch on its own from a promisor remote.
const AS_THEY_ARE = {
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
}

/** Runs `git` with `input` on its stdin. Throws `git` where it cannot be run or says more than half a gigabyte. */
export function runGit(world: World, args: readonly string[], input?: Uint8Array): Promise<Output> {
  const child = spawn('git', args, {
    cwd: world.cwd,
    env: { ...world.env, ...AS_THEY_ARE },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  // A child that ends early breaks the pipe; its status tells why.
  child.stdin?.on('error', () => undefined).end(input)
  return outputOf(child)
}

function outputOf(child: ChildProcess): Promise<Output> {
  return new Promise((resolve, reject) => {
    const stdout: Uint8Array[] = []
    const stderr: Uint8Array[] = []
    let total = 0
    child.on('error', (cause) => reject(new Fault('git', 'cannot run git', { cause, hint: 'git must be on the PATH' })))
    child.stderr?.on('data', (chunk: Uint8Array) => stderr.length < 16 && stderr.push(chunk))
    child.stdout?.on('data', (chunk: Uint8Array) => {
      total += chunk.length
      if (total <= MAX_OUTPUT) stdout.push(chunk)
      else child.kill()
    })
    child.on('close', (status) => {
      if (total > MAX_OUTPUT) reject(new Fault('git', 'git printed more than half a gigabyte'))
      else resolve({ status, stdout: concatBytes(...stdout), complaint: firstLine(concatBytes(...stderr)) })
    })
  })
}

function firstLine(bytes: Uint8Array): string {
  return (new TextDecoder().decode(bytes).split('\n')[0] ?? '').slice(0, 300)
}
