// JUnit XML, as CI servers read it: a test case for each signature place, a failure for each that is not good.
import type { JudgedRecord } from '../history/record.ts'
import type { HistorySummary } from '../history/summary.ts'
import type { ReportForm } from './form.ts'
import { outcomeOf } from './outcome.ts'
import { escapeMarkup } from './xml.ts'

/** The suite's totals are attributes of its first tag, so they are asked for last. */
export function createJunit(): ReportForm {
  const counts = { tests: 0, failures: 0, errors: 0, skipped: 0 }
  return {
    start: () => '',
    top: (summary) => suiteStart(summary, counts),
    record(record) {
      counts.tests++
      const { message, severity, rule } = outcomeOf(record)
      if (severity === 'none') return testCase(record)
      if (severity === 'warning') counts.skipped++
      else if (record.finding.state === 'fault') counts.errors++
      else counts.failures++
      const element = severity === 'warning' ? 'skipped' : record.finding.state === 'fault' ? 'error' : 'failure'
      // `skipped` has no type in the schemas that servers check against.
      const type = element === 'skipped' ? '' : ` type="${rule}"`
      return testCase(record, `<${element} message="${escapeMarkup(message)}"${type}/>`)
    },
    end: () => '  </testsuite>\n</testsuites>\n',
  }
}

function suiteStart({ range, started, finished }: HistorySummary, counts: Readonly<Record<string, number>>): string {
  const numbers = Object.entries(counts).map(([name, count]) => `${name}="${count}"`)
  const time = `time="${(Math.max(0, finished - started) / 1000).toFixed(3)}"`
  const timestamp = `timestamp="${new Date(started).toISOString().slice(0, 19)}"`
  const suite = [`name="${escapeMarkup(`gitsigil verify ${range}`)}"`, ...numbers, time, timestamp].join(' ')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite ${suite}>\n`
}

function testCase({ kind, oid, subject, within }: JudgedRecord, inner?: string): string {
  const place = within === undefined ? oid : `${oid} in ${within}`
  const name = escapeMarkup(`${place} ${subject ?? ''}`.trimEnd())
  const start = `    <testcase classname="gitsigil.${kind.replace(' ', '-')}" name="${name}"`
  return inner === undefined ? `${start}/>\n` : `${start}>${inner}</testcase>\n`
}
