// A run for people who read text: a line for each signature place, then how many there were of each kind and whose.
import type { JudgedRecord } from '../history/record.ts'
import type { HistorySummary, SignerCount } from '../history/summary.ts'
import { escapeText } from '../tell.ts'
import { type Counts, createCounts, thousands, totalsLine } from './counts.ts'
import type { ReportForm } from './form.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

/** Most signers that are listed. */
const MAX_SIGNERS = 20

export function createHistoryText(): ReportForm {
  const counts = createCounts()
  return {
    start: () => '',
    record(record) {
      const outcome = outcomeOf(record)
      counts.add(outcome, record)
      return recordLine(record, outcome)
    },
    end: (summary) => lines('', ...endLines(counts, summary)),
  }
}

/** How many there were of each kind, whose they are, and the verdict. */
export function endLines(counts: Counts, summary: HistorySummary): readonly string[] {
  return [totalsLine(counts), ...signerLines(summary), lastLine(summary)]
}

/** What the place is, whose, and what is wrong with it. */
export function recordLine(record: JudgedRecord, outcome: Outcome): string {
  const { kind, finding } = record
  const place = kind === 'commit' ? record.oid : placeName(record)
  const signer = finding.state === 'accepted' ? `  ${signerName(finding.facts.identity)}` : ''
  const why = outcome.severity === 'none' ? '' : `  ${outcome.message}`
  const warned = outcome.severity === 'warning' ? ' (warning)' : ''
  return lines(`${outcome.name.padEnd(8)}  ${place}${signer}${why}${warned}`)
}

/** A place by its kind and id; a mergetag with the commit that carries it. */
export function placeName({ kind, oid, within }: Pick<JudgedRecord, 'kind' | 'oid' | 'within'>): string {
  return `${kind} ${oid}${within === undefined ? '' : ` in ${within}`}`
}

function signerLines({ signers, moreSigners }: HistorySummary): readonly string[] {
  const listed = signers.slice(0, MAX_SIGNERS)
  const left = signers.slice(MAX_SIGNERS).reduce((sum, { signatures }) => sum + signatures, moreSigners)
  const width = Math.max(0, ...listed.map(({ signatures }) => thousands(signatures).length))
  return [
    ...listed.map((signer) => `${thousands(signer.signatures).padStart(width + 2)}  ${signerLine(signer)}`),
    ...(left === 0 ? [] : [`${thousands(left).padStart(width + 2)}  signatures of others`]),
  ]
}

function signerLine({ level, ...signer }: SignerCount): string {
  return `${signerName(signer)}${level === undefined ? '' : `: ${level}`}`
}

function signerName({ subject, issuer }: { readonly subject: string; readonly issuer: string }): string {
  return `${subject} (${issuer})`
}

function lastLine({ exit, range, shard, started, finished }: HistorySummary): string {
  const part = shard === undefined ? '' : ` (shard ${shard.index} of ${shard.of})`
  const seconds = (Math.max(0, finished - started) / 1000).toFixed(1)
  return `${range}${part}: ${exitText(exit)}, in ${seconds} s`
}

/** What an exit status says about a run. */
export function exitText(exit: HistorySummary['exit']): string {
  if (exit === 0) return 'all good'
  if (exit === 1) return 'not all good'
  if (exit === 2) return 'nobody said who should have signed'
  return exit === 130 ? 'interrupted' : 'not all could be checked'
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${escapeText(text)}\n`).join('')
}
