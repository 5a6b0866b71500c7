// Searching logs for entries: v1 by its index, and by reading every entry, proven in a head: v2 always, v1 where bounds are
// given. What is found is matched here in either case: an index may list anything.
import { hash } from 'node:crypto'
import { encodeUtf8, equalBytes, toBase64 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { LogHead, LogView } from '../rekor/client-log.ts'
import { entryOfTree } from '../rekor/client-log-v2.ts'
import { openProvenTree, type ProvenTree } from '../rekor/client-proven.ts'
import { createEntrySearch, type SearchQuery } from '../rekor/client-search.ts'
import { createTileReader } from '../rekor/client-tiles.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { createBlockScan } from '../scan/blocks.ts'
import { matchBlocks, wantedMatchers } from '../scan/search.ts'
import { isWanted, type Wanted } from '../scan/wanted.ts'
import type { Http } from '../system/http.ts'
import { encodePem } from '../x509/pem.ts'
import type { Configured } from './assessor.ts'
import type { Scope } from './log-scope.ts'
import { composeHttp } from './services.ts'

/** How hard to read. */
export interface Effort {
  readonly jobs: number
  /** Requests at once, as many as are polite unless given. */
  readonly inFlight?: number
}

/** A step of a search; `read` is the place up to which everything was. */
export interface Step {
  readonly read?: number
  readonly found: readonly NamedEntry[]
}

const BUDGET = 86_400_000
const AT_ONCE = 256

/** What the index of Rekor v1 lists and is wanted. Throws `usage` for what it does not know. */
export async function* searchIndex(
  configured: Configured,
  { log }: LogView,
  wanted: Wanted,
): AsyncGenerator<Step, undefined> {
  const search = createEntrySearch({ http: composeHttp(configured, BUDGET), url: log.baseUrl })
  const uuids = new Set<string>()
  for (const query of queriesOf(wanted)) for (const uuid of await search.find(query)) uuids.add(uuid)
  const all = [...uuids]
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const part = all.slice(at, at + AT_ONCE)
    const entries = await Promise.all(part.map((uuid) => search.entry(uuid)))
    const found = entries.flatMap((entry, i) =>
      entry?.canonicalizedBody !== undefined && isWanted(entry.canonicalizedBody, wanted)
        ? [{ uuid: part[i] ?? '', entry }]
        : [],
    )
    yield { found }
  }
  return undefined
}

/** What is wanted of the entries in the scope's part, oldest first, each with its proof in the scope's head or a later one. */
export async function* searchEntries(
  configured: Configured,
  view: LogView,
  wanted: Wanted,
  { head, part }: Scope,
  { jobs, ...options }: Effort,
): AsyncGenerator<Step, undefined> {
  const http = composeHttp(configured, BUDGET)
  const blocks = createBlockScan(http, view, options).blocks(head, part.from, part.to)
  const describe = describerFor(http, view, head)
  for await (const { to, found } of matchBlocks(blocks, await wantedMatchers(wanted, jobs)))
    yield { read: to, found: await Promise.all(found.map(({ place, body }) => describe(place, body))) }
  return undefined
}

/** Entries with their proofs; what they have in common is asked for once, and not before something was found. */
function describerFor(http: Http, view: LogView, head: LogHead) {
  let [tree, first]: [Promise<ProvenTree> | undefined, Promise<bigint> | undefined] = [undefined, undefined]
  return async (place: number, body: Uint8Array): Promise<NamedEntry> => {
    if (view.version === 1) {
      first ??= view.firstIndex()
      return await sameEntry(view, (await first) + BigInt(place), body)
    }
    tree ??= openProvenTree(createTileReader(http, view.log.baseUrl), head)
    return await entryOfTree(await tree, head, view.log, place, body)
  }
}

async function sameEntry(view: LogView, index: bigint, body: Uint8Array): Promise<NamedEntry> {
  const named = await view.entryAt(index)
  if (named?.entry.canonicalizedBody === undefined || !equalBytes(named.entry.canonicalizedBody, body))
    throw new Fault('log', `the log lies: entry ${index} is another the second time`)
  return named
}

/** What the index is asked; the rest is filtered. */
function queriesOf({ hashes, verifier, subject }: Wanted): readonly SearchQuery[] {
  if (hashes !== undefined) return hashes.map((one) => ({ hash: one }))
  if (verifier !== undefined) {
    const pem = encodePem(verifier.kind === 'certificate' ? 'CERTIFICATE' : 'PUBLIC KEY', verifier.der)
    return [{ publicKey: { format: 'x509', content: toBase64(encodeUtf8(pem)) } }]
  }
  if (subject !== undefined && /^[^@\s]+@[^@\s]+$/.test(subject)) return [{ email: subject }]
  throw new Fault(
    'usage',
    'the index of Rekor v1 knows objects, hashes, keys, certificates and email addresses alone',
    {
      hint: '--from and --to, or --shard, read the entries themselves',
    },
  )
}

/** Places that a v1 log knows an id of an object by. */
export function hashesOfIds(ids: readonly string[]): readonly string[] {
  return ids.map((id) => `sha256:${hash('sha256', id)}`)
}
