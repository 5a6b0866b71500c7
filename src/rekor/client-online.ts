// Finding the entry of a signature in online mode (formats: section 2): by the hash of the object's id, by the certificate,
// by the ids that gitsign computed wrongly. Which of what is found counts, verification says.
import { hash } from 'node:crypto'
import { encodeUtf8, equalBytes, toBase64 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import { encodePem } from '../x509/pem.ts'
import type { EntrySearch, SearchQuery } from './client-search.ts'
import type { LogEntry } from './entry.ts'
import { readBody } from './read-body.ts'

/** What to find. */
export interface OnlineQuestion {
  /** Hexadecimal ids, the object's own first, then those of known defects. */
  readonly ids: readonly string[]
  readonly certificate: Certificate
}

/** Strangers may log entries about any hash: more than these under one are not looked through. */
const MAX_BY_HASH = 50
/** Only its own key logs under a certificate, a commit at a time and for ten minutes. */
const MAX_BY_KEY = 1_000
const ROUND = 50
/** Entries about something else, kept so that the verdict can say so. */
const MAX_OTHERS = 3

/**
 * The entries about one of the ids by the certificate's key, as the log tells it; else a few of those that the log gave for
 * them. Throws `log` or `network` where a question that might have found it went unanswered.
 */
export async function findEntries(search: EntrySearch, question: OnlineQuestion): Promise<readonly LogEntry[]> {
  const [own = '', ...others] = question.ids
  const pem = encodeUtf8(encodePem('CERTIFICATE', question.certificate.bytes))
  const publicKey = { format: 'x509', content: toBase64(pem) } as const
  // Both at once is one answer for one signature, whatever else was logged about this hash or by this key.
  const ways: readonly (readonly [SearchQuery, number])[] = [
    [{ hash: idHash(own), publicKey, operator: 'and' }, MAX_BY_HASH],
    [{ hash: idHash(own) }, MAX_BY_HASH],
    [{ publicKey }, MAX_BY_KEY],
    ...others.map((id) => [{ hash: idHash(id) }, MAX_BY_HASH] as const),
  ]
  return await tryWays(search, question, ways)
}

async function tryWays(
  search: EntrySearch,
  question: OnlineQuestion,
  ways: readonly (readonly [SearchQuery, number])[],
): Promise<readonly LogEntry[]> {
  const seen = new Set<string>()
  const unrelated: LogEntry[] = []
  let failure: unknown
  for (const [query, most] of ways)
    try {
      const uuids = (await search.find(query)).filter((uuid) => !seen.has(uuid)).slice(0, most)
      // What else a key has logged says nothing of this object.
      const found = await look(search, question, uuids, query.hash === undefined ? [] : unrelated)
      if (found.length > 0) return found
      for (const uuid of uuids) seen.add(uuid)
    } catch (thrown) {
      // Another way may find it yet.
      if (!(thrown instanceof Fault)) throw thrown
      failure ??= thrown
    }
  if (failure !== undefined) throw failure
  return unrelated
}

async function look(
  search: EntrySearch,
  question: OnlineQuestion,
  uuids: readonly string[],
  unrelated: LogEntry[],
): Promise<readonly LogEntry[]> {
  for (let at = 0; at < uuids.length; at += ROUND) {
    const entries = await Promise.all(uuids.slice(at, at + ROUND).map((uuid) => search.entry(uuid)))
    const there = entries.filter((entry) => entry !== undefined)
    const related = there.filter((entry) => isRelated(entry, question))
    if (related.length > 0) return related
    unrelated.push(...there.slice(0, MAX_OTHERS - unrelated.length))
  }
  return []
}

function isRelated({ canonicalizedBody }: LogEntry, { ids, certificate }: OnlineQuestion): boolean {
  try {
    const { hashes, verifiers } = readBody(canonicalizedBody ?? new Uint8Array())
    const isAbout = ids.some((id) => hashes.includes(idHash(id)))
    return isAbout && verifiers.some(({ der }) => equalBytes(der, certificate.bytes))
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return false
    throw thrown
  }
}

/** What an object id is logged under: `sha256:HEX` of its text. */
export function idHash(id: string): string {
  return `sha256:${hash('sha256', id)}`
}
