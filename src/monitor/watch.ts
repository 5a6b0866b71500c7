// Who is watched: identities and issuers, by their exact text or by a pattern of the whole text (RE2). Asked more widely
// than a policy judges: neither its windows nor its claims narrow it, as a forger keeps to neither.
import { hash } from 'node:crypto'
import { decodeLatin1 } from '../bytes.ts'
import type { Identity } from '../fulcio/identity.ts'
import type { Pattern, PolicyDocument } from '../policy/document.ts'

/** One that is watched: what is absent may be anything, but not both. */
export interface Watched {
  /** As people call it: the policy's name, or what was asked for. */
  readonly name: string
  readonly issuer?: Pattern
  readonly subject?: Pattern
}

export interface Watch {
  /** What it was made of. */
  readonly list: readonly Watched[]
  /** SHA-256 of whom it watches, to tell when that has changed. */
  readonly digest: string
  /** Name of the first that it is; undefined for nobody who is watched. */
  match(identity: Pick<Identity, 'subject' | 'issuer'>): string | undefined
  /** Whether bytes that cannot be read hold a watched subject as text. */
  isNamedIn(bytes: Uint8Array): boolean
}

/** Makes a list ready to be matched. Throws an error that names a pattern which is not RE2. */
export async function prepareWatch(list: readonly Watched[]): Promise<Watch> {
  const patterns = list.flatMap(({ issuer, subject }) => [issuer, subject])
  const regexps = [
    ...new Set(patterns.flatMap((each) => (each !== undefined && 'regexp' in each ? [each.regexp] : []))),
  ]
  const compile = regexps.length === 0 ? undefined : (await import('../policy/regexp.ts')).compileRegexp
  const compiled = new Map(
    regexps.flatMap((source) => (compile === undefined ? [] : [[source, compile(source)] as const])),
  )
  const holds = (pattern: Pattern | undefined, text: string): boolean => {
    if (pattern === undefined) return true
    return 'exact' in pattern ? isSame(pattern.exact, text) : (compiled.get(pattern.regexp)?.(text) ?? false)
  }
  const subjects = list.flatMap(exactSubject)
  return {
    list,
    digest: hash('sha256', JSON.stringify(list)),
    match: (identity) =>
      list.find(({ issuer, subject }) => holds(issuer, identity.issuer) && holds(subject, identity.subject))?.name,
    isNamedIn(bytes) {
      const text = decodeLatin1(bytes).toLowerCase()
      return subjects.some((subject) => text.includes(subject))
    },
  }
}

/** Whoever a policy names, by each of their forms. */
export function watchedOf({ identities }: Pick<PolicyDocument, 'identities'>): readonly Watched[] {
  return identities.flatMap(({ name, forms }) => forms.map(({ issuer, subject }) => ({ name, issuer, subject })))
}

// A mailbox is one however its letters are written, and a CA may write them as it likes.
function isSame(one: string, other: string): boolean {
  return one === other || one.toLowerCase() === other.toLowerCase()
}

function exactSubject({ subject }: Watched): readonly string[] {
  return subject !== undefined && 'exact' in subject ? [subject.exact.toLowerCase()] : []
}
