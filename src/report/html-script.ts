// The page's only script: it searches, sorts and shows the rows a hundred at a time, and writes them as text, never as
// markup. Plain JavaScript for any browser of these years; the page's policy allows it by its hash.
export const SCRIPT = `'use strict'
const PAGE = 100
const [OUTCOME, SEVERITY, KIND, OID, WITHIN, TIME, SUBJECT, SIGNER, ISSUER, WHY] = Array(10).keys()
const COLUMNS = { outcome: OUTCOME, object: OID, subject: SUBJECT, signer: SIGNER, time: TIME, why: WHY }
const rows = JSON.parse(document.getElementById('rows').textContent)
const byId = (id) => document.getElementById(id)
const explorer = byId('explorer'), search = byId('search'), page = byId('page'), status = byId('status')
const tiles = Array.from(document.querySelectorAll('[data-outcome]'))
const number = (value) => value.toLocaleString('en')
let texts, shown = rows, start = 0, outcome = '', column = '', ascending = true

function textOf(at) {
  texts ??= rows.map((row) => row.join('\\n').toLowerCase())
  return texts[at]
}

function compare(a, b) {
  const [left, right] = [a[COLUMNS[column]], b[COLUMNS[column]]]
  return (left < right ? -1 : left > right ? 1 : 0) * (ascending ? 1 : -1)
}

function find() {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  shown = rows.filter((row, at) => (outcome === '' || row[OUTCOME] === outcome)
    && (words.length === 0 || words.every((word) => textOf(at).includes(word))))
  if (column !== '') shown.sort(compare)
  start = 0
  show()
}

function element(name, text, className) {
  const made = document.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}

function cell(...inner) {
  const made = document.createElement('td')
  made.append(...inner)
  return made
}

function idOf(oid) {
  const made = element('code', oid, 'id')
  made.title = oid
  return made
}

function rowOf(row) {
  const made = document.createElement('tr')
  const badge = element('span', row[OUTCOME], 'badge ' + (row[SEVERITY] === 'warning' ? 'warning' : row[OUTCOME]))
  const place = row[WITHIN] === '' ? [] : [element('small', ' in '), idOf(row[WITHIN])]
  const time = row[TIME] === 0 ? '' : new Date(row[TIME]).toISOString().slice(0, 16).replace('T', ' ')
  const issuer = row[ISSUER] === '' ? [] : [document.createElement('br'), element('small', row[ISSUER])]
  made.append(
    cell(badge, ...(row[SEVERITY] === 'warning' ? [element('small', ' warned')] : [])),
    cell(idOf(row[OID]), ...(row[KIND] === 'commit' ? [] : [element('small', ' ' + row[KIND])]), ...place),
    cell(row[SUBJECT]), cell(row[SIGNER], ...issuer), cell(time), cell(row[WHY]))
  return made
}

function show() {
  const end = Math.min(start + PAGE, shown.length)
  page.replaceChildren(...shown.slice(start, end).map(rowOf))
  status.textContent = shown.length === 0 ? 'nothing found'
    : number(start + 1) + ' to ' + number(end) + ' of ' + number(shown.length)
  byId('previous').disabled = start === 0
  byId('next').disabled = end === shown.length
}

function turn(by) {
  start = Math.max(0, start + by)
  show()
  explorer.scrollIntoView()
}

function choose(tile) {
  outcome = outcome === tile.dataset.outcome ? '' : tile.dataset.outcome
  for (const one of tiles) one.setAttribute('aria-pressed', String(one.dataset.outcome === outcome))
  find()
}

function sortBy(button) {
  ascending = column === button.dataset.sort ? !ascending : true
  column = button.dataset.sort
  for (const head of document.querySelectorAll('[data-column]')) head.removeAttribute('aria-sort')
  button.parentElement.setAttribute('aria-sort', ascending ? 'ascending' : 'descending')
  find()
}

let waiting
search.addEventListener('input', () => {
  clearTimeout(waiting)
  waiting = setTimeout(find, 80)
})
for (const tile of tiles) tile.addEventListener('click', () => choose(tile))
for (const button of document.querySelectorAll('[data-sort]')) button.addEventListener('click', () => sortBy(button))
byId('previous').addEventListener('click', () => turn(-PAGE))
byId('next').addEventListener('click', () => turn(PAGE))
explorer.hidden = false
show()
`
