import { expect, test } from 'vitest'
import { tellRound } from '../../src/cli/monitor-report.ts'
import type { Outcome } from '../../src/compose/monitor.ts'
import { testWorld } from '../support/world.ts'

function told(unreadable: number): string {
  const world = testWorld({})
  const standing: readonly never[] = []
  const round = { from: 0, to: 9, isFirst: false, isOtherWatch: false, isFromLate: false, standing, unreadable }
  const store = { state: { firstUnreadable: [4] } }
  tellRound(
    world,
    [{ log: 'log', round: { ...round, isTrustOld: false, waiting: 0 }, store } as unknown as Outcome],
    true,
  )
  return world.output(2)
}

test('one entry has, and more have, a signer who cannot be read', () => {
  expect(told(0)).not.toContain('cannot be read')
  expect(told(1)).toContain('log: 1 entry has a signer who cannot be read; the first: 4\n')
  expect(told(2)).toContain('log: 2 entries have a signer who cannot be read; the first: 4\n')
})
