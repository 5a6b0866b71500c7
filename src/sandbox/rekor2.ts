// Rekor v2 (rekor-tiles): hashedrekord 0.0.2 in, a TransparencyLogEntry with proof and checkpoint out once it is in the
// tree. Reads are answered below /api/v2 and at the root, as from the storage of a real one. Not a log to trust.
import { createHash, type KeyObject, sign } from 'node:crypto'
import { concatBytes, encodeUtf8 } from '../bytes.ts'
import { encodeNote } from '../rekor/checkpoint.ts'
import { logEntryToJson } from '../rekor/entry-json.ts'
import { publicKeyOf } from './certificate.ts'
import { openTileLog } from './log/disk-log.ts'
import type { TileLog } from './log/log.ts'
import { proofOf } from './log/proof.ts'
import { UniqueEntries } from './log/unique.ts'
import { parseRequestV2 } from './proposal.ts'
import type { OpenLog } from './rekor1.ts'
import { binary, json, Refusal, readJson, routed, type Service, text } from './service.ts'
import type { State } from './state.ts'

/** Host of the log's URL: the origin of its checkpoints. */
const ORIGIN = 'localhost'

/** Log id of Rekor v2: SHA-256 of origin, newline, 0x01 and the 32 bytes of its Ed25519 key. */
export function rekor2LogId(key: KeyObject): Uint8Array {
  const point = publicKeyOf(key).subarray(-32)
  return createHash('sha256')
    .update(concatBytes(encodeUtf8(`${ORIGIN}\n`), Uint8Array.of(1), point))
    .digest()
}

/** Opens or starts the log in the state directory. Close it with `log.close()`. */
export async function openRekor2(state: State): Promise<OpenLog> {
  const key = await state.key('rekor2', 'ed25519')
  const log = await openTileLog(state.path('rekor2'), { origin: ORIGIN, sign: (body) => signNote(body, key) })
  return { service: createRekor2(log, rekor2LogId(key)), log }
}

function createRekor2(log: TileLog, logId: Uint8Array): Service {
  const entries = new UniqueEntries(log)
  const checkpoint = () => text(200, log.checkpoint())
  const fixed = routed('rekor2', {
    'POST /api/v2/log/entries': (request) => create(request, log, logId, entries),
    'GET /api/v2/checkpoint': checkpoint,
    'GET /checkpoint': checkpoint,
  })
  return {
    name: 'rekor2',
    handle: async (request) => {
      const { pathname } = new URL(request.url)
      const path = /^\/(?:api\/v2\/)?(tile\/.+)$/.exec(pathname)?.[1]
      if (path === undefined) return await fixed.handle(request)
      return await routed('rekor2', { [`GET ${pathname}`]: () => readTile(log, path) }).handle(request)
    },
  }
}

async function create(request: Request, log: TileLog, logId: Uint8Array, entries: UniqueEntries): Promise<Response> {
  const canonicalizedBody = parseRequestV2(await readJson(request))
  const { index, isNew } = await entries.append(canonicalizedBody)
  if (!isNew) return conflict(index)
  const entry = {
    logIndex: BigInt(index),
    logId,
    kind: 'hashedrekord',
    version: '0.0.2',
    integratedTime: 0n,
    proof: await proofOf(log, index),
    canonicalizedBody,
  }
  return json(201, logEntryToJson(entry))
}

/** Neither entry nor proof, as the real one answers: the client has the entry, and rebuilds the proof from tiles. */
function conflict(index: number): Response {
  const message = `an equivalent entry already exists in the transparency log with index ${index}`
  return json(409, { code: 6, message, details: [] }, { 'x-log-index': String(index) })
}

async function readTile(log: TileLog, path: string): Promise<Response> {
  const bytes = await log.tile(path)
  if (bytes === undefined) throw new Refusal(404, 5, 'no such tile')
  return binary(200, bytes, 'application/octet-stream')
}

function signNote(body: string, key: KeyObject): string {
  const signature = sign(null, encodeUtf8(body), key)
  return encodeNote(body, [{ name: ORIGIN, hint: rekor2LogId(key).subarray(0, 4), signature }])
}
