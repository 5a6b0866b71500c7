// Rekor v1 as who looks into it sees it: by its interface.
import { fromHex } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { Http, HttpRequest } from '../system/http.ts'
import { answerFault, readAnswer } from '../system/http-fault.ts'
import { int64Of, type JsonObject, listOf, objectsOf, parseDocument, textOf } from '../trust/json.ts'
import type { LogAuthority } from '../trust/root.ts'
import { getRequest, pickNote, readHead } from './client-head.ts'
import type { LogView } from './client-log.ts'
import { createEntrySearch } from './client-search.ts'
import { checkConsistency } from './consistency.ts'

export function createView1(http: Http, log: LogAuthority): LogView {
  const { baseUrl } = log
  const search = createEntrySearch({ http, url: baseUrl })
  const growth: LogView['growth'] = async (first, last, { checkpoint: { origin } }) => {
    const tree = /^.* - (\d+)$/.exec(origin)?.[1]
    const query = `firstSize=${first}&lastSize=${last}${tree === undefined ? '' : `&treeID=${tree}`}`
    const asked = getRequest(baseUrl, `/api/v1/log/proof?${query}`)
    const answer = await fetchJson(http, asked)
    return readAnswer(asked, 'answered with what is no proof', () => listOf(answer, 'hashes').map(parseHash))
  }
  return {
    log,
    version: 1,
    entryAt: search.entryAt,
    async firstIndex(origin) {
      const asked = getRequest(baseUrl, '/api/v1/log')
      const answer = await fetchJson(http, asked)
      return readAnswer(asked, 'answered with what is no log', () => {
        const shards = objectsOf(answer, 'inactiveShards')
        const isIt = (shard: JsonObject) => textOf(shard, 'signedTreeHead').startsWith(`${origin}\n`)
        const at = origin === undefined ? -1 : shards.findIndex(isIt)
        return shards.slice(0, at === -1 ? undefined : at).reduce((sum, shard) => sum + int64Of(shard, 'treeSize'), 0n)
      })
    },
    async head(origin) {
      const asked = getRequest(baseUrl, '/api/v1/log')
      const notes = notesOf(asked, await fetchJson(http, asked))
      return readHead(asked, log, pickNote(asked, notes, origin))
    },
    growth,
    async inconsistency(first, last) {
      const isTrivial = first.treeSize >= last.treeSize || first.treeSize === 0n
      return checkConsistency(first, last, isTrivial ? [] : await growth(first.treeSize, last.treeSize, last))
    },
  }
}

/** The tree that grows first. */
function notesOf(asked: HttpRequest, answer: JsonObject): readonly string[] {
  return readAnswer(asked, 'answered with what is no log', () =>
    [answer, ...objectsOf(answer, 'inactiveShards')].map((tree) => textOf(tree, 'signedTreeHead')),
  )
}

async function fetchJson(http: Http, asked: HttpRequest) {
  const response = await http.request(asked)
  if (response.status !== 200) throw answerFault(asked, response)
  return readAnswer(asked, 'answered with what is no JSON', () => parseDocument(response.body, 'answer'))
}

function parseHash(hash: unknown): Uint8Array {
  if (typeof hash !== 'string' || hash.length !== 64) throw malformed('proof', 'not a hash')
  return fromHex(hash)
}
