// A run for people who want to know what is wrong: a line for each place that is not fine, up to a number of each kind, then
// what the text form ends with.
import { escapeText } from '../tell.ts'
import { createCounts } from './counts.ts'
import type { ReportForm } from './form.ts'
import { endLines, recordLine } from './history-text.ts'
import { type OutcomeName, outcomeOf } from './outcome.ts'

/** Lines of one kind: nobody reads ten thousand. */
export const MAX_LINES = 200

export function createBrief(): ReportForm {
  const counts = createCounts()
  const shown = new Map<OutcomeName, number>()
  return {
    start: () => '',
    record(record) {
      const outcome = outcomeOf(record)
      counts.add(outcome, record)
      // That nobody is expected is said once, at the end.
      if (outcome.severity === 'none' || outcome.name === 'verified') return ''
      const count = (shown.get(outcome.name) ?? 0) + 1
      shown.set(outcome.name, count)
      return count > MAX_LINES ? '' : recordLine(record, outcome)
    },
    end(summary) {
      const more = [...shown].filter(([, count]) => count > MAX_LINES)
      const left = more.map(([name, count]) => `${name.padEnd(8)}  ${count - MAX_LINES} more; --format text lists all`)
      return [...left, ...endLines(counts, summary)].map((text) => `${escapeText(text)}\n`).join('')
    },
  }
}
