// The top of the page: the verdict on the whole, what it is about, and how many places had each outcome.
import type { HistorySummary } from '../history/summary.ts'
import { type Counts, countedText, thousands } from './counts.ts'
import { exitText } from './history-text.ts'
import { OUTCOMES } from './outcome.ts'
import { escapeMarkup } from './xml.ts'

/** Most tips that are listed. */
const MAX_TIPS = 8

export function factsSection(summary: HistorySummary, counts: Counts): string {
  const { range, exit, started, finished, trust, policy, version, shard } = summary
  const rows: readonly (readonly [string, string])[] = [
    ['looked at', lookedAt(summary, counts)],
    ['verified', `${time(started)}, in ${(Math.max(0, finished - started) / 1000).toFixed(1)} s`],
    ...(shard === undefined ? [] : [['part', `shard ${shard.index} of ${shard.of}`] as const]),
    ['tips', tipsText(summary)],
    ['trusted root', `${escapeMarkup(trust.instance)} ${code(trust.digest)}`],
    ['judged by', policy === undefined ? 'nothing: nobody said who may sign' : code(policy)],
    ['program', `gitsigil ${escapeMarkup(version)}`],
  ]
  return `<header>
<h1><span class="badge ${exit === 0 ? 'good' : 'bad'}">${exitText(exit)}</span> ${escapeMarkup(range)}</h1>
<dl>${rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('\n')}</dl>
</header>`
}

/** The tiles are buttons: one shows the places of its outcome alone. */
export function tilesSection(counts: Counts): string {
  const tiles = OUTCOMES.filter((name) => counts.of(name) > 0).map(
    (name) =>
      `<button type="button" class="tile ${name}" data-outcome="${name}" aria-pressed="false"><b>${thousands(counts.of(name))}</b> ${name}</button>`,
  )
  const warned =
    counts.warnings === 0 ? '' : `<p class="note">For ${thousands(counts.warnings)} of them the policy only warns.</p>`
  return `<section aria-labelledby="counts">
<h2 id="counts">Verdicts on ${countedText(counts)}</h2>
<div class="tiles">${tiles.join('\n')}</div>${warned}
</section>`
}

/** A shard, and `--since`, look at a part of what the walk comes to. */
function lookedAt({ walk }: HistorySummary, counts: Counts): string {
  const objects = counts.total - counts.merged
  return `${countedText(counts)}${objects === walk.objects ? '' : `, of ${thousands(walk.objects)} in the range`}`
}

function tipsText({ tips, moreTips }: HistorySummary): string {
  const listed = tips.slice(0, MAX_TIPS).map(({ name, oid, excluded }) => {
    const label = name === oid ? '' : `${escapeMarkup(name)} `
    return `${excluded === true ? 'not ' : ''}${label}${code(oid)}`
  })
  const left = tips.length - listed.length + moreTips
  return [...listed, ...(left > 0 ? [`${thousands(left)} more`] : [])].join('<br>')
}

function code(text: string): string {
  return `<code class="id" title="${escapeMarkup(text)}">${escapeMarkup(text)}</code>`
}

function time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
