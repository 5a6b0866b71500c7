// A tiled log as who looks into it sees it: by its tiles, proven in its head.
import { toHex } from '../bytes.ts'
import type { Http } from '../system/http.ts'
import type { LogAuthority } from '../trust/root.ts'
import { getRequest, pickNote, readHead } from './client-head.ts'
import type { LogHead, LogView } from './client-log.ts'
import { openProvenTree, type ProvenTree } from './client-proven.ts'
import { createTileReader } from './client-tiles.ts'
import { checkConsistency } from './consistency.ts'
import type { NamedEntry } from './entry-v1.ts'
import { leafHash } from './merkle.ts'
import { readBody } from './read-body.ts'

export function createView2(http: Http, log: LogAuthority): LogView {
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
    growth: async (first, last, head) => (await openProvenTree(tiles, head)).growth(Number(first), Number(last)),
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
