// What was fetched and is wanted again, under a bound, and never what failed: asked again, it may be there.

/** What is in the map, or `make` puts there; no more than `most`, the oldest goes first. */
export function keep<T>(map: Map<string, Promise<T>>, key: string, most: number, make: () => Promise<T>): Promise<T> {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  made.catch(() => {
    if (map.get(key) === made) map.delete(key)
  })
  const [oldest] = map.keys()
  if (map.size > most && oldest !== undefined) map.delete(oldest)
  return made
}
