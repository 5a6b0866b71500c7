// One self-contained page: totals, a time line of signers, and a table to search. Nothing is fetched, and its own content
// security policy lets no script run but the one it came with; the rows are data that this script writes as text.
import { createHash } from 'node:crypto'
import type { JudgedRecord } from '../history/record.ts'
import type { HistorySummary } from '../history/summary.ts'
import { escapeJson, escapeText } from '../tell.ts'
import { createCounts } from './counts.ts'
import type { ReportForm } from './form.ts'
import { factsSection, tilesSection } from './html-head.ts'
import { SCRIPT } from './html-script.ts'
import { STYLE } from './html-style.ts'
import { problemsSection, tableSection } from './html-table.ts'
import { timelineSection } from './html-timeline.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { createTimeline } from './timeline.ts'
import { escapeMarkup } from './xml.ts'

/** Places that are not good and are listed without the script too. */
const MAX_PROBLEMS = 200
/** Lanes of the time line. */
const MAX_LANES = 20

export function createHtml(): ReportForm {
  const counts = createCounts()
  const timeline = createTimeline()
  const problems: (readonly [JudgedRecord, Outcome])[] = []
  let separator = '\n'
  return {
    start: () => '',
    top: (summary) =>
      [
        pageStart(summary),
        factsSection(summary, counts),
        tilesSection(counts),
        timelineSection(timeline.finish(MAX_LANES)),
        tableSection(),
        problemsSection(problems, counts),
        '</main>\n<script type="application/json" id="rows">[',
      ].join('\n'),
    record(record) {
      const outcome = outcomeOf(record)
      counts.add(outcome, record)
      if (record.finding.state === 'accepted') timeline.add(record.finding.facts, outcome.severity === 'none')
      if (outcome.severity !== 'none' && problems.length < MAX_PROBLEMS) problems.push([record, outcome])
      const text = `${separator}${encodeRow(record, outcome)}`
      separator = ',\n'
      return text
    },
    end: () => `\n]</script>\n<script>${SCRIPT}</script>\n</body>\n</html>\n`,
  }
}

function pageStart({ range }: HistorySummary): string {
  const allowed = `default-src 'none'; style-src '${sourceHash(STYLE)}'; script-src '${sourceHash(SCRIPT)}'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${allowed}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>gitsigil: ${escapeMarkup(range)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>`
}

/** As a content security policy names a script or style that stands in the page. */
function sourceHash(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`
}

// What hides is shown before it is encoded, because the page shows what it decodes; `<` could end the script element.
function encodeRow({ oid, kind, within = '', subject = '', finding }: JudgedRecord, outcome: Outcome): string {
  const facts = finding.state === 'accepted' ? finding.facts : undefined
  const time = facts === undefined ? 0 : Math.min(...facts.times.map((proof) => proof.time))
  const why = outcome.message
  const texts = [subject, facts?.identity.subject ?? '', facts?.identity.issuer ?? '', why].map(escapeText)
  const row = [outcome.name, outcome.severity, kind, oid, within, time, ...texts]
  return escapeJson(JSON.stringify(row)).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)
}
