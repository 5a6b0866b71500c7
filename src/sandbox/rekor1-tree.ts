// How Rekor v1 tells of its one tree: entries under their UUID, each with promise and proof; and proofs that the tree only
// ever grew.
import { type KeyObject, sign } from 'node:crypto'
import { fromHex, toBase64, toHex } from '../bytes.ts'
import type { LogEntry } from '../rekor/entry.ts'
import { promisePayload } from '../rekor/promise.ts'
import type { TileLog } from './log/log.ts'
import { proofOf } from './log/proof.ts'
import type { UniqueEntries } from './log/unique.ts'
import type { SearchIndex } from './rekor1-index.ts'
import { json, Refusal } from './service.ts'

/**
 * The log's global index of its first entry, as if earlier shards had filled up: above 2^31, and never the index in the
 * tree, so that a client that confuses the two, or cuts one, is found out.
 */
export const FIRST_INDEX = 3_000_000_000

/** The shard that filled up; nothing of it is here but its size. */
const EARLIER = { treeID: '1', rootHash: '0'.repeat(64), signedTreeHead: '' }

export interface Rekor {
  readonly key: KeyObject
  readonly logId: Uint8Array
  /** 16 hexadecimal digits. */
  readonly treeId: string
  readonly log: TileLog
  readonly entries: UniqueEntries
  readonly index: SearchIndex
  now(): number
}

/** The one entry, under its UUID. */
export async function describe(rekor: Rekor, index: number): Promise<Readonly<Record<string, unknown>>> {
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

export async function treeState({ log, treeId }: Rekor): Promise<Response> {
  const { size } = log
  const signedTreeHead = log.checkpoint()
  const rootHash = toHex(await log.root(size))
  const inactiveShards = [{ ...EARLIER, treeSize: FIRST_INDEX }]
  return json(200, { inactiveShards, rootHash, signedTreeHead, treeID: decimal(treeId), treeSize: size })
}

/** `?firstSize=&lastSize=&treeID=`: as the real one, `rootHash` is that of now, whatever `lastSize` is. */
export async function consistency({ log, treeId }: Rekor, request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url)
  const first = sizeAsked(searchParams.get('firstSize') ?? '1', 'firstSize')
  const last = sizeAsked(searchParams.get('lastSize') ?? '', 'lastSize')
  if ((searchParams.get('treeID') ?? decimal(treeId)) !== decimal(treeId)) throw new Refusal(404, 404, 'no such tree')
  if (first > last) throw new Refusal(400, 400, `firstSize(${first}) must be less than lastSize(${last})`)
  const { size } = log
  if (last > size)
    throw new Refusal(400, 400, `the tree size requested(${last}) was greater than what is available(${size})`)
  const hashes = log.consistency(first, last).map(toHex)
  return json(200, { rootHash: toHex(await log.root(size)), hashes })
}

/** The place in the tree of a global index; undefined outside of it. */
export function placeOf({ log }: Rekor, logIndex: number): number | undefined {
  const index = logIndex - FIRST_INDEX
  return index >= 0 && index < log.size ? index : undefined
}

/** The place of 64 hexadecimal digits of leaf hash, with or without the 16 of the tree before them. */
export function findUuid({ log, treeId }: Rekor, uuid: string): number | undefined {
  const [, tree, leaf] = /^([0-9a-f]{16})?([0-9a-f]{64})$/.exec(uuid.toLowerCase()) ?? []
  if (leaf === undefined) throw new Refusal(400, 400, 'a UUID has 64 or 80 hexadecimal digits')
  return tree === undefined || tree === treeId ? log.find(fromHex(leaf)) : undefined
}

export function uuidOf({ log, treeId }: Rekor, index: number): string {
  return treeId + toHex(log.leaf(index) ?? new Uint8Array())
}

function sizeAsked(text: string, name: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new Refusal(422, 600, `${name} in query should be greater than or equal to 1`)
  return Number(text)
}

function decimal(treeId: string): string {
  return String(BigInt(`0x${treeId}`))
}

function parseTime(note: Uint8Array): number {
  return Number(new TextDecoder().decode(note))
}
