// Runtimes are set for how long most runs are: milliseconds, in which the standalone executable compiles little to machine
// code and Node has no time for garbage. One that verifies a history says beforehand that it is not among them.
import { setFlagsFromString } from 'node:v8'

interface BunRuntime {
  readonly unsafe?: { setJITPolicy?(scale: number): void }
}

/**
 * From now on the standalone executable compiles as Bun does by default. Node's space for what dies young stays as small as
 * it is at the start, where the processor's cache holds it: grown, it takes a hundred MiB more and no less time.
 */
export function expectLongRun(): void {
  const { Bun: bun } = globalThis as { readonly Bun?: BunRuntime }
  if (bun === undefined) setFlagsFromString('--semi-space-growth-factor=1')
  else bun.unsafe?.setJITPolicy?.(1)
}
