// Single questions that go out together: whoever gets a place first takes along what waits by then. The busier, the fuller.
import type { Limit } from '../system/limit.ts'
import { takeTurn } from '../system/wait.ts'

interface Waiting<Key, Value> {
  readonly key: Key
  resolve(value: Value): void
  reject(thrown: unknown): void
}

/**
 * @param most keys of one request
 * @param ask gives what tells the answer to each of its keys, among which none is twice; where it fails, all of them do
 */
export function inBatches<Key, Value>(
  limit: Limit,
  most: number,
  ask: (keys: readonly Key[]) => Promise<(key: Key) => Value>,
): (key: Key) => Promise<Value> {
  const waiting: Waiting<Key, Value>[] = []
  const send = async () => {
    // What else is asked at the same moment comes along.
    await takeTurn()
    const batch = waiting.splice(0, most)
    if (batch.length === 0) return
    try {
      const find = await ask([...new Set(batch.map(({ key }) => key))])
      for (const { key, resolve } of batch) resolve(find(key))
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown)
    }
  }
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject })
      // What was begun is ended before more is: a run that is cut short has then found the most.
      void limit(send, waiting.length % most === 0)
    })
}
