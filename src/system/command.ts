// A program that is asked for one thing, within a time limit: found on the PATH, without a shell, without our stdin and
// stdout. It does not run in the work tree, where a program of its name may lie (Windows looks there before the PATH).
import type { ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { concatBytes } from '../bytes.ts'

export interface CommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds, after which it is killed. */
  readonly timeout: number
}

/** How a program ended. `missing`: there is none of that name; `broken`: it could not be started, or said too much. */
export type Ended =
  | { readonly how: 'exit'; readonly status: number | null; readonly stdout: Uint8Array; readonly stderr: Uint8Array }
  | { readonly how: 'missing' | 'late' }
  | { readonly how: 'broken'; readonly why: string }

/** More than any token or complaint. */
const MAX_OUTPUT = 256 << 10

/** Runs `command` to its end, or to its time limit. Never rejects. */
export async function runCommand(command: readonly string[], { env, timeout }: CommandOptions): Promise<Ended> {
  const { spawn } = await import('node:child_process')
  const [program = '', ...args] = command
  return await new Promise((done) => {
    const child = spawn(program, args, {
      cwd: resolve('/'),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    const end = (ended: Ended): void => {
      clearTimeout(timer)
      release(child)
      done(ended)
    }
    const timer = setTimeout(() => end({ how: 'late' }), timeout)
    const tooMuch = () => end({ how: 'broken', why: 'said too much' })
    const [stdout, stderr] = [collect(child.stdout, tooMuch), collect(child.stderr, tooMuch)]
    child.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ENOENT' ? { how: 'missing' } : { how: 'broken', why: `cannot be run (${error.code})` }),
    )
    child.on('close', (status) => end({ how: 'exit', status, stdout: stdout(), stderr: stderr() }))
  })
}

// Its pipes go first: what it started itself may hold them open long after it is gone.
function release(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) child.kill('SIGKILL')
}

function collect(stream: NodeJS.ReadableStream, tooMuch: () => void): () => Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  stream.on('data', (part: Uint8Array) => {
    length += part.length
    if (length > MAX_OUTPUT) tooMuch()
    else parts.push(part)
  })
  return () => concatBytes(...parts)
}
