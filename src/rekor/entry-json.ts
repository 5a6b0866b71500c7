// TransparencyLogEntry in protobuf's JSON mapping, as bundles and Rekor v2's answers have it.
import { fromBase64, toBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import {
  bytesOf,
  int64Of,
  type JsonObject,
  jsonObject,
  listOf,
  objectOf,
  optionalBytes,
  optionalObject,
  optionalText,
} from '../trust/json.ts'
import { boundEntry, type InclusionProof, type LogEntry } from './entry.ts'

const WHAT = 'log entry'

/** Reads the JSON form (a value that JSON.parse gave). Throws `parse`; proves nothing. */
export function logEntryFromJson(value: unknown): LogEntry {
  const entry = jsonObject(value, WHAT)
  const kindVersion = optionalObject(entry, 'kindVersion') ?? jsonObject({}, WHAT)
  const promise = optionalObject(entry, 'inclusionPromise')
  const proof = optionalObject(entry, 'inclusionProof')
  return boundEntry({
    logIndex: int64Of(entry, 'logIndex'),
    logId: bytesOf(objectOf(entry, 'logId'), 'keyId'),
    kind: optionalText(kindVersion, 'kind') ?? '',
    version: optionalText(kindVersion, 'version') ?? '',
    integratedTime: int64Of(entry, 'integratedTime'),
    promise: promise && optionalBytes(promise, 'signedEntryTimestamp'),
    proof: proof && proofFromJson(proof),
    canonicalizedBody: optionalBytes(entry, 'canonicalizedBody'),
  })
}

/** Writes the JSON form, 64-bit numbers as strings; absent parts are left out. */
export function logEntryToJson(entry: LogEntry): Readonly<Record<string, unknown>> {
  const { promise, proof, canonicalizedBody } = entry
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: toBase64(entry.logId) },
    kindVersion: { kind: entry.kind, version: entry.version },
    ...(entry.integratedTime === 0n ? {} : { integratedTime: String(entry.integratedTime) }),
    ...(promise === undefined ? {} : { inclusionPromise: { signedEntryTimestamp: toBase64(promise) } }),
    ...(proof === undefined ? {} : { inclusionProof: proofToJson(proof) }),
    ...(canonicalizedBody === undefined ? {} : { canonicalizedBody: toBase64(canonicalizedBody) }),
  }
}

function proofFromJson(proof: JsonObject): InclusionProof {
  const checkpoint = optionalObject(proof, 'checkpoint')
  return {
    logIndex: int64Of(proof, 'logIndex'),
    treeSize: int64Of(proof, 'treeSize'),
    rootHash: bytesOf(proof, 'rootHash'),
    hashes: listOf(proof, 'hashes').map(hashFromJson),
    checkpoint: (checkpoint && optionalText(checkpoint, 'envelope')) ?? '',
  }
}

function hashFromJson(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw malformed(WHAT, 'a hash is not a string')
  return fromBase64(value, WHAT)
}

function proofToJson(proof: InclusionProof): Readonly<Record<string, unknown>> {
  return {
    logIndex: String(proof.logIndex),
    treeSize: String(proof.treeSize),
    rootHash: toBase64(proof.rootHash),
    hashes: proof.hashes.map(toBase64),
    checkpoint: { envelope: proof.checkpoint },
  }
}
