// A summary in Markdown, for the page of a CI job: totals, signers and the first of what is wrong. No byte from outside
// reaches the page as Markdown or HTML: it has names and subjects that whoever sent a pull request chose.
import type { JudgedRecord } from '../history/record.ts'
import type { HistorySummary } from '../history/summary.ts'
import { countedText, createCounts, thousands } from './counts.ts'
import type { ReportForm } from './form.ts'
import { exitText } from './history-text.ts'
import { code, escapeMarkdown, row, table } from './markdown-parts.ts'
import { OUTCOMES, type Outcome, outcomeOf } from './outcome.ts'

/** GitHub drops a summary of more than a mebibyte whole. */
const MAX_PROBLEMS = 100
const MAX_SIGNERS = 20

export function createMarkdown(): ReportForm {
  const counts = createCounts()
  const problems: string[] = []
  let left = 0
  return {
    start: () => '',
    record(record) {
      const outcome = outcomeOf(record)
      counts.add(outcome, record)
      if (outcome.severity === 'none') return ''
      if (problems.length < MAX_PROBLEMS) problems.push(problemRow(record, outcome))
      else left++
      return ''
    },
    end(summary) {
      const totals = OUTCOMES.filter((name) => counts.of(name) > 0)
      const rows = totals.map((name) => row(name, thousands(counts.of(name))))
      return [
        `### gitsigil: ${exitText(summary.exit)}\n\n${code(summary.range)}: ${countedText(counts)}\n`,
        table(['outcome', 'number'], rows),
        table(['signer', 'issuer', 'signatures'], signerRows(summary)),
        table(['object', 'outcome', 'why', 'subject'], problems),
        ...(left === 0 ? [] : [`and ${thousands(left)} more\n`]),
      ].join('\n')
    },
  }
}

function problemRow({ kind, oid, within, subject = '' }: JudgedRecord, { name, severity, message }: Outcome): string {
  const place = `${kind} ${code(oid)}${within === undefined ? '' : ` in ${code(within)}`}`
  return row(place, severity === 'warning' ? `${name} (warning)` : name, escapeMarkdown(message), code(subject))
}

function signerRows({ signers }: HistorySummary): readonly string[] {
  return signers
    .slice(0, MAX_SIGNERS)
    .map(({ subject, issuer, signatures }) => row(code(subject), code(issuer), thousands(signatures)))
}
