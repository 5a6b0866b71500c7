// The person an object names: committer, tagger or pusher. The line is written by whoever made the object, so it never
// raises trust; it is compared with the certificate's identity and the difference is told.
import type { Identity } from '../fulcio/identity.ts'
import { escapeText } from '../tell.ts'

export interface Person {
  readonly role: 'committer' | 'tagger' | 'pusher'
  readonly name: string
  readonly email: string
}

const LINE = /^(committer|tagger|pusher) (.*)$/
const ROLES = { committer: 'committer', tagger: 'tagger', pusher: 'pusher' } as const

/** Reads the header of a signed payload; undefined where it names nobody in the usual form. */
export function findPerson(payload: Uint8Array): Person | undefined {
  for (const line of headerLines(payload)) {
    const [, role, value] = LINE.exec(line) ?? []
    if (role !== undefined && value !== undefined && Object.hasOwn(ROLES, role))
      return parsePerson(ROLES[role as keyof typeof ROLES], value)
  }
  return undefined
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

function* headerLines(payload: Uint8Array): Generator<string> {
  for (let start = 0; start < payload.length; ) {
    const newline = payload.indexOf(0x0a, start)
    const end = newline < 0 ? payload.length : newline
    if (end === start) return
    yield new TextDecoder().decode(payload.subarray(start, end))
    start = end + 1
  }
}
