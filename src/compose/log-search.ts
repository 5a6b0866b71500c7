// Searching logs for entries: v1 by its index, and by reading every entry, proven in a head: v2 always, v1 where bounds are
// given. What is found is matched here in either case: an index may list anything.
import { hash } from 'node:crypto'
import { encodeUtf8, equalBytes, toBase64 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import type { LogView } from '../rekor/client-log.ts'
import { entryOfTree } from '../rekor/client-log-v2.ts'
import { openProvenTree, type ProvenTree } from '../rekor/client-proven.ts'
import { createEntrySearch, type SearchQuery } from '../rekor/client-search.ts'
import { createTileReader } from '../rekor/client-tiles.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { createBlockScan } from '../scan/blocks.ts'
import { searchBlocks } from '../scan/search.ts'
import { isWanted, type Wanted } from '../scan/wanted.ts'
import { encodePem } from '../x509/pem.ts'
import type { Configured } from './assessor.ts'
import type { Scope } from './log-scope.ts'
import { composeHttp } from './services.ts'

/** How hard to read. */
export interface Effort {
  readonly jobs: number
  /** Requests at once. */
  readonly inFlight: number
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
  { jobs, inFlight }: Effort,
): AsyncGenerator<Step, undefined> {
  const http = composeHttp(configured, BUDGET)
  const blocks = createBlockScan(http, view, { inFlight }).blocks(head, part.from, part.to)
  let tree: ProvenTree | undefined
  const describe = async (place: number, body: Uint8Array) => {
    if (view.version === 1) return await sameEntry(view, place, body)
    tree ??= await openProvenTree(createTileReader(http, view.log.baseUrl), head)
    return await entryOfTree(tree, head, view.log, place, body)
  }
  for await (const { to, found } of searchBlocks(blocks, wanted, jobs)) {
    const entries: NamedEntry[] = []
    for (const { place, body } of found) entries.push(await describe(place, body))
    yield { read: to, found: entries }
  }
  return undefined
}

async function sameEntry(view: LogView, place: number, body: Uint8Array): Promise<NamedEntry> {
  const named = await view.entryAt((await view.firstIndex()) + BigInt(place))
  if (named?.entry.canonicalizedBody === undefined || !equalBytes(named.entry.canonicalizedBody, body))
    throw new Fault('log', `the log lies: entry ${place} is another the second time`)
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
