// A whole report of one form, as its reader gets it.
import type { JudgedRecord } from '../../src/history/record.ts'
import type { HistorySummary } from '../../src/history/summary.ts'
import { type ReportForm, startOf } from '../../src/report/form.ts'
import { summary } from './records.ts'

/** The text of a report, put together as it is where it is written. */
export function reportOf(form: ReportForm, records: Iterable<JudgedRecord>, end: HistorySummary = summary()): string {
  let text = form.start(startOf(end))
  for (const record of records) text += form.record(record)
  return (form.top?.(end) ?? '') + text + form.end(end)
}
