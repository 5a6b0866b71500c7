// Searching logs for entries: v1 by its index, v2 by reading its tiles, proven in the checkpoint. What is found is matched
// here in either case: an index may list anything.
import { hash } from 'node:crypto'
import { encodeUtf8, equalBytes, toBase64 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { type Identity, parseIdentity } from '../fulcio/identity.ts'
import { entryOfTree, type LogView } from '../rekor/client-log.ts'
import { openProvenTree } from '../rekor/client-proven.ts'
import { createEntrySearch, type SearchQuery } from '../rekor/client-search.ts'
import { createTileReader } from '../rekor/client-tiles.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { type BodyVerifier, readBody } from '../rekor/read-body.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { encodePem } from '../x509/pem.ts'
import type { Configured } from './assessor.ts'
import { composeHttp } from './services.ts'

/** Every one that is there must hold. */
export interface Wanted {
  /** `sha256:HEX`, any of them. */
  readonly hashes?: readonly string[]
  readonly verifier?: BodyVerifier
  readonly subject?: string
  readonly issuer?: string
}

export interface Bounds {
  /** First place in the tree that is read, and the one after the last; v2 alone. */
  readonly from?: number
  readonly to?: number
  readonly limit: number
}

const BUDGET = 86_400_000
const AHEAD = 8
const TILE = 256

/** Yields what matches, oldest first within a log. Throws `usage` for what v1's index does not know. */
export async function* searchLog(
  configured: Configured,
  view: LogView,
  wanted: Wanted,
  bounds: Bounds,
): AsyncGenerator<NamedEntry> {
  const found = view.version === 1 ? searchIndex(configured, view, wanted) : scan(configured, view, wanted, bounds)
  let count = 0
  for await (const one of found) {
    yield one
    if (++count >= bounds.limit) return
  }
}

async function* searchIndex(configured: Configured, { log }: LogView, wanted: Wanted): AsyncGenerator<NamedEntry> {
  const search = createEntrySearch({ http: composeHttp(configured, BUDGET), url: log.baseUrl })
  const uuids = new Set<string>()
  for (const query of queriesOf(wanted)) for (const uuid of await search.find(query)) uuids.add(uuid)
  const all = [...uuids]
  for (let at = 0; at < all.length; at += TILE) {
    const part = all.slice(at, at + TILE)
    const entries = await Promise.all(part.map((uuid) => search.entry(uuid)))
    for (const [i, entry] of entries.entries())
      if (entry !== undefined && isWanted(entry.canonicalizedBody ?? new Uint8Array(), wanted))
        yield { uuid: part[i] ?? '', entry }
  }
}

/** What the index is asked; the rest is filtered. */
function queriesOf({ hashes, verifier, subject }: Wanted): readonly SearchQuery[] {
  if (hashes !== undefined) return hashes.map((one) => ({ hash: one }))
  if (verifier !== undefined) {
    const pem = encodePem(verifier.kind === 'certificate' ? 'CERTIFICATE' : 'PUBLIC KEY', verifier.der)
    return [{ publicKey: { format: 'x509', content: toBase64(encodeUtf8(pem)) } }]
  }
  if (subject !== undefined && /^[^@\s]+@[^@\s]+$/.test(subject)) return [{ email: subject }]
  throw new Fault('usage', 'the index of Rekor v1 knows objects, hashes, keys, certificates and email addresses alone')
}

async function* scan(
  configured: Configured,
  view: LogView,
  wanted: Wanted,
  { from = 0, to }: Bounds,
): AsyncGenerator<NamedEntry> {
  const head = await view.head()
  const tree = await openProvenTree(createTileReader(composeHttp(configured, BUDGET), view.log.baseUrl), head)
  const end = Math.min(to ?? tree.size, tree.size)
  for (let n = Math.floor(from / TILE); n * TILE < end; n += AHEAD) {
    const count = Math.min(AHEAD, Math.ceil(end / TILE) - n)
    const bundles = await Promise.all(Array.from({ length: count }, (_, i) => tree.entries(n + i)))
    for (const [i, body] of bundles.flat().entries()) {
      const place = n * TILE + i
      if (place < from || place >= end || !isWanted(body, wanted)) continue
      yield await entryOfTree(tree, head, view.log, place, body)
    }
  }
}

/** An entry that cannot be read is not what anybody looks for. */
function isWanted(body: Uint8Array, { hashes, verifier, subject, issuer }: Wanted): boolean {
  try {
    const facts = readBody(body)
    if (hashes !== undefined && !facts.hashes.some((one) => hashes.includes(one))) return false
    if (verifier !== undefined && !facts.verifiers.some(({ der }) => equalBytes(der, verifier.der))) return false
    if (subject === undefined && issuer === undefined) return true
    return facts.verifiers.some((one) => {
      const identity = identityOf(one)
      return (
        identity !== undefined &&
        (subject === undefined || identity.subject.toLowerCase() === subject.toLowerCase()) &&
        (issuer === undefined || identity.issuer === issuer)
      )
    })
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return false
    throw thrown
  }
}

/** By the certificate's own word: whose CA it is nobody has asked. */
export function identityOf({ kind, der }: BodyVerifier): Identity | undefined {
  if (kind === 'key') return undefined
  try {
    return parseIdentity(parseCertificate(der))
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}

/** Places that a v1 log knows an id of an object by. */
export function hashesOfIds(ids: readonly string[]): readonly string[] {
  return ids.map((id) => `sha256:${hash('sha256', id)}`)
}
