// Annotations for GitHub Actions: workflow commands, a line each, so that nothing from outside begins a line or ends one.
import type { JudgedRecord } from '../history/record.ts'
import { escapeText } from '../tell.ts'
import { createCounts, totalsLine } from './counts.ts'
import type { ReportForm } from './form.ts'
import { outcomeOf } from './outcome.ts'

/** GitHub shows ten of a kind a step; the further ones are there for the log. */
const MAX_ANNOTATIONS = 100

export function createAnnotations(): ReportForm {
  const counts = createCounts()
  let left = 0
  let written = 0
  return {
    start: () => '',
    record(record) {
      const outcome = outcomeOf(record)
      const { severity, message } = outcome
      counts.add(outcome, record)
      if (severity === 'none') return ''
      if (written === MAX_ANNOTATIONS) left++
      else written++
      return left > 0 ? '' : command(severity, titleOf(record), `${placeOf(record)}: ${message}`)
    },
    end(summary) {
      const more = left === 0 ? '' : command('warning', 'gitsigil', `${left} more are not shown here`)
      const level = summary.exit === 0 ? 'notice' : 'error'
      return `${more}${command(level, 'gitsigil', `${summary.range}: ${totalsLine(counts)}`)}`
    },
  }
}

function titleOf({ kind, oid }: JudgedRecord): string {
  return `${kind} ${oid.slice(0, 12)}`
}

function placeOf({ kind, oid, within, subject }: JudgedRecord): string {
  const place = within === undefined ? `${kind} ${oid}` : `${kind} ${oid} in ${within}`
  return subject === undefined ? place : `${place} (${subject})`
}

function command(name: string, title: string, message: string): string {
  return `::${name} title=${escapeProperty(title)}::${escapeData(message)}\n`
}

// As the runner's own toolkit escapes them. Its older commands are found anywhere in a line, by `##[`.
function escapeData(text: string): string {
  return escapeText(text)
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replaceAll('##[', '# #[')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
