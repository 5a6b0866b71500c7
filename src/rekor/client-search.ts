// Searching Rekor v1: UUIDs by hash, key or address, and entries by UUID, ten a request. What is asked at the same moment
// goes out together, within a number of requests at once that is polite. Nothing that comes back is believed.

import { malformed } from '../errors.ts'
import type { Http, HttpRequest } from '../system/http.ts'
import { answerFault, readAnswer } from '../system/http-fault.ts'
import { endpoint } from '../system/http-url.ts'
import { createLimit } from '../system/limit.ts'
import { parseList } from '../trust/json.ts'
import { inBatches } from './client-batch.ts'
import type { LogEntry } from './entry.ts'
import { MAX_ENTRIES, type NamedEntry, parseNamedEntries, parseNamedEntry } from './entry-v1.ts'

/** What to search for; `or` unless the operator says otherwise. */
export interface SearchQuery {
  /** `sha256:HEX`. */
  readonly hash?: string
  readonly publicKey?: { readonly format: 'x509'; readonly content: string }
  readonly email?: string
  readonly operator?: 'and' | 'or'
}

export interface EntrySearch {
  /** UUIDs, as many as the log has. Throws `log` or `network`. */
  find(query: SearchQuery): Promise<readonly string[]>
  /** The entry of a UUID; undefined where the log does not hand it over. */
  entry(uuid: string): Promise<LogEntry | undefined>
  /** The entry at a global index. */
  entryAt(logIndex: bigint): Promise<NamedEntry | undefined>
  /** The entries at ten global indexes or fewer, in any order; those that cannot be read are left out. */
  entriesAt(logIndexes: readonly bigint[]): Promise<readonly NamedEntry[]>
}

export interface SearchOptions {
  readonly http: Http
  /** Base URL of a Rekor v1. */
  readonly url: string
  /** Requests at once. */
  readonly inFlight?: number
}

/** As many as a log of the public may be asked at once. */
export const POLITE = 60
/** Of one retrieval, by the log's own rule. */
export const BATCH = 10
/** A megabyte of UUIDs, twelve thousand: an index that lists more is asked in another way, or not believed. */
const MAX_INDEX = 1 << 20
const TOO_MANY = 'lists more entries than are looked through, over 12,000: ask for something that fewer have'
const TIMEOUT = 20_000
const UUID = /^(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{80})$/

export function createEntrySearch({ http, url: base, inFlight = POLITE }: SearchOptions): EntrySearch {
  const limit = createLimit(inFlight)

  async function find(query: SearchQuery): Promise<readonly string[]> {
    const asked = { ...post(base, '/api/v1/index/retrieve', query, MAX_INDEX), tooLarge: TOO_MANY }
    const response = await limit(() => http.request(asked))
    if (response.status !== 200) throw answerFault(asked, response)
    return readAnswer(asked, 'answered with what is no list of entries', () => parseUuids(response.body))
  }

  const entry = inBatches(limit, BATCH, async (entryUUIDs: readonly string[]) => {
    const found = await retrieve({ entryUUIDs })
    return (uuid) => found.find((one) => isSame(one.uuid, uuid))?.entry
  })

  async function retrieve(wanted: object): Promise<readonly NamedEntry[]> {
    const asked = post(base, '/api/v1/log/entries/retrieve', wanted, MAX_ENTRIES)
    const response = await http.request(asked)
    if (response.status !== 200) throw answerFault(asked, response)
    return readAnswer(asked, 'answered with what are no log entries', () => parseNamedEntries(response.body))
  }

  async function entryAt(logIndex: bigint): Promise<NamedEntry | undefined> {
    const url = endpoint(base, `/api/v1/log/entries?logIndex=${logIndex}`)
    const asked: HttpRequest = { service: 'Rekor', url, code: 'log', timeout: TIMEOUT, maxBytes: MAX_ENTRIES }
    const response = await limit(() => http.request(asked))
    if (response.status === 404) return undefined
    if (response.status !== 200) throw answerFault(asked, response)
    return readAnswer(asked, 'answered with what is no log entry', () => parseNamedEntry(response.body))
  }

  const entriesAt = (indexes: readonly bigint[]) => limit(() => retrieve({ logIndexes: indexes.map(Number) }))
  return { find, entry, entryAt, entriesAt }
}

function post(base: string, path: string, body: unknown, maxBytes: number): HttpRequest {
  return {
    service: 'Rekor',
    url: endpoint(base, path),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeout: TIMEOUT,
    maxBytes,
    retry: 'idempotent',
    code: 'log',
  }
}

function parseUuids(bytes: Uint8Array): readonly string[] {
  const uuids = parseList(bytes, 'index', MAX_INDEX).map((uuid) => {
    if (typeof uuid !== 'string' || !UUID.test(uuid)) throw malformed('index', 'not a UUID')
    return uuid.toLowerCase()
  })
  return [...new Set(uuids)]
}

/** With or without the tree's id before the leaf's hash. */
function isSame(a: string, b: string): boolean {
  return a.slice(-64) === b.slice(-64) && (a.length !== b.length || a === b)
}
