// The end of a run: its counts become a summary and a status.
import type { Progress } from './history.ts'
import type { HistorySummary, Tip } from './summary.ts'
import type { Counts, Tally } from './tally.ts'

/** Tips that a summary lists. */
const MAX_TIPS = 1000

/** What is known of a run before its first record. */
export type Known = Pick<
  HistorySummary,
  'range' | 'tips' | 'moreTips' | 'shard' | 'started' | 'trust' | 'policy' | 'version' | 'isExpected'
>

export function summarize(tally: Tally, { walk, cached }: Progress, known: Known, finished: number): HistorySummary {
  const counts = tally.counts()
  return { ...known, ...counts, walk, cached, finished, exit: exitOf(counts, known.isExpected) }
}

/** The first tips, and how many more there are. */
export function boundTips(tips: readonly Tip[]): Pick<HistorySummary, 'tips' | 'moreTips'> {
  const shown = tips.slice(0, MAX_TIPS)
  return {
    tips: shown.map(({ name, oid, excluded }) => ({ name, oid, ...(excluded === true ? { excluded } : {}) })),
    moreTips: tips.length - shown.length,
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
