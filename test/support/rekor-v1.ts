// A log that speaks Rekor v1's search, for clients under test: it has the entries that it is given, and lies as it is told.
import type { ServerResponse } from 'node:http'
import { toBase64, toHex } from '../../src/bytes.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { readBody } from '../../src/rekor/read-body.ts'
import { verifierKey } from '../../src/sandbox/rekor1-index.ts'
import { type Asked, json, type Loopback, serve } from './loopback.ts'

export interface FakeLog extends Loopback {
  /** Bodies of the searches so far. */
  searches(): readonly Search[]
  /** UUIDs of each retrieval so far. */
  retrievals(): readonly (readonly string[])[]
}

export interface Search {
  readonly hash?: string
  readonly publicKey?: { readonly format: string; readonly content: string }
  readonly operator?: string
}

export interface Lies {
  /** Another answer to a search; undefined for the true one. */
  readonly index?: (query: Search) => readonly string[] | undefined
  /** Another entry in an answer. */
  readonly change?: (entry: Record<string, unknown>) => void
  /** Answers by itself; true where it did. */
  readonly answer?: (asked: Asked, response: ServerResponse, count: number) => boolean
  /** Whether the index knows hashes, keys. */
  readonly knows?: readonly ('hash' | 'key')[]
}

export function uuidOf(entry: LogEntry): string {
  return `10f0${'0'.repeat(11)}1${toHex(leafHash(entry.canonicalizedBody ?? new Uint8Array()))}`
}

export async function serveLog(entries: readonly LogEntry[], lies: Lies = {}): Promise<FakeLog> {
  const index = entries.map(indexOf)
  const byUuid = new Map(entries.map((entry) => [uuidOf(entry), entry]))
  const server = await serve((asked, response, count) => {
    if (lies.answer?.(asked, response, count) === true) return
    const body = JSON.parse(asked.body.toString() || '{}')
    if (asked.path === '/api/v1/index/retrieve') json(response, 200, lies.index?.(body) ?? search(index, body, lies))
    else json(response, 200, retrieve(byUuid, body.entryUUIDs ?? [], lies))
  })
  const bodies = (path: string) =>
    server.asked.filter((asked) => asked.path === path).map(({ body }) => JSON.parse(body.toString()))
  return {
    ...server,
    searches: () => bodies('/api/v1/index/retrieve'),
    retrievals: () => bodies('/api/v1/log/entries/retrieve').map(({ entryUUIDs }) => entryUUIDs),
  }
}

interface Indexed {
  readonly uuid: string
  readonly hashes: readonly string[]
  readonly keys: readonly string[]
}

function indexOf(entry: LogEntry): Indexed {
  const { hashes, verifiers } = readBody(entry.canonicalizedBody ?? new Uint8Array())
  return { uuid: uuidOf(entry), hashes, keys: verifiers.map(verifierKey) }
}

function search(index: readonly Indexed[], query: Search, { knows = ['hash', 'key'] }: Lies): readonly string[] {
  const byHash = index.filter(({ hashes }) => knows.includes('hash') && hashes.includes(query.hash ?? ''))
  const key = keyOf(query)
  const byKey = index.filter(({ keys }) => knows.includes('key') && keys.includes(key))
  const found = query.operator === 'and' ? byHash.filter((one) => byKey.includes(one)) : [...byHash, ...byKey]
  return [...new Set(found.map(({ uuid }) => uuid))]
}

function keyOf({ publicKey }: Search): string {
  if (publicKey === undefined) return ''
  const pem = Buffer.from(publicKey.content, 'base64').toString()
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return verifierKey({ kind: 'certificate', der })
}

function retrieve(entries: ReadonlyMap<string, LogEntry>, uuids: readonly string[], { change }: Lies) {
  return uuids.flatMap((uuid) => {
    const entry = entries.get(uuid)
    if (entry === undefined) return []
    const answer = encodeEntryV1(entry)
    change?.(answer)
    return [{ [uuid]: answer }]
  })
}

/** As Rekor v1 answers with it. */
export function encodeEntryV1(entry: LogEntry): Record<string, unknown> {
  const { proof, promise } = entry
  return {
    body: toBase64(entry.canonicalizedBody ?? new Uint8Array()),
    integratedTime: Number(entry.integratedTime),
    logID: toHex(entry.logId),
    logIndex: Number(entry.logIndex),
    verification: {
      ...(promise && { signedEntryTimestamp: toBase64(promise) }),
      ...(proof && {
        inclusionProof: {
          checkpoint: proof.checkpoint,
          hashes: proof.hashes.map(toHex),
          logIndex: Number(proof.logIndex),
          rootHash: toHex(proof.rootHash),
          treeSize: Number(proof.treeSize),
        },
      }),
    },
  }
}
