import { expect, test } from 'vitest'
import { Progress } from '../../src/cli/progress.ts'
import type { World } from '../../src/system/world.ts'
import { testWorld } from '../support/world.ts'

function watching(isTerminal: boolean) {
  const lines: string[] = []
  let now = 0
  const world: World = {
    ...testWorld({}),
    isTerminal: () => isTerminal,
    now: () => now,
    write: (_, text) => void lines.push(String(text).trim()),
  }
  return { progress: new Progress(world), lines, at: (time: number) => (now = time) }
}

test('a terminal is told how many are done, how fast, and how long it takes yet once the sum is known', () => {
  const { progress, lines, at } = watching(true)
  at(1000)
  progress.show(100)
  progress.expect(400)
  at(2000)
  progress.show(200)
  expect(lines).toEqual(['100 objects, 100 a second', '200 of 400 objects, 100 a second, 2 s left'])
})

test('what is no terminal is told nothing', () => {
  const { progress, lines, at } = watching(false)
  at(1000)
  progress.show(100)
  progress.clear()
  expect(lines).toEqual([])
})
