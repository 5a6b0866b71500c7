// Numbers for the fuzzer: the same seed and case give the same mutation on every machine and runtime.

export interface Random {
  /** 0 to `below` - 1. */
  below(below: number): number
  /** One in `n`. */
  once(n: number): boolean
  pick<Item>(items: readonly Item[]): Item | undefined
}

/** One case of one run (mulberry32 over a mix of both). */
export function randomFor(seed: number, index: number): Random {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, once: (n) => below(n) === 0, pick: (items) => items[below(items.length)] }
}
