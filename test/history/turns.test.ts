import { expect, test } from 'vitest'
import { finishInTurns } from '../../src/history/turns.ts'
import type { Steps } from '../../src/verify/steps.ts'

function* counting(name: string, steps: number, log: string[]): Steps<string> {
  for (let step = 1; step < steps; step++) {
    log.push(`${name}${step}`)
    yield
  }
  log.push(`${name}${steps}`)
  return name
}

test('between two steps others have a turn, and after the last nobody waits', async () => {
  const log: string[] = []
  const takeTurn = async () => void log.push('-')
  expect(await finishInTurns([counting('a', 2, log), counting('b', 3, log)], takeTurn)).toEqual(['a', 'b'])
  expect(log).toEqual(['a1', 'b1', '-', 'a2', 'b2', '-', 'b3'])
})
