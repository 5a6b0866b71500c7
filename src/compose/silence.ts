// A service that is gone must not hold up each of a thousand questions in turn.
import { Fault } from '../errors.ts'

/** Questions that go wrong one after another, before no more is asked in this run. */
const MAX_FAILURES = 8

/** Asks until nothing is answered any more; then throws `network` at once. */
export function untilSilent<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  let failures = 0
  return async (question) => {
    if (failures >= MAX_FAILURES) throw new Fault('network', 'the log was not asked: it failed to answer before')
    try {
      const answer = await ask(question)
      failures = 0
      return answer
    } catch (thrown) {
      failures++
      throw thrown
    }
  }
}
