// A commit's header and message as gitsign's predicate has them.
import { malformed } from '../errors.ts'

interface Author {
  readonly name: string
  readonly email: string
  /** RFC 3339, in the author's own zone. */
  readonly date: string
}

/** Reads a commit, its signature cut out or not. Throws `parse` where its header is not one. */
export function commitMember(payload: Uint8Array) {
  const text = new TextDecoder().decode(payload)
  const end = text.indexOf('\n\n')
  const header = (end < 0 ? text : text.slice(0, end)).split('\n')
  const values = (name: string) =>
    header.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []))
  const parents = values('parent')
  return {
    tree: one(values('tree'), 'tree'),
    ...(parents.length === 0 ? {} : { parents }),
    author: parseAuthor(one(values('author'), 'author')),
    committer: parseAuthor(one(values('committer'), 'committer')),
    message: end < 0 ? '' : text.slice(end + 2),
  }
}

function one(values: readonly string[], name: string): string {
  const [value] = values
  if (value === undefined) throw malformed('commit', `no ${name}`)
  return value
}

function parseAuthor(line: string): Author {
  // Brackets are searched from the end, each once: a line of a million of them must not be tried from each.
  const close = line.lastIndexOf('>')
  const open = line.lastIndexOf('<', close)
  // Ten digits last until the year 2286; a date has four for the year.
  const [, seconds, zone] = /^> (-?\d{1,10}) ([+-]\d{4})$/.exec(line.slice(Math.max(close, 0))) ?? []
  if (open < 0 || zone === undefined) throw malformed('commit', 'an author line that cannot be read')
  const [name, email] = [line.slice(0, open).replace(/ $/, ''), line.slice(open + 1, close)]
  return { name, email, date: rfc3339(Number(seconds), zone) }
}

// The zone's digits are hours and minutes; the time shown is the author's.
function rfc3339(seconds: number, zone: string): string {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))
  const shift = (zone.startsWith('-') ? -minutes : minutes) * 60
  const local = new Date((seconds + shift) * 1000).toISOString().slice(0, 19)
  return minutes === 0 ? `${local}Z` : `${local}${zone.slice(0, 3)}:${zone.slice(3)}`
}
