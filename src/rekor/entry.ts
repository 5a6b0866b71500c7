// sigstore.rekor.v1.TransparencyLogEntry: what gitsign stores in the signature as protobuf (formats: section 2).
// Refuses what no log writes: hashes of another length, over 64 of them, checkpoints over 16 KiB, negative numbers.
import { malformed } from '../errors.ts'
import { encodeMessage, type Message, parseMessage } from '../proto/message.ts'

/** sigstore.rekor.v1.TransparencyLogEntry, decoded. 64-bit numbers are bigint, none of them negative. */
export interface LogEntry {
  /** The log's global index; another than the proof's in a log of several shards. */
  readonly logIndex: bigint
  /** 32 bytes. */
  readonly logId: Uint8Array
  readonly kind: string
  readonly version: string
  /** Seconds since 1970; 0n where the log proves no time. */
  readonly integratedTime: bigint
  /** The signed entry timestamp (v1). An empty one, as gitsign writes for v2, counts as none. */
  readonly promise?: Uint8Array
  readonly proof?: InclusionProof
  /** Cleared inside the CMS: the verifier rebuilds it. */
  readonly canonicalizedBody?: Uint8Array
}

export interface InclusionProof {
  readonly logIndex: bigint
  readonly treeSize: bigint
  /** 32 bytes. */
  readonly rootHash: Uint8Array
  /** At most 64 of 32 bytes, from the leaf upwards. */
  readonly hashes: readonly Uint8Array[]
  /** The signed note, as text. */
  readonly checkpoint: string
}

const WHAT = 'log entry'
/** Most bytes an entry may have. Real ones inside a signature have 1 to 3 KiB. */
const MAX_ENTRY = 1 << 20
const MAX_HASHES = 64
/** Most UTF-16 units of a checkpoint. */
export const MAX_CHECKPOINT = 16 << 10
const MAX_NAME = 64
/** An RSA-4096 signature has 512 bytes. */
const MAX_PROMISE = 1024

/** Reads the protobuf form. Throws `parse`; proves nothing. */
export function parseLogEntry(bytes: Uint8Array): LogEntry {
  if (bytes.length > MAX_ENTRY) throw malformed(WHAT, 'too large')
  const message = parseMessage(bytes, WHAT)
  const kindVersion = message.message(3)
  const proof = message.message(6)
  return boundEntry({
    logIndex: message.int64(1),
    logId: message.message(2)?.bytes(1) ?? new Uint8Array(),
    kind: kindVersion?.text(1) ?? '',
    version: kindVersion?.text(2) ?? '',
    integratedTime: message.int64(4),
    promise: message.message(5)?.bytes(1),
    proof: proof && parseProof(proof),
    canonicalizedBody: message.bytes(7),
  })
}

/**
 * Writes the protobuf form, fields in order, as Go's library does.
 * @param options withBody false leaves canonicalizedBody out, as inside the CMS
 */
export function encodeLogEntry(entry: LogEntry, options: { readonly withBody: boolean }): Uint8Array {
  return encodeMessage([
    [1, entry.logIndex],
    [2, encodeMessage([[1, entry.logId]])],
    [
      3,
      encodeMessage([
        [1, entry.kind],
        [2, entry.version],
      ]),
    ],
    [4, entry.integratedTime],
    [5, encodeMessage([[1, entry.promise]])],
    [6, entry.proof && encodeProof(entry.proof)],
    [7, options.withBody ? entry.canonicalizedBody : undefined],
  ])
}

/** An entry whose absent parts may also be undefined or empty, as both its forms have them before they are checked. */
export interface LooseEntry extends Omit<LogEntry, 'promise' | 'proof' | 'canonicalizedBody'> {
  readonly promise: Uint8Array | undefined
  readonly proof: InclusionProof | undefined
  readonly canonicalizedBody: Uint8Array | undefined
}

/** The limits that hold for the protobuf and the JSON form alike. Throws `parse`. */
export function boundEntry(loose: LooseEntry): LogEntry {
  const { promise, proof, canonicalizedBody: body, ...rest } = loose
  if (rest.logId.length !== 32) throw malformed(WHAT, 'the log id has not 32 bytes')
  if (rest.kind.length > MAX_NAME || rest.version.length > MAX_NAME) throw malformed(WHAT, 'kind or version too long')
  if (promise !== undefined && promise.length > MAX_PROMISE) throw malformed(WHAT, 'the promise is too long')
  if (proof !== undefined) boundProof(proof)
  return {
    ...rest,
    ...(promise === undefined || promise.length === 0 ? {} : { promise }),
    ...(proof === undefined ? {} : { proof }),
    ...(body === undefined || body.length === 0 ? {} : { canonicalizedBody: body }),
  }
}

function boundProof(proof: InclusionProof): void {
  // A proof in a tree of 2^64 leaves has 64 hashes: more only make the verifier work.
  if (proof.hashes.length > MAX_HASHES) throw malformed(WHAT, 'more than 64 hashes')
  if (proof.checkpoint.length > MAX_CHECKPOINT) throw malformed(WHAT, 'the checkpoint is too long')
  if ([proof.rootHash, ...proof.hashes].some((hash) => hash.length !== 32))
    throw malformed(WHAT, 'a hash has not 32 bytes')
}

function parseProof(message: Message): InclusionProof {
  return {
    logIndex: message.int64(1),
    rootHash: message.bytes(2) ?? new Uint8Array(),
    treeSize: message.int64(3),
    hashes: message.every(4),
    checkpoint: message.message(5)?.text(1) ?? '',
  }
}

function encodeProof(proof: InclusionProof): Uint8Array {
  const hashes = proof.hashes.map((hash) => [4, hash] as const)
  const checkpoint = encodeMessage([[1, proof.checkpoint]])
  return encodeMessage([[1, proof.logIndex], [2, proof.rootHash], [3, proof.treeSize], ...hashes, [5, checkpoint]])
}
