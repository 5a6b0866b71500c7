// Work in steps, so that one kind of step can be done for many signatures before the next kind. Code that runs once between
// two elliptic curves is cold each time, and takes five times as long as when it runs twenty times in a row.

/** Work that pauses between its steps, and ends in a result. */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** Runs one to its end. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** Runs all side by side, a step of each in turn. The results are those of `finish`, in the same order. */
export function finishAll<Result>(all: readonly Steps<Result>[]): readonly Result[] {
  const results = new Map<Steps<Result>, Result>()
  for (let rest = all; rest.length > 0; ) rest = advance(rest, results)
  return inOrderOf(all, results)
}

/** A step of each, the results of what ended put into `results`; gives those that have not ended. */
export function advance<Result>(all: readonly Steps<Result>[], results: Map<Steps<Result>, Result>) {
  return all.filter((steps) => {
    const step = steps.next()
    if (step.done === true) results.set(steps, step.value)
    return step.done !== true
  })
}

/** The results of `all`, once each has ended. */
export function inOrderOf<Result>(all: readonly Steps<Result>[], results: ReadonlyMap<Steps<Result>, Result>) {
  return all.flatMap((steps) => {
    const result = results.get(steps)
    return result === undefined ? [] : [result]
  })
}
