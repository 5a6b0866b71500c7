// Work on a stream of things with some of it under way ahead of the reader, and results in the order of the things.

/** What `work` gives for each, `places` of them under way at once and no more kept. The first that fails ends it. */
export async function* workAhead<Thing, Result>(
  things: AsyncIterable<Thing> | Iterable<Thing>,
  places: number,
  work: (thing: Thing) => Promise<Result>,
): AsyncGenerator<Result, undefined> {
  const under: Promise<Result>[] = []
  for await (const thing of things) {
    const one = work(thing)
    // Whose turn has not come fails unheard until then.
    one.catch(() => undefined)
    under.push(one)
    if (under.length < places) continue
    const first = under.shift()
    if (first !== undefined) yield await first
  }
  for (const one of under) yield await one
  return undefined
}

/** One after the other: of a log of billions nobody wants a list. */
export function* numbers(from: number, to: number, step = 1): Generator<number, undefined> {
  for (let n = from; n < to; n += step) yield n
  return undefined
}
