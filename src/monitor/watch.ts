// Who is watched: identities and issuers, by their exact text or by a pattern of the whole text (RE2). Asked more widely
// than a policy judges: neither its windows nor its claims narrow it, as a forger keeps to neither.

import { Buffer } from 'node:buffer'
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
  /** Whether bytes that cannot be read hold a watched subject as text, or where any will do an issuer. */
  isNamedIn(bytes: Uint8Array): boolean
}

/** Makes a list ready to be matched. Throws an error that names a pattern which is not RE2. */
export async function prepareWatch(list: readonly Watched[]): Promise<Watch> {
  const patterns = list.flatMap(({ issuer, subject }) => [issuer, subject])
  const regexps = [
    ...new Set(patterns.flatMap((each) => (each !== undefined && 'regexp' in each ? [each.regexp] : []))),
  ]
  const engine = regexps.length === 0 ? undefined : await import('../policy/regexp.ts')
  const [compile, search] = [engine?.compileRegexp, engine?.compileSearch]
  const compiled = new Map(
    regexps.flatMap((source) => (compile === undefined ? [] : [[source, compile(source)] as const])),
  )
  const holds = (pattern: Pattern | undefined, text: string): boolean => {
    if (pattern === undefined) return true
    return 'exact' in pattern ? isSame(pattern.exact, text) : (compiled.get(pattern.regexp)?.(text) ?? false)
  }
  const searches = list.flatMap(({ issuer, subject }) => {
    const pattern = subject ?? issuer
    if (pattern === undefined) return []
    if ('regexp' in pattern) return [search?.(pattern.regexp) ?? (() => true)]
    return [(text: string) => text.includes(folded(pattern.exact))]
  })
  return {
    list,
    digest: hash('sha256', JSON.stringify(list)),
    match: (identity) =>
      list.find(({ issuer, subject }) => holds(issuer, identity.issuer) && holds(subject, identity.subject))?.name,
    isNamedIn(bytes) {
      const texts = textsOf(bytes)
      return searches.some((search) => texts.some(search))
    },
  }
}

/** As a name may be written: a byte a character, UTF-8, and two bytes a character from either beginning. */
function textsOf(bytes: Uint8Array): readonly string[] {
  const swapped = (from: number) =>
    Buffer.from(bytes.subarray(from, bytes.length - ((bytes.length - from) % 2))).swap16()
  const texts = [
    decodeLatin1(bytes),
    Buffer.from(bytes).toString('utf8'),
    ...[0, 1].map((from) => swapped(from).toString('utf16le')),
  ]
  return texts.map(folded)
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** Whoever a policy names, by each of their forms. */
export function watchedOf({ identities }: Pick<PolicyDocument, 'identities'>): readonly Watched[] {
  return identities.flatMap(({ name, forms }) => forms.map(({ issuer, subject }) => ({ name, issuer, subject })))
}

// A mailbox is one however its letters are written, and a CA may write them as it likes.
function isSame(one: string, other: string): boolean {
  return one === other || one.toLowerCase() === other.toLowerCase()
}
