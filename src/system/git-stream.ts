// Git as children that stream: ids out of one, objects out of another. As for any Git child replace refs, grafts and lazy
// fetches are off, and the commit-graph, which nothing checks against the objects, is too.
import type { Buffer } from 'node:buffer'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { AS_THEY_ARE, complaintOf } from './git.ts'
import type { World } from './world.ts'

/** A running Git. */
export interface GitStream {
  readonly output: AsyncIterable<Buffer>
  /** Resolves once the child takes more. Never rejects: a child that has ended says why by its status. */
  write(bytes: Uint8Array): Promise<void>
  end(): void
  /** Why it failed; undefined where it did not. */
  readonly ended: Promise<string | undefined>
  /** Ends the child, whatever it does. */
  stop(): void
}

interface Started {
  readonly world: World
  readonly signal: AbortSignal
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

const MAX_COMPLAINT = 4096
const ENDS_OF_WAITING = ['drain', 'close', 'error'] as const

/** Starts `git`, and kills it when `signal` says so. One that cannot be run has ended. */
export async function startGit({ world, signal }: Started, args: readonly string[]): Promise<GitStream> {
  const { spawn } = await import('node:child_process')
  // Else rev-list writes every id by itself, and each costs both sides a turn.
  const env = { ...world.env, ...AS_THEY_ARE, GIT_FLUSH: '0' }
  const child = spawn('git', ['-c', 'core.commitGraph=false', ...args], {
    cwd: world.cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    signal,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => undefined)
  const ended = endOf(child)
  return {
    output: child.stdout,
    write: (bytes) => (child.stdin.write(bytes) ? Promise.resolve() : drained(child)),
    end: () => child.stdin.end(),
    ended,
    stop() {
      child.stdout.destroy()
      child.kill('SIGKILL')
    },
  }
}

function drained({ stdin }: Child): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ENDS_OF_WAITING) stdin.off(event, done)
      resolve()
    }
    for (const event of ENDS_OF_WAITING) stdin.on(event, done)
  })
}

function endOf(child: Child): Promise<string | undefined> {
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < MAX_COMPLAINT) complaint += text
  })
  return new Promise((resolve) => {
    child.on('error', (cause) => resolve(`it cannot be run: ${cause.message}`))
    child.on('close', (status, signal) => {
      resolve(status === 0 ? undefined : complaintOf(complaint) || `it ended with ${status ?? signal}`)
    })
  })
}
