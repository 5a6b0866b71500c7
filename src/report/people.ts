// The person an object names: committer, tagger or pusher. The line is written by whoever made the object, so it never
// raises trust; it is compared with the certificate's identity and the difference is told.
import { Buffer } from 'node:buffer'
import type { Identity } from '../fulcio/identity.ts'
import { escapeText } from '../tell.ts'

export interface Person {
  readonly role: 'committer' | 'tagger' | 'pusher'
  readonly name: string
  readonly email: string
}

// A header's line ends at a line feed alone, so `.` and `$`, which know other line ends, will not do.
const LINE = /(?:^|\n)(committer|tagger|pusher) ([^\n]*)/
/** How much of a header is looked at, in bytes; the people stand near its beginning. */
const MAX_HEADER = 1 << 20
const ROLES = { committer: 'committer', tagger: 'tagger', pusher: 'pusher' } as const

/** Reads the header of a signed payload; undefined where it names nobody in the usual form. */
export function findPerson(payload: Uint8Array): Person | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  const end = bytes.indexOf('\n\n')
  const header = bytes.toString('utf8', 0, Math.min(end < 0 ? bytes.length : end, MAX_HEADER))
  const [, role, value] = LINE.exec(header) ?? []
  if (role === undefined || value === undefined || !Object.hasOwn(ROLES, role)) return undefined
  return parsePerson(ROLES[role as keyof typeof ROLES], value)
}

/** Exactly, as gitsign's matchCommitter has it: an email address is the email, a URI is the name. */
export function isSamePerson(identity: Identity, person: { readonly name: string; readonly email: string }): boolean {
  return identity.subject === (identity.type === 'email' ? person.email : person.name)
}

/** What to tell about the line: who it names, and whether the certificate says the same. */
export function personText(name: string, identity: Identity, person: Person | undefined): string {
  if (person === undefined) return `${name}: the object names no committer\n`
  const shown = identity.type === 'email' ? person.email : person.name
  return isSamePerson(identity, person)
    ? `${name}: the ${person.role} is the signer\n`
    : `${name}: warning: the ${person.role} is [${escapeText(shown)}], not the signer\n`
}

// Git's split: the name up to the last " <" before the last ">"; the address between them.
function parsePerson(role: Person['role'], value: string): Person | undefined {
  const close = value.lastIndexOf('>')
  const open = value.lastIndexOf('<', close)
  if (close < 0 || open < 0) return undefined
  return { role, name: value.slice(0, open).trimEnd(), email: value.slice(open + 1, close) }
}
