// Rekor v1 on a tile log: hashedrekord, rekord and dsse 0.0.1 entries with a signed entry timestamp and an inclusion proof
// in one answer, its search index and its consistency proofs. For trying and testing, not a log to trust.
import { createHash, type KeyObject, sign } from 'node:crypto'
import { concatBytes, encodeUtf8, toHex } from '../bytes.ts'
import { encodeNote } from '../rekor/checkpoint.ts'
import { encodePem } from '../x509/pem.ts'
import { publicKeyOf } from './certificate.ts'
import { openTileLog } from './log/disk-log.ts'
import type { TileLog } from './log/log.ts'
import { UniqueEntries } from './log/unique.ts'
import { parseProposal } from './proposal.ts'
import { SearchIndex } from './rekor1-index.ts'
import { retrieveEntries, searchIndex } from './rekor1-search.ts'
import { consistency, describe, findUuid, placeOf, type Rekor, treeState, uuidOf } from './rekor1-tree.ts'
import { json, Refusal, readJson, routed, type Service, text } from './service.ts'
import type { State } from './state.ts'

/** Host of the log's URL: the name under which it signs checkpoints. */
const HOST = 'localhost'
export interface OpenLog {
  readonly service: Service
  readonly log: TileLog
}

/** Log id of Rekor v1: SHA-256 of the public key. */
export function rekor1LogId(key: KeyObject): Uint8Array {
  return sha256(publicKeyOf(key))
}

/** Opens or starts the log in the state directory. Close it with `log.close()`. */
export async function openRekor1(state: State, now: () => number): Promise<OpenLog> {
  const key = await state.key('rekor1', 'p256')
  const logId = rekor1LogId(key)
  const treeId = toHex(treeIdOf(logId))
  const origin = `${HOST} - ${BigInt(`0x${treeId}`)}`
  const log = await openTileLog(state.path('rekor1'), { origin, keepsNotes: true, sign: (body) => signNote(body, key) })
  const rekor: Rekor = { key, logId, treeId, log, entries: new UniqueEntries(log), index: new SearchIndex(log), now }
  return { service: createRekor1(rekor), log }
}

function createRekor1(rekor: Rekor): Service {
  const { log, key } = rekor
  const fixed = routed('rekor1', {
    'POST /api/v1/log/entries': (request) => create(rekor, request),
    'GET /api/v1/log/entries': async (request) => json(200, await describe(rekor, indexAsked(rekor, request))),
    'POST /api/v1/log/entries/retrieve': (request) => retrieveEntries(rekor, request),
    'POST /api/v1/index/retrieve': (request) => searchIndex(rekor, request),
    'GET /api/v1/log': () => treeState(rekor),
    'GET /api/v1/log/proof': (request) => consistency(rekor, request),
    'GET /api/v1/log/publicKey': () => text(200, pemOf(key), 'application/x-pem-file'),
    'GET /ping': () => text(200, 'pong\n'),
    'GET /checkpoint': () => text(200, log.checkpoint()),
  })
  return {
    name: 'rekor1',
    handle: async (request) => {
      const { pathname } = new URL(request.url)
      if (!/^\/api\/v1\/log\/entries\/(?!retrieve$)/.test(pathname)) return await fixed.handle(request)
      const find = async () => json(200, await describe(rekor, findUuid(rekor, pathname.slice(20)) ?? notFound()))
      return await routed('rekor1', { [`GET ${pathname}`]: find }).handle(request)
    },
  }
}

async function create(rekor: Rekor, request: Request): Promise<Response> {
  const body = parseProposal(await readJson(request))
  const { index, isNew } = await rekor.entries.append(body, encodeTime(rekor.now()))
  const uuid = uuidOf(rekor, index)
  const headers = { location: `/api/v1/log/entries/${uuid}`, etag: uuid }
  if (isNew) return json(201, await describe(rekor, index), headers)
  const message = `an equivalent entry already exists in the transparency log with UUID ${uuid}`
  return json(409, { code: 409, message }, headers)
}

function indexAsked(rekor: Rekor, request: Request): number {
  const asked = new URL(request.url).searchParams.get('logIndex') ?? ''
  if (!/^\d{1,15}$/.test(asked)) throw new Refusal(400, 400, 'logIndex is not a number')
  return placeOf(rekor, Number(asked)) ?? notFound()
}

function notFound(): never {
  throw new Refusal(404, 404, 'entry not found')
}

/** A positive 63-bit number that goes with the key, so that another key is another tree. */
function treeIdOf(logId: Uint8Array): Uint8Array {
  const id = sha256(encodeUtf8('tree of '), logId).slice(0, 8)
  id[0] = ((id[0] ?? 0) & 0x7f) | 0x10
  return id
}

function signNote(body: string, key: KeyObject): string {
  const signature = sign('sha256', encodeUtf8(body), key)
  return encodeNote(body, [{ name: HOST, hint: rekor1LogId(key).subarray(0, 4), signature }])
}

/** Whole seconds since 1970, as the note beside an entry keeps them. */
function encodeTime(now: number): Uint8Array {
  return encodeUtf8(String(Math.floor(now / 1000)))
}

function pemOf(key: KeyObject): string {
  return encodePem('PUBLIC KEY', publicKeyOf(key))
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return createHash('sha256')
    .update(concatBytes(...parts))
    .digest()
}
