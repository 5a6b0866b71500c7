// The standalone executable compiles to machine code late, because most of its runs take milliseconds. One that verifies a
// history says beforehand that it does not.

interface BunRuntime {
  readonly unsafe?: { setJITPolicy?(scale: number): void }
}

/** From now on the runtime compiles as it does by default. */
export function expectLongRun(): void {
  const { Bun: bun } = globalThis as { readonly Bun?: BunRuntime }
  bun?.unsafe?.setJITPolicy?.(1)
}
