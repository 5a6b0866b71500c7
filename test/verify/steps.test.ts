import { expect, test } from 'vitest'
import { finish, finishAll, type Steps } from '../../src/verify/steps.ts'

function* counting(name: string, steps: number, log: string[]): Steps<string> {
  for (let step = 1; step < steps; step++) {
    log.push(`${name}${step}`)
    yield
  }
  log.push(`${name}${steps}`)
  return name
}

test('work side by side goes a step of each in turn, and its results keep their order', () => {
  const log: string[] = []
  expect(finishAll([counting('a', 2, log), counting('b', 3, log), counting('c', 1, log)])).toEqual(['a', 'b', 'c'])
  expect(log).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'b3'])
  expect(finish(counting('d', 3, []))).toBe('d')
})
