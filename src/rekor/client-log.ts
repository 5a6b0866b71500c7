// One log as who looks into it sees it, whatever its version: its signed head, whether that goes on from an earlier one, and
// its entries by index. v1 is asked by its interface, v2 is read from its tiles.
import { fromHex, toHex } from '../bytes.ts'
import { Fault, malformed } from '../errors.ts'
import type { Http, HttpRequest } from '../system/http.ts'
import { type Asked, answerFault, readAnswer } from '../system/http-fault.ts'
import { endpoint } from '../system/http-url.ts'
import { int64Of, type JsonObject, listOf, objectsOf, parseDocument, textOf } from '../trust/json.ts'
import type { LogAuthority } from '../trust/root.ts'
import { checkCheckpoint, parseCheckpoint, type SignedCheckpoint, type TreeHead } from './checkpoint.ts'
import { openProvenTree, type ProvenTree } from './client-proven.ts'
import { createEntrySearch } from './client-search.ts'
import { createTileReader } from './client-tiles.ts'
import { checkConsistency } from './consistency.ts'
import type { NamedEntry } from './entry-v1.ts'
import { leafHash } from './merkle.ts'
import { readBody } from './read-body.ts'

/** A checkpoint whose signature by the log verified. */
export interface LogHead extends TreeHead {
  readonly checkpoint: SignedCheckpoint
  readonly note: string
}

export interface LogView {
  readonly log: LogAuthority
  readonly version: 1 | 2
  /**
   * The latest, of the tree that grows unless `origin` names another: v1 keeps earlier ones. Throws `log` where it is not
   * signed by the log, or there is no such tree.
   */
  head(origin?: string): Promise<LogHead>
  /** Why the tree of `last` is not that of `first` with more behind it; undefined where it is. Throws `log`, `network`. */
  inconsistency(first: TreeHead, last: LogHead): Promise<string | undefined>
  /** By its global index, with its proof in the tree of now. Nothing of it is checked. */
  entryAt(index: bigint): Promise<NamedEntry | undefined>
  /** Global index of the tree's first entry: v1 counts the entries of its earlier trees before it. The log's word. */
  firstIndex(): Promise<bigint>
}

/** @param version of the log's interface */
export function createLogView(http: Http, log: LogAuthority, version: 1 | 2): LogView {
  return version === 1 ? createView1(http, log) : createView2(http, log)
}

function createView1(http: Http, log: LogAuthority): LogView {
  const { baseUrl } = log
  const search = createEntrySearch({ http, url: baseUrl })
  return {
    log,
    version: 1,
    entryAt: search.entryAt,
    async firstIndex() {
      const asked = getRequest(baseUrl, '/api/v1/log')
      const answer = await fetchJson(http, asked)
      return readAnswer(asked, 'answered with what is no log', () =>
        objectsOf(answer, 'inactiveShards').reduce((sum, shard) => sum + int64Of(shard, 'treeSize'), 0n),
      )
    },
    async head(origin) {
      const asked = getRequest(baseUrl, '/api/v1/log')
      const notes = notesOf(asked, await fetchJson(http, asked))
      return readHead(asked, log, pickNote(asked, notes, origin))
    },
    async inconsistency(first, last) {
      const isTrivial = first.treeSize >= last.treeSize || first.treeSize === 0n
      const hashes = isTrivial ? [] : await fetchConsistency(http, baseUrl, first, last)
      return checkConsistency(first, last, hashes)
    },
  }
}

async function fetchConsistency(http: Http, baseUrl: string, first: TreeHead, last: LogHead) {
  const tree = /^.* - (\d+)$/.exec(last.checkpoint.origin)?.[1]
  const query = `firstSize=${first.treeSize}&lastSize=${last.treeSize}${tree === undefined ? '' : `&treeID=${tree}`}`
  const asked = getRequest(baseUrl, `/api/v1/log/proof?${query}`)
  const answer = await fetchJson(http, asked)
  return readAnswer(asked, 'answered with what is no proof', () =>
    listOf(answer, 'hashes').map((hash) => {
      if (typeof hash !== 'string' || hash.length !== 64) throw malformed('proof', 'not a hash')
      return fromHex(hash)
    }),
  )
}

function createView2(http: Http, log: LogAuthority): LogView {
  const tiles = createTileReader(http, log.baseUrl)
  return {
    log,
    version: 2,
    firstIndex: async () => 0n,
    async head(origin) {
      const asked = getRequest(log.baseUrl, '/checkpoint')
      return readHead(asked, log, pickNote(asked, [await tiles.checkpoint()], origin))
    },
    async inconsistency(first, last) {
      if (first.treeSize >= last.treeSize || first.treeSize === 0n) return checkConsistency(first, last, [])
      const tree = await openProvenTree(tiles, last)
      const root = await tree.root(Number(first.treeSize))
      return toHex(root) === toHex(first.rootHash) ? undefined : 'the tree has changed what was in it before'
    },
    async entryAt(index) {
      const head = await this.head()
      if (index < 0n || index >= head.treeSize) return undefined
      const tree = await openProvenTree(tiles, head)
      const place = Number(index)
      const body = (await tree.entries(Math.floor(place / 256)))[place % 256]
      return body === undefined ? undefined : await entryOfTree(tree, head, log, place, body)
    },
  }
}

/** An entry of a tiled log, with its proof. */
export async function entryOfTree(
  tree: Pick<ProvenTree, 'inclusion'>,
  { treeSize, rootHash, note }: LogHead,
  log: LogAuthority,
  place: number,
  body: Uint8Array,
): Promise<NamedEntry> {
  const { kind, version } = readBody(body)
  const hashes = await tree.inclusion(place)
  const proof = { logIndex: BigInt(place), treeSize, rootHash, hashes, checkpoint: note }
  const entry = {
    logIndex: BigInt(place),
    logId: log.id,
    kind,
    version,
    integratedTime: 0n,
    proof,
    canonicalizedBody: body,
  }
  return { uuid: toHex(leafHash(body)), entry }
}

/** The tree that grows first. */
function notesOf(asked: HttpRequest, answer: JsonObject): readonly string[] {
  return readAnswer(asked, 'answered with what is no log', () =>
    [answer, ...objectsOf(answer, 'inactiveShards')].map((tree) => textOf(tree, 'signedTreeHead')),
  )
}

function pickNote(asked: HttpRequest, notes: readonly string[], origin: string | undefined): string {
  const [first = ''] = notes
  const note = origin === undefined ? first : notes.find((one) => one.startsWith(`${origin}\n`))
  if (note === undefined) throw new Fault('log', `${asked.url}: it has no tree ${origin}`)
  return note
}

/** The tree of a signed note. Throws `log` where the log did not sign it. */
export function readHead(asked: Asked, log: LogAuthority, note: string): LogHead {
  const checkpoint = readAnswer(asked, 'answered with what is no checkpoint', () => parseCheckpoint(note))
  const head = { treeSize: checkpoint.size, rootHash: checkpoint.rootHash, checkpoint, note }
  const why = checkCheckpoint(checkpoint, log, head)
  if (why !== undefined) throw new Fault('log', `${log.baseUrl}: ${why}`)
  return head
}

function getRequest(base: string, path: string): HttpRequest {
  return { service: 'Rekor', url: endpoint(base, path), code: 'log' }
}

async function fetchJson(http: Http, asked: HttpRequest) {
  const response = await http.request(asked)
  if (response.status !== 200) throw answerFault(asked, response)
  return readAnswer(asked, 'answered with what is no JSON', () => parseDocument(response.body, 'answer'))
}
