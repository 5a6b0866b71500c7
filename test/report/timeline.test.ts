import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTimeline } from '../../src/report/timeline.ts'
import { facts, START } from '../support/records.ts'

const HOUR = 3_600_000

test('without a signature there is none', () => {
  expect(createTimeline().finish(20)).toBeUndefined()
})

test('every signature is counted once, in the stretch that holds its proven time, in at most 96 columns', () => {
  const years = fc.array(fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }), {
    minLength: 1,
    maxLength: 200,
  })
  fc.assert(
    fc.property(years, (times) => {
      const timeline = createTimeline()
      for (const time of times) timeline.add(facts({}, time), true)
      const { start = 0, width = 0, columns = 0, lanes = [] } = timeline.finish(20) ?? {}
      expect(columns).toBeLessThanOrEqual(96)
      const counted = new Map<number, number>()
      for (const time of times) {
        const bucket = Math.floor((time - start) / width)
        counted.set(bucket, (counted.get(bucket) ?? 0) + 1)
      }
      expect(new Map(lanes[0]?.buckets)).toEqual(counted)
    }),
  )
})

test('the time is the earliest that is proven, in whatever order they come', () => {
  const timeline = createTimeline()
  const late = { source: 'timestamp', time: START + 50 * HOUR, authority: 'https://tsa.example' } as const
  timeline.add(facts({ times: [late, ...facts().times] }), true)
  expect(timeline.finish(20)).toMatchObject({ start: START, width: HOUR, columns: 1 })
})

test('a thousand signers are told apart, and twenty shown; the signatures of others are counted together', () => {
  const timeline = createTimeline()
  for (let at = 0; at < 1500; at++) {
    const identity = {
      subject: `${at}@example.com`,
      type: 'email',
      issuer: 'https://issuer.example',
      claims: {},
    } as const
    timeline.add(facts({ identity }), true)
  }
  const { lanes = [], others } = timeline.finish(20) ?? {}
  expect([lanes.length, others]).toEqual([20, 1480])
})

test('a lane knows how many of its signatures nothing allows', () => {
  const timeline = createTimeline()
  for (const isGood of [true, false, true, false]) timeline.add(facts(), isGood)
  expect(timeline.finish(20)?.lanes[0]).toMatchObject({ total: 4, doubtful: 2 })
})
