// How much is under way at once: what comes beyond that waits its turn, first come, first served, but for what is urgent.

/** Runs work when there is a place for it; the next that is free where it is urgent. */
export type Limit = <T>(work: () => Promise<T>, isUrgent?: boolean) => Promise<T>

/** At most `places` pieces of work at the same moment. */
export function createLimit(places: number): Limit {
  const waiting: (() => void)[] = []
  let free = places
  return async (work, isUrgent = false) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => (isUrgent ? waiting.unshift(resolve) : waiting.push(resolve)))
    try {
      return await work()
    } finally {
      // The place goes from hand to hand, so that nobody who comes later takes it.
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    }
  }
}
