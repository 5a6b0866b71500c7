import { expect, test } from 'vitest'
import { together } from '../../src/compose/monitor-together.ts'
import { Fault } from '../../src/errors.ts'

test('two of one key take turns, others do not wait, and all have ended before a failure is thrown', async () => {
  const seen: string[] = []
  const work = async (name: string) => {
    seen.push(`${name} begins`)
    for (let turn = 0; turn < 9; turn++) await Promise.resolve()
    seen.push(`${name} ends`)
    if (name === 'a1') throw new Fault('io', 'damaged')
    return name
  }
  await expect(together(['a1', 'b1', 'a2'], ([key = '']) => key, work)).rejects.toThrow('damaged')
  expect(seen.slice(0, 2)).toEqual(['a1 begins', 'b1 begins'])
  expect(seen.indexOf('a2 begins')).toBeGreaterThan(seen.indexOf('a1 ends'))
  expect(seen).toContain('a2 ends')
})
