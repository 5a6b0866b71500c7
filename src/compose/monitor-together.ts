// Logs that are looked at together, where two of them may remember in the same files: a trusted root may list a key twice.

/** At the same time, but for those of one key: one after the other. All have ended before one that failed is thrown. */
export async function together<Thing, Result>(
  things: readonly Thing[],
  keyOf: (thing: Thing) => string,
  work: (thing: Thing) => Promise<Result>,
): Promise<readonly Result[]> {
  const last = new Map<string, Promise<unknown>>()
  const works = things.map((thing) => {
    const one = (last.get(keyOf(thing)) ?? Promise.resolve()).then(() => work(thing))
    last.set(
      keyOf(thing),
      one.catch(() => undefined),
    )
    return one
  })
  await Promise.allSettled(works)
  return await Promise.all(works)
}
