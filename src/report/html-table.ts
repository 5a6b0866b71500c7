// The table of all places, filled by the page's script a page at a time, and the list of problems for those without it.
import type { JudgedRecord } from '../history/record.ts'
import { type Counts, thousands } from './counts.ts'
import type { Outcome } from './outcome.ts'
import { escapeMarkup } from './xml.ts'

const COLUMNS = [
  ['outcome', 'Outcome'],
  ['object', 'Object'],
  ['subject', 'Subject'],
  ['signer', 'Signer'],
  ['time', 'Proven time'],
  ['why', 'Why'],
] as const

export function tableSection(): string {
  const heads = COLUMNS.map(
    ([name, title]) =>
      `<th scope="col" data-column="${name}"><button type="button" data-sort="${name}">${title}</button></th>`,
  )
  return `<section aria-labelledby="places" id="explorer" hidden>
<h2 id="places">Signature places</h2>
<div class="controls">
<label for="search">Search</label>
<input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="id, subject, signer, reason">
<p id="status" role="status" aria-live="polite"></p>
</div>
<div class="scroll" tabindex="0" role="region" aria-labelledby="places"><table class="places">
<thead><tr>${heads.join('')}</tr></thead>
<tbody id="page"></tbody>
</table></div>
<nav aria-label="pages of the table"><button type="button" id="previous">Previous</button><button type="button" id="next">Next</button></nav>
</section>`
}

/** Inside `noscript`. */
export function problemsSection(problems: readonly (readonly [JudgedRecord, Outcome])[], counts: Counts): string {
  const rows = problems.map(([{ oid, kind, subject = '' }, { name, message }]) => {
    const cells = [name, `${kind} ${oid}`, subject, message].map((text) => `<td>${escapeMarkup(text)}</td>`)
    return `<tr>${cells.join('')}</tr>`
  })
  const found =
    rows.length === 0
      ? '<p>Nothing is wrong.</p>'
      : `<div class="scroll"><table class="places"><thead><tr><th>Outcome</th><th>Object</th><th>Subject</th><th>Why</th></tr></thead>\n<tbody>${rows.join('\n')}</tbody></table></div>`
  return `<noscript><section>
<h2>What is wrong</h2>
<p class="note">The first ${thousands(rows.length)} of them; all ${thousands(counts.total)} places can be searched where scripts may run.</p>
${found}
</section></noscript>`
}
