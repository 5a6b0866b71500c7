// Alerts as the Markdown text of an issue: a heading that can be its title, and a table. No byte from outside is Markdown,
// mentions anybody or links anything.
import { code, escapeMarkdown, row, table } from '../report/markdown-parts.ts'
import { isLogSighting, type Sighting } from './sighting.ts'

/** Of rows, in UTF-16 units: a forge refuses a text of more than 65,536, and then nobody is told anything. */
const MAX_ROWS = 60_000

export function issueText(alerts: readonly Sighting[]): string {
  const rows = rowsOf(alerts)
  const left = alerts.length - rows.length
  return [
    `# ${titleOf(alerts)}\n`,
    'Seen by `gitsigil monitor`. An entry of a transparency log stays for ever: if it is not yours, the account behind the',
    'identity was used by somebody else; look for what else was signed then, and revoke those minutes in your policy.\n',
    table(['seen', 'log', 'entry', 'what', 'who', 'hash'], rows),
    ...(left === 0 ? [] : [`and ${left} more, in the journal of the monitor\n`]),
  ].join('\n')
}

/** Without a word from outside. */
export function titleOf(alerts: readonly Sighting[]): string {
  const logs = alerts.filter(isLogSighting).length
  const entries = alerts.length - logs
  const parts = [
    entries === 0 ? '' : `${entries} log ${entries === 1 ? 'entry' : 'entries'} to look at`,
    logs === 0 ? '' : `${logs} ${logs === 1 ? 'thing' : 'things'} wrong with a log`,
  ]
  return `gitsigil monitor: ${parts.filter((part) => part !== '').join(', ')}`
}

/** Of as many as there is room for. */
function rowsOf(alerts: readonly Sighting[]): readonly string[] {
  const rows: string[] = []
  let room = MAX_ROWS
  for (const alert of alerts) {
    const text = rowOf(alert)
    room -= text.length + 1
    if (room < 0) break
    rows.push(text)
  }
  return rows
}

function rowOf(alert: Sighting): string {
  const why = escapeMarkdown(alert.why ?? alert.kind)
  if (isLogSighting(alert)) return row(alert.seen, code(alert.log), `size ${alert.size}`, why, '', '')
  const { seen, log, index, subject, issuer, hashes } = alert
  return row(seen, code(log), String(index), why, `${code(subject)} ${code(issuer)}`, hashes.map(code).join(' '))
}
