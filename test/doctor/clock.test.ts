import { expect, test } from 'vitest'
import { checkClock } from '../../src/doctor/clock.ts'

const MINUTE = 60_000
/** An answer that took a second, of a service whose clock is `behind` ours. */
const answer = (behind: number) => {
  const sent = 1_700_000_000_000
  return { service: 'x', sent, received: sent + 1000, date: sent - behind }
}

test.each([
  [0, 'ok', "agrees with the services'"],
  [-20_000, 'ok', "agrees with the services'"],
  [2 * MINUTE, 'warn', "119 s ahead of the services'"],
  [-3 * MINUTE, 'warn', "3 min behind the services'"],
  [61 * MINUTE, 'fail', "61 min ahead of the services': tokens and certificates will be refused"],
  [-49 * 60 * MINUTE, 'fail', "49 h behind the services': tokens and certificates will be refused"],
])('a clock that is ahead by %i ms is %s', (ahead, level, text) => {
  expect(checkClock([answer(ahead)])).toMatchObject({ level, text })
})

test('one service that is wrong is not believed against two', () => {
  expect(checkClock([answer(0), answer(60 * MINUTE), answer(1000)]).level).toBe('ok')
})

test('without an answer nothing is claimed', () => {
  expect(checkClock([])).toMatchObject({ level: 'warn', text: 'not compared: no service answered' })
})
