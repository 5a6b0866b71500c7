// The time line of signers: a row for each, with a bar for each stretch of time, the higher the more they signed. Times are
// those that a log or a timestamp authority proves, so what is not accepted is not in it.
import { thousands } from './counts.ts'
import type { Lane, Timeline } from './timeline.ts'
import { escapeMarkup } from './xml.ts'

/** Lowest bar, of 1: a single signature must be seen. */
const LOWEST = 0.2

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

function laneRow(timeline: Timeline, lane: Lane, most: number): string {
  const { subject, issuer, total, doubtful, buckets } = lane
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const dayOf = (column: (typeof sorted)[number] | undefined) => day(timeAt(timeline, column?.[0] ?? 0))
  const label = `${thousands(total)} signatures from ${dayOf(sorted[0])} to ${dayOf(sorted.at(-1))}`
  const bars = sorted.map(([at, number]) => bar(timeline, at, number, most))
  const name = escapeMarkup(subject)
  const note = doubtful === 0 ? '' : `<small class="doubt">${thousands(doubtful)} not allowed</small>`
  return `<tr><th scope="row"><span title="${name}">${name}</span><small title="${escapeMarkup(issuer)}">${escapeMarkup(issuer)}</small></th><td><svg${doubtful === 0 ? '' : ' class="doubt"'} role="img" aria-label="${label}" viewBox="0 0 ${timeline.columns} 1" preserveAspectRatio="none">${bars.join('')}</svg></td><td class="number">${thousands(total)}${note}</td></tr>`
}

// By the root, so that a busy day does not flatten all others.
function bar(timeline: Timeline, at: number, number: number, most: number): string {
  const height = Math.max(LOWEST, Math.sqrt(number / most))
  const title = `${moment(timeline, at)}: ${thousands(number)}`
  return `<rect x="${at}" y="${(1 - height).toFixed(3)}" width="1" height="${height.toFixed(3)}"><title>${title}</title></rect>`
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
