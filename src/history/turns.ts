// Steps of many verifications on a thread that also reads: between two kinds of step whatever else waits has a turn.
import { advance, inOrderOf, type Steps } from '../verify/steps.ts'

/** As `finishAll`; `takeTurn` lets others go first. */
export async function finishInTurns<Result>(
  all: readonly Steps<Result>[],
  takeTurn: () => Promise<void>,
): Promise<readonly Result[]> {
  const results = new Map<Steps<Result>, Result>()
  for (let rest = all; rest.length > 0; ) {
    rest = advance(rest, results)
    if (rest.length > 0) await takeTurn()
  }
  return inOrderOf(all, results)
}
