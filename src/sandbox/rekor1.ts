// Rekor v1 on a tile log: hashedrekord and dsse 0.0.1 entries with a signed entry timestamp and an inclusion proof in one answer.
// Its search index, consistency proofs and other kinds are absent. For trying and testing, not a log to trust.
import { createHash, type KeyObject, sign } from 'node:crypto'
import { concatBytes, encodeUtf8, fromHex, toBase64, toHex } from '../bytes.ts'
import { encodeNote } from '../rekor/checkpoint.ts'
import type { LogEntry } from '../rekor/entry.ts'
import { promisePayload } from '../rekor/promise.ts'
import { encodePem } from '../x509/pem.ts'
import { publicKeyOf } from './certificate.ts'
import { openTileLog } from './log/disk-log.ts'
import type { TileLog } from './log/log.ts'
import { proofOf } from './log/proof.ts'
import { UniqueEntries } from './log/unique.ts'
import { parseProposal } from './proposal.ts'
import { json, Refusal, readJson, routed, type Service, text } from './service.ts'
import type { State } from './state.ts'

/** Host of the log's URL: the name under which it signs checkpoints. */
const HOST = 'localhost'
/**
 * The log's global index of its first entry, as if earlier shards had filled up: above 2^31, and never the index in the
 * tree, so that a client that confuses the two, or cuts one, is found out.
 */
export const FIRST_INDEX = 3_000_000_000

export interface OpenLog {
  readonly service: Service
  readonly log: TileLog
}

interface Rekor {
  readonly key: KeyObject
  readonly logId: Uint8Array
  /** 16 hexadecimal digits. */
  readonly treeId: string
  readonly log: TileLog
  readonly entries: UniqueEntries
  now(): number
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
  const rekor: Rekor = { key, logId, treeId, log, entries: new UniqueEntries(log), now }
  return { service: createRekor1(rekor), log }
}

function createRekor1(rekor: Rekor): Service {
  const { log, key } = rekor
  const fixed = routed('rekor1', {
    'POST /api/v1/log/entries': (request) => create(rekor, request),
    'GET /api/v1/log/entries': async (request) => json(200, await describe(rekor, indexAsked(rekor, request))),
    'GET /api/v1/log': () => treeState(rekor),
    'GET /api/v1/log/publicKey': () => text(200, pemOf(key), 'application/x-pem-file'),
    'GET /ping': () => text(200, 'pong\n'),
    'GET /checkpoint': () => text(200, log.checkpoint()),
  })
  return {
    name: 'rekor1',
    handle: async (request) => {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith('/api/v1/log/entries/')) return await fixed.handle(request)
      const find = async () => json(200, await describe(rekor, indexOf(rekor, pathname.slice(20))))
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

/** The one entry, under its UUID. */
async function describe(rekor: Rekor, index: number): Promise<Readonly<Record<string, unknown>>> {
  const [body, note] = await Promise.all([rekor.log.entry(index), rekor.log.note(index)])
  if (body === undefined || note === undefined) throw new Refusal(404, 404, 'entry not found')
  const integratedTime = parseTime(note)
  const entry: LogEntry = {
    logIndex: BigInt(FIRST_INDEX + index),
    logId: rekor.logId,
    kind: 'hashedrekord',
    version: '0.0.1',
    integratedTime: BigInt(integratedTime),
  }
  return {
    [uuidOf(rekor, index)]: {
      body: toBase64(body),
      integratedTime,
      logID: toHex(rekor.logId),
      logIndex: FIRST_INDEX + index,
      verification: {
        inclusionProof: await describeProof(rekor.log, index),
        signedEntryTimestamp: toBase64(sign('sha256', promisePayload(entry, body), rekor.key)),
      },
    },
  }
}

async function describeProof(log: TileLog, index: number): Promise<Readonly<Record<string, unknown>>> {
  const { checkpoint, hashes, rootHash, treeSize } = await proofOf(log, index)
  const size = Number(treeSize)
  return { checkpoint, hashes: hashes.map(toHex), logIndex: index, rootHash: toHex(rootHash), treeSize: size }
}

async function treeState({ log, treeId }: Rekor): Promise<Response> {
  const { size } = log
  const signedTreeHead = log.checkpoint()
  const rootHash = toHex(await log.root(size))
  const treeID = String(BigInt(`0x${treeId}`))
  return json(200, { inactiveShards: [], rootHash, signedTreeHead, treeID, treeSize: size })
}

function indexAsked({ log }: Rekor, request: Request): number {
  const asked = new URL(request.url).searchParams.get('logIndex') ?? ''
  if (!/^\d{1,15}$/.test(asked)) throw new Refusal(400, 400, 'logIndex is not a number')
  const index = Number(asked) - FIRST_INDEX
  if (index < 0 || index >= log.size) throw new Refusal(404, 404, 'entry not found')
  return index
}

/** 64 hexadecimal digits of leaf hash, with or without the 16 of the tree before them. */
function indexOf({ log, treeId }: Rekor, uuid: string): number {
  const [, tree, leaf] = /^([0-9a-f]{16})?([0-9a-f]{64})$/.exec(uuid) ?? []
  if (leaf === undefined) throw new Refusal(400, 400, 'a UUID has 64 or 80 hexadecimal digits')
  const index = tree === undefined || tree === treeId ? log.find(fromHex(leaf)) : undefined
  if (index === undefined) throw new Refusal(404, 404, 'entry not found')
  return index
}

function uuidOf({ log, treeId }: Rekor, index: number): string {
  return treeId + toHex(log.leaf(index) ?? new Uint8Array())
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

function parseTime(note: Uint8Array): number {
  return Number(new TextDecoder().decode(note))
}

function pemOf(key: KeyObject): string {
  return encodePem('PUBLIC KEY', publicKeyOf(key))
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return createHash('sha256')
    .update(concatBytes(...parts))
    .digest()
}
