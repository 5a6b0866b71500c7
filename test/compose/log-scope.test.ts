import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partOf } from '../../src/compose/log-scope.ts'

test('the parts of a range are the whole of it, meet where bundles do, and differ by a bundle or two', () => {
  fc.assert(
    fc.property(fc.nat(3_000_000_000), fc.nat(3_000_000_000), fc.integer({ min: 1, max: 300 }), (a, b, of) => {
      const whole = { from: Math.min(a, b), to: Math.max(a, b) }
      let reached = whole.from
      for (let index = 1; index <= of; index++) {
        const { from, to } = partOf(whole, { index, of })
        expect(from).toBe(reached)
        expect(to).toBeGreaterThanOrEqual(from)
        if (index < of && to !== whole.from && to !== whole.to) expect(to % 256).toBe(0)
        expect(Math.abs(to - from - (whole.to - whole.from) / of)).toBeLessThanOrEqual(512)
        reached = to
      }
      expect(reached).toBe(whole.to)
    }),
  )
})
