// The process of a hook, until it ends. What it leaves in the background may hold its pipes open for ever, and nobody waits
// for that: not Git in a rebase either.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { concatBytes } from '../bytes.ts'
import { takeTurn } from './wait.ts'

/** Where and with what it runs. */
export interface HookRequest {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Nothing where undefined. */
  readonly input: Uint8Array | undefined
}

/** How it went. */
export interface HookEnd {
  /** Null where a signal ended it; 0 also where there is no such hook. */
  readonly status: number | null
  /** All that it printed, raw. */
  readonly said: string
}

/** Largest output of a hook, in bytes; it is ended where it prints more. */
const MAX_OUTPUT = 64 << 20
/** Milliseconds that its pipes have after it, for what is still in them. */
const MOMENT = 200

/** Runs a file, without a shell. Rejects with the runtime's own errors. */
export async function runHookChild(command: readonly string[], { cwd, env, input }: HookRequest): Promise<HookEnd> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd, env, stdio: 'pipe', windowsHide: true })
  const heard = [collect(child, child.stdout), collect(child, child.stderr)]
  // One that ends before it has read its input says why by its status.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  try {
    const status = await endOf(child)
    // What came while nothing here ran is read first.
    await takeTurn()
    return { status, said: heard.map((bytes) => new TextDecoder().decode(bytes())).join('') }
  } finally {
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy()
  }
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (status) => {
      const timer = setTimeout(() => resolve(status), MOMENT)
      child.on('close', () => {
        clearTimeout(timer)
        resolve(status)
      })
    })
  })
}

function collect(child: ChildProcessWithoutNullStreams, stream: Readable): () => Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  stream.on('data', (part: Uint8Array) => {
    length += part.length
    parts.push(part)
    if (length <= MAX_OUTPUT) return
    child.kill('SIGKILL')
    child.emit('error', new Error(`it prints more than ${MAX_OUTPUT} bytes`))
  })
  return () => concatBytes(...parts)
}
