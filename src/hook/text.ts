// What a pusher reads: Git puts `remote: ` before each line, so lines are short, the first says it all, and the hints stand
// once, at the end. Everything that was pushed is escaped.
import { escapeText } from '../tell.ts'
import type { Refusal, Way } from './refusal.ts'

/** Most characters of a line; with `remote: ` before it it fits a terminal. */
const WIDTH = 70
/** Most objects that are listed; the rest is a number. */
export const MOST_LISTED = 10
const MOST_SUBJECT = 48

/** @param what what is refused: `push`, `update of refs/heads/main` */
export function refusalText(name: string, what: string, refusals: readonly Refusal[]): string {
  const listed = refusals.slice(0, MOST_LISTED)
  const more = refusals.length - listed.length
  return lines([
    `${name}: ${what} refused${countText(refusals)}`,
    ...listed.flatMap((refusal, at) => refusalLines(refusal, listed[at - 1])),
    ...(more > 0 ? [`  ... and ${more} more`] : []),
    ...waysOut(refusals).flatMap(wayLines),
  ])
}

/** For what has happened already. */
export function warningText(name: string, what: string, refusals: readonly Refusal[]): string {
  if (refusals.length === 0) return ''
  const listed = refusals.slice(0, MOST_LISTED)
  const more = refusals.length - listed.length
  return lines([
    `${name}: warning: ${what}${countText(refusals)}`,
    ...listed.flatMap((refusal) => refusalLines({ ...refusal, ref: '' }, { ref: '', why: '' })),
    ...(more > 0 ? [`  ... and ${more} more`] : []),
  ])
}

/** Each way once; of the same advice about several objects the last, which is about the oldest. */
function waysOut(refusals: readonly Refusal[]): readonly Way[] {
  const ways = refusals.flatMap(({ ways = [] }) => ways)
  const each = [...new Map(ways.map((way) => [way.says, way])).values()]
  return each.sort((a, b) => Number(a.isLast ?? false) - Number(b.isLast ?? false))
}

function wayLines({ says, run }: Way): readonly string[] {
  return [...wrap(escapeText(says), 'hint: ', '      '), ...(run === undefined ? [] : [`  ${escapeText(run)}`])]
}

function countText(refusals: readonly Refusal[]): string {
  const count = refusals.filter(({ object }) => object !== undefined).length
  return count < 2 ? '' : `: ${count} objects do not pass`
}

// The ref stands once above what belongs to it.
function refusalLines({ ref, object, why }: Refusal, before: Refusal | undefined): readonly string[] {
  const head = ref === undefined || (before !== undefined && ref === before.ref) ? [] : [escapeText(ref)]
  if (object === undefined) return [...head, ...wrap(escapeText(why), '  ', '  ')]
  return [...head, `  ${objectText(object)}`, ...wrap(escapeText(why), '    ', '    ')]
}

function objectText({ kind, oid, subject }: NonNullable<Refusal['object']>): string {
  const quoted = subject === undefined ? '' : ` "${shorten(escapeText(subject))}"`
  return `${kind} ${oid.slice(0, 12)}${quoted}`
}

function shorten(text: string): string {
  return text.length <= MOST_SUBJECT ? text : `${text.slice(0, MOST_SUBJECT - 3)}...`
}

/** Breaks between words; a word that is longer than a line stands alone and whole, so that it can be copied. */
export function wrap(text: string, first: string, next: string): readonly string[] {
  const out: string[] = []
  let line = first
  let isStart = true
  for (const word of text.split(' ')) {
    if (!isStart && line.length + 1 + word.length > WIDTH) {
      out.push(line)
      line = next + word
    } else line += isStart ? word : ` ${word}`
    isStart = false
  }
  return [...out, line]
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}
