import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isInShard, WalkSum } from '../../src/history/sum.ts'
import { commitFrame } from '../support/frames.ts'

const frames = Array.from({ length: 300 }, (_, i) => commitFrame([], `commit ${i}`))

test('every object is in exactly one shard, and the shards are about equal', () => {
  for (const of of [1, 2, 3, 7]) {
    const parts = Array.from({ length: of }, (_, i) => frames.filter(({ oid }) => isInShard(oid, { index: i + 1, of })))
    expect(parts.flat().length).toBe(frames.length)
    for (const part of parts) expect(part.length).toBeGreaterThan(frames.length / of / 2)
  }
})

test('the sum of a walk is the same in any order, and another for other objects', () => {
  const sumOf = (list: typeof frames) => {
    const sum = new WalkSum('sha1')
    for (const frame of list) sum.add(frame)
    return sum.sum
  }
  fc.assert(
    fc.property(fc.shuffledSubarray(frames, { minLength: 300 }), (list) => {
      expect(sumOf(list)).toEqual(sumOf(frames))
    }),
  )
  expect(sumOf(frames.slice(1)).digest).not.toBe(sumOf(frames).digest)
})
