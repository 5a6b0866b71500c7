import fc from 'fast-check'
import { expect, test } from 'vitest'
import { numbers, workAhead } from '../../src/scan/ahead.ts'

const later = (turns: number) => new Promise<void>((resolve) => setTimeout(resolve, turns))

test('results come in the order of what was asked, whichever is ready first; no more is under way than was said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), async (waits, places) => {
      let [now, most] = [0, 0]
      const results: number[] = []
      const work = async (n: number) => {
        most = Math.max(most, ++now)
        await later(waits[n] ?? 0)
        now--
        return n
      }
      for await (const n of workAhead(numbers(0, waits.length), places, work)) results.push(n)
      expect(results).toEqual([...waits.keys()])
      expect(most).toBeLessThanOrEqual(places)
    }),
    { numRuns: 20 },
  )
})

test('what comes before a failure is handed on, and nothing behind it', async () => {
  const results: number[] = []
  const work = async (n: number) => {
    if (n >= 3) throw new Error(`no ${n}`)
    await later(n)
    return n
  }
  const reading = async () => {
    for await (const n of workAhead(numbers(0, 100), 5, work)) results.push(n)
  }
  await expect(reading()).rejects.toThrow('no 3')
  expect(results).toEqual([0, 1, 2])
})

test('a reader who stops ends what is read for him', async () => {
  let ended = false
  async function* source() {
    try {
      yield* numbers(0, 100)
    } finally {
      ended = true
    }
  }
  for await (const n of workAhead(source(), 3, async (one) => one)) if (n === 4) break
  expect(ended).toBe(true)
})
