import { expect, test } from 'vitest'
import { encodeFindings } from '../../src/history/batch.ts'
import { poolOf, type Thread } from '../../src/history/pool.ts'
import { commitFrame } from '../support/frames.ts'

const unsigned = encodeFindings([{ state: 'unsigned' }])

function thread(dies: () => boolean): Thread {
  let dead = false
  return {
    async look({ items }) {
      dead ||= dies()
      if (dead) throw new Error('exit status 9')
      return items.map(() => unsigned)
    },
    close: async () => undefined,
  }
}

test('the objects of a thread that dies are faults, and another takes its place', async () => {
  let deaths = 1
  const pool = poolOf(2, () => thread(() => deaths-- > 0))
  const frames = [commitFrame([]), commitFrame([], 'y')]
  expect(await pool.look(frames)).toEqual(
    frames.map(() => [{ state: 'fault', code: 'worker', why: 'not verified: a thread ended (exit status 9)' }]),
  )
  expect(await pool.look(frames)).toEqual(frames.map(() => [{ state: 'unsigned' }]))
})

test('where every thread dies, every object is a fault, and it ends', async () => {
  let started = 0
  const pool = poolOf(2, () => {
    started++
    return thread(() => true)
  })
  for (let i = 0; i < 20; i++)
    expect(await pool.look([commitFrame([])])).toEqual([[expect.objectContaining({ state: 'fault', code: 'worker' })]])
  expect(started).toBeLessThan(10)
})

test('work goes to the thread that has the least', async () => {
  const loads = [0, 0, 0]
  let next = 0
  const pool = poolOf(3, () => {
    const me = next++
    return {
      async look({ items }) {
        loads[me] = (loads[me] ?? 0) + 1
        await new Promise((resolve) => setTimeout(resolve, 5))
        return items.map(() => unsigned)
      },
      close: async () => undefined,
    }
  })
  await Promise.all(Array.from({ length: 9 }, () => pool.look([commitFrame([])])))
  expect(loads).toEqual([3, 3, 3])
})

test('a pool is busy once each thread has a batch to work at and one that waits', async () => {
  const ends: (() => void)[] = []
  const pool = poolOf(2, () => ({
    look: ({ items }) => new Promise((resolve) => ends.push(() => resolve(items.map(() => unsigned)))),
    close: async () => undefined,
  }))
  const looked = Array.from({ length: 4 }, () => {
    expect(pool.isBusy()).toBe(false)
    return pool.look([commitFrame([])])
  })
  expect(pool.isBusy()).toBe(true)
  for (const end of ends) end()
  await Promise.all(looked)
  expect(pool.isBusy()).toBe(false)
})
