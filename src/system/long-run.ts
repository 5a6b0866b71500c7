// Runtimes are set for how long most runs are: milliseconds, in which the standalone executable compiles little to machine
// code and Node has no time for garbage. One that verifies a history says beforehand that it is not among them.
import { setFlagsFromString } from 'node:v8'

interface BunRuntime {
  readonly unsafe?: { setJITPolicy?(scale: number): void }
  gc?(isAwaited: boolean): void
}

/** Objects between two collections: a second's work, of which one takes the thirtieth part. */
const BETWEEN = 1024

/**
 * From now on the standalone executable compiles as Bun does by default. Node's space for what dies young stays as small as
 * it is at the start, where the processor's cache holds it: grown, it takes a hundred MiB more and no less time.
 */
export function expectLongRun(): void {
  const bun = bunRuntime()
  if (bun === undefined) setFlagsFromString('--semi-space-growth-factor=1')
  else bun.unsafe?.setJITPolicy?.(1)
}

/**
 * For a thread of several: to be told how many objects it has looked at. Left to itself Bun lets a hundred MiB of garbage lie
 * in each, and the more the longer the run; Node's threads have limits.
 */
export function createTidying(): (objects: number) => void {
  const bun = bunRuntime()
  let left = BETWEEN
  return (objects) => {
    left -= objects
    if (left > 0 || bun === undefined) return
    left = BETWEEN
    bun.gc?.(true)
  }
}

function bunRuntime(): BunRuntime | undefined {
  return (globalThis as { readonly Bun?: BunRuntime }).Bun
}
