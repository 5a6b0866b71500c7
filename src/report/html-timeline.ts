// The time line of signers: a row for each, darker where they signed more. Times are those that a log or a timestamp
// authority proves, so what is not accepted is not in it.
import { thousands } from './counts.ts'
import type { Lane, Timeline } from './timeline.ts'
import { escapeMarkup } from './xml.ts'

/** Shades of a bucket. */
const SHADES = 5

export function timelineSection(timeline: Timeline | undefined): string {
  if (timeline === undefined) return ''
  const most = Math.max(...timeline.lanes.flatMap(({ buckets }) => [...buckets.values()]))
  const rows = timeline.lanes.map((lane) => laneRow(timeline, lane, most))
  const left =
    timeline.others === 0 ? '' : `<p class="note">${thousands(timeline.others)} further signatures are by others.</p>`
  return `<section aria-labelledby="signers">
<h2 id="signers">Who signed when</h2>
<div class="scroll"><table class="lanes">
<thead><tr><th scope="col">signer</th><th scope="col" class="axis"><span>${day(timeline.start)}</span><span>${day(timeline.start + timeline.width * timeline.columns)}</span></th><th scope="col" class="number">signatures</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
<p class="note">Proven times; a column is ${widthText(timeline.width)}.</p>${left}
</section>`
}

function laneRow(timeline: Timeline, { subject, issuer, total, buckets }: Lane, most: number): string {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const label = `${thousands(total)} signatures from ${day(timeAt(timeline, sorted[0]?.[0] ?? 0))} to ${day(timeAt(timeline, sorted.at(-1)?.[0] ?? 0))}`
  const cells = sorted.map(([at, number]) => cell(timeline, at, number, most))
  return `<tr><th scope="row">${escapeMarkup(subject)}<small>${escapeMarkup(issuer)}</small></th><td><svg role="img" aria-label="${label}" viewBox="0 0 ${timeline.columns} 1" preserveAspectRatio="none">${cells.join('')}</svg></td><td class="number">${thousands(total)}</td></tr>`
}

function cell(timeline: Timeline, at: number, number: number, most: number): string {
  const shade = Math.max(1, Math.ceil((SHADES * Math.log1p(number)) / Math.log1p(most)))
  const title = `${moment(timeline, at)}: ${thousands(number)}`
  return `<rect class="s${shade}" x="${at}" width="1" height="1"><title>${title}</title></rect>`
}

function moment(timeline: Timeline, at: number): string {
  const start = new Date(timeAt(timeline, at)).toISOString()
  return timeline.width < 24 * 3_600_000 ? `${start.slice(0, 16).replace('T', ' ')} UTC` : start.slice(0, 10)
}

function timeAt({ start, width }: Timeline, at: number): number {
  return start + at * width
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function widthText(width: number): string {
  const hours = width / 3_600_000
  if (hours < 48) return hours === 1 ? 'an hour' : `${hours} hours`
  return `${(hours / 24).toFixed(1).replace(/\.0$/, '')} days`
}
