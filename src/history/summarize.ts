// The end of a run: its counts become a summary and a status.
import type { Progress } from './history.ts'
import type { HistorySummary, Tip } from './summary.ts'
import type { Counts, Tally } from './tally.ts'

/** Tips that a summary lists. */
const MAX_TIPS = 1000

/** What is known of a run beside its counts. */
export type Known = Pick<
  HistorySummary,
  'range' | 'shard' | 'started' | 'finished' | 'trust' | 'version' | 'isExpected'
> & { readonly tips: readonly Tip[] }

export function summarize(tally: Tally, { walk, cached }: Progress, known: Known): HistorySummary {
  const counts = tally.counts()
  const shown = known.tips.slice(0, MAX_TIPS)
  return {
    ...known,
    ...counts,
    tips: shown.map(({ name, oid, excluded }) => ({ name, oid, ...(excluded === true ? { excluded } : {}) })),
    moreTips: known.tips.length - shown.length,
    walk,
    cached,
    exit: exitOf(counts, known.isExpected),
  }
}

/**
 * The status a run ends with: 1 where anything is refused, 3 where something could not be checked, 2 where nobody said
 * who may sign, else 0. What a policy warns of changes nothing; what cannot be checked is never a pass.
 */
export function exitOf(counts: Pick<Counts, 'states' | 'levels' | 'warned'>, isExpected: boolean): 0 | 1 | 2 | 3 {
  const { states, levels, warned } = counts
  const all = Object.values(states).reduce((sum, count) => sum + count, 0)
  const good = levels.allowed + levels.exempt + warned
  if (isExpected && all - states.fault > good) return 1
  if (!isExpected && states.rejected + states.unsigned + states.foreign > 0) return 1
  if (states.fault > 0) return 3
  return isExpected || all === 0 ? 0 : 2
}
