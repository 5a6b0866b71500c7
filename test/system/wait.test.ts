import { expect, test } from 'vitest'
import { Fault } from '../../src/errors.ts'
import { takeTurn, waitFor } from '../../src/system/wait.ts'

const late = () => new Fault('identity', 'late')
const never = new Promise<never>(() => undefined)

test('what comes in time is given', async () => {
  expect(await waitFor(Promise.resolve(1), { timeout: 1000, late })).toBe(1)
})

test('what fails in time fails so', async () => {
  await expect(waitFor(Promise.reject(new Error('no')), { timeout: 1000, late })).rejects.toThrow('no')
})

test('time that is up is a fault, with a word now and then before', async () => {
  const left: number[] = []
  const patience = { timeout: 1100, every: 40, late, remind: (ms: number) => void left.push(ms) }
  await expect(waitFor(never, patience)).rejects.toThrow('late')
  expect(left.length).toBeGreaterThan(0)
  expect(left.every((ms) => ms >= 1000)).toBe(true)
})

test.each(['before', 'during'])('an interrupt %s the wait ends it', async (when) => {
  const stop = new AbortController()
  if (when === 'before') stop.abort()
  else setTimeout(() => stop.abort(), 10)
  await expect(waitFor(never, { timeout: 5000, late, signal: stop.signal })).rejects.toMatchObject({
    code: 'interrupted',
  })
})

test('who takes a turn hears what came while it worked', async () => {
  let heard = false
  setImmediate(() => {
    heard = true
  })
  await Promise.resolve()
  expect(heard).toBe(false)
  await takeTurn()
  expect(heard).toBe(true)
})
