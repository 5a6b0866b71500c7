// Everything the program sees of its process, as one value: the launchers in bin/ build it, tests pass an object literal.
import { Buffer } from 'node:buffer'
import { readSync, writeSync } from 'node:fs'
import { Fault } from '../errors.ts'

export interface World {
  /** The name it was started under: `gitsigil`, or `gitsign` where it stands in for that. */
  readonly name: string
  /** Arguments without the program. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** `linux`, `darwin`, `win32`... */
  readonly platform: string
  /** All of standard input. What lies beyond `MAX_STDIN` is read and dropped, and then a `parse` fault is thrown. */
  readStdin(): Promise<Uint8Array>
  /** Writes all of it before it returns; throws `io`, and `closed` where nobody reads it. */
  write(fd: number, data: Uint8Array | string): void
  isTerminal(fd: number): boolean
  /** Milliseconds since 1970. */
  now(): number
  /** From now on Ctrl-C calls `listener` instead of ending the process; what is given back ends that. */
  onInterrupt?(listener: () => void): () => void
}

/** What of Node's `process` a world is made from. */
export interface ProcessView {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  cwd(): string
  on(event: 'SIGINT', listener: () => void): unknown
  off(event: 'SIGINT', listener: () => void): unknown
  /** Loads `node:tty` only where somebody asks: it brings the network's streams along, milliseconds at each start. */
  getBuiltinModule(name: 'node:tty'): { isatty(fd: number): boolean }
}

/** Largest standard input, in bytes: far above any Git object that is signed, below what would exhaust memory. */
export const MAX_STDIN = 512 * 1024 * 1024

/** `startedAs` is the path or name of the executable as it was called, symbolic links unresolved. */
export function createWorld(view: ProcessView, startedAs: string): World {
  return {
    name: programName(startedAs),
    args: view.argv.slice(2),
    env: view.env,
    cwd: view.cwd(),
    platform: view.platform,
    readStdin: async () => readAll(0),
    write: writeAll,
    isTerminal: (fd) => view.getBuiltinModule('node:tty').isatty(fd),
    now: () => Date.now(),
    onInterrupt(listener) {
      view.on('SIGINT', listener)
      return () => view.off('SIGINT', listener)
    },
  }
}

function programName(startedAs: string): string {
  const base = startedAs.split(/[\\/]/).at(-1) ?? ''
  return base.replace(/\.(?:js|mjs|exe|cmd)$/i, '') === 'gitsign' ? 'gitsign' : 'gitsigil'
}

// Reading synchronously spares the start-up of Node's streams; Git fails with EPIPE where not all of it is read.
function readAll(fd: number): Uint8Array {
  const chunks: Uint8Array[] = []
  let total = 0
  for (let chunk = readSome(fd); chunk.length > 0; chunk = readSome(fd)) {
    total += chunk.length
    if (total <= MAX_STDIN) chunks.push(chunk)
    else chunks.length = 0
  }
  if (total > MAX_STDIN) throw new Fault('parse', `standard input: larger than ${MAX_STDIN} bytes`)
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

function readSome(fd: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(65_536)
  for (;;) {
    try {
      return buffer.subarray(0, readSync(fd, buffer))
    } catch (error) {
      if (codeOf(error) === 'EOF') return buffer.subarray(0, 0)
      if (codeOf(error) !== 'EAGAIN') throw new Fault('io', 'cannot read standard input', { cause: error })
      pause()
    }
  }
}

function writeAll(fd: number, data: Uint8Array | string): void {
  let rest: Uint8Array = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw unwritten(fd, error)
      pause()
    }
  }
}

function unwritten(fd: number, cause: unknown): Fault {
  const place = fd === 1 ? 'standard output' : `descriptor ${fd}`
  const code = codeOf(cause) === 'EPIPE' ? 'closed' : 'io'
  return new Fault(code, `cannot write to ${place}: ${codeOf(cause) ?? cause}`, { cause })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

// A pipe that somebody made non-blocking is not ready: wait a millisecond without an event loop.
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
}
