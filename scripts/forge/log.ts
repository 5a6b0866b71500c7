// Rekor logs of the vectors: one entry among five, with proof, checkpoint and, in v1, signed entry timestamp.
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import type { BodyVersion } from '../../src/rekor/body.ts'
import { type Checkpoint, encodeCheckpoint, encodeNote, type NoteSignature } from '../../src/rekor/checkpoint.ts'
import type { InclusionProof, LogEntry } from '../../src/rekor/entry.ts'
import { leafHash, nodeHash } from '../../src/rekor/merkle.ts'
import { promisePayload } from '../../src/rekor/promise.ts'
import { digest, type ForgeKey } from './key.ts'

export interface Log {
  readonly version: BodyVersion
  readonly host: string
  readonly origin: string
  readonly key: ForgeKey
  readonly id: Uint8Array
  /** The signed entry timestamp over `body` and the fields of `entry`. */
  promise(entry: LogEntry, body: Uint8Array): Uint8Array
  signNote(body: string, name?: string): NoteSignature
  /** The signed note; by default under the log's own origin and name. */
  note(checkpoint: Partial<Checkpoint> & Pick<Checkpoint, 'size' | 'rootHash'>, name?: string): string
}

/** Place of the entry in the tree, and the tree's size. */
const INDEX = 2
const SIZE = 5
/** What v1 counts over all its shards: above 2^31, as in the wild. */
const GLOBAL_INDEX = 5_000_000_002n

export function makeLog(version: BodyVersion, host: string, key: ForgeKey): Log {
  const origin = version === '0.0.1' ? `${host} - 1193050959916656506` : host
  const id = key.kind === 'Ed25519' ? noteKeyId(host, key) : digest('sha256', key.spki)
  const signNote = (body: string, name = host): NoteSignature => {
    return { name, hint: id.subarray(0, 4), signature: key.sign(encodeUtf8(body)) }
  }
  return {
    version,
    host,
    origin,
    key,
    id,
    promise: (entry, body) => key.sign(promisePayload(entry, body)),
    signNote,
    note: (checkpoint, name) => {
      const body = encodeCheckpoint({ origin, extensions: [], ...checkpoint })
      return encodeNote(body, [signNote(body, name)])
    },
  }
}

/** The entry of `body`, taken in at `time` (milliseconds; v1 alone says so). */
export function enter(log: Log, body: Uint8Array, time: number): LogEntry {
  const isV1 = log.version === '0.0.1'
  const bare: LogEntry = {
    logIndex: isV1 ? GLOBAL_INDEX : BigInt(INDEX),
    logId: log.id,
    kind: 'hashedrekord',
    version: log.version,
    integratedTime: isV1 ? BigInt(Math.floor(time / 1000)) : 0n,
    proof: prove(log, body),
  }
  return isV1 ? { ...bare, promise: log.promise(bare, body) } : bare
}

/** The proof of `body` at `index` in a tree of `size`. */
export function prove(log: Log, body: Uint8Array, index = INDEX, size = SIZE): InclusionProof {
  const leaves = Array.from({ length: size }, (_, i) => leafHash(i === index ? body : Uint8Array.of(i)))
  const rootHash = treeHash(leaves)
  const checkpoint = log.note({ size: BigInt(size), rootHash })
  return { logIndex: BigInt(index), treeSize: BigInt(size), rootHash, hashes: auditPath(leaves, index), checkpoint }
}

function noteKeyId(host: string, key: ForgeKey): Uint8Array {
  return digest('sha256', concatBytes(encodeUtf8(`${host}\n`), Uint8Array.of(1), key.spki.subarray(-32)))
}

/** RFC 9162 2.1.1, straight from its definition. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves
  if (first === undefined) throw new Error('no tree without leaves')
  if (leaves.length === 1) return first
  const cut = splitPoint(leaves.length)
  return nodeHash(treeHash(leaves.slice(0, cut)), treeHash(leaves.slice(cut)))
}

/** RFC 9162 2.1.3.1, straight from its definition. */
function auditPath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (leaves.length < 2) return []
  const cut = splitPoint(leaves.length)
  return index < cut
    ? [...auditPath(leaves.slice(0, cut), index), treeHash(leaves.slice(cut))]
    : [...auditPath(leaves.slice(cut), index - cut), treeHash(leaves.slice(0, cut))]
}

function splitPoint(size: number): number {
  let cut = 1
  while (cut * 2 < size) cut *= 2
  return cut
}
