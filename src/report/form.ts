// A form of report: text that comes as the records come, so that a history of any length needs the same memory.
import type { JudgedRecord } from '../history/record.ts'
import type { HistorySummary } from '../history/summary.ts'

/** What of a run is known before its first record. */
export type RunStart = Pick<
  HistorySummary,
  'range' | 'tips' | 'moreTips' | 'shard' | 'started' | 'trust' | 'policy' | 'isExpected' | 'version'
>

/** One report being written. `start` is asked for once, `record` for each record in order, `end` once. */
export interface ReportForm {
  start(run: RunStart): string
  record(record: JudgedRecord): string
  end(summary: HistorySummary): string
  /** Totals that stand before the records: asked for last, while what came before them waits on disk. */
  top?(summary: HistorySummary): string
}

/** The names by which forms are asked for. */
export const FORM_NAMES = ['brief', 'text', 'json', 'jsonl', 'sarif', 'junit', 'github', 'markdown', 'html'] as const
export type FormName = (typeof FORM_NAMES)[number]

/** The run's members of a summary. */
export function startOf(summary: HistorySummary): RunStart {
  const { range, tips, moreTips, shard, started, trust, policy, isExpected, version } = summary
  const optional = { ...(shard === undefined ? {} : { shard }), ...(policy === undefined ? {} : { policy }) }
  return { range, tips, moreTips, started, trust, isExpected, version, ...optional }
}
