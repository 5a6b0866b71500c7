// Entries as Rekor v1 answers with them, in JSON: one under its UUID, or several such (`log/entries/retrieve`). Read
// strictly; nothing is believed: an entry under another's UUID is refused, and what it proves is checked later.
import { fromBase64, fromHex, toHex } from '../bytes.ts'
import { Fault, malformed } from '../errors.ts'
import {
  bytesOf,
  int64Of,
  type JsonObject,
  jsonObject,
  listOf,
  optionalBytes,
  optionalObject,
  parseDocument,
  parseList,
  textOf,
} from '../trust/json.ts'
import { boundEntry, type InclusionProof, type LogEntry } from './entry.ts'
import { leafHash } from './merkle.ts'

/** An entry and the UUID that it goes by. */
export interface NamedEntry {
  /** 64 hexadecimal digits of leaf hash, with 16 of the tree before them in logs of several shards. */
  readonly uuid: string
  readonly entry: LogEntry
}

const WHAT = 'log entry'
/** Most bytes of an answer with entries: one of the largest size, or ten of a tenth of it. */
export const MAX_ENTRIES = 16 << 20

/** The one entry of an answer, `{UUID: entry}`. Throws `parse`; proves nothing. */
export function parseEntryV1(bytes: Uint8Array, kind: 'hashedrekord' | 'dsse' = 'hashedrekord'): LogEntry {
  // The body says the kind too, and it must be the one that was sent.
  return readEntry(onlyEntry(parseDocument(bytes, WHAT))[1], { kind, version: '0.0.1' })
}

/** The one entry of an answer with its UUID, whatever its kind. Throws `parse`; proves nothing. */
export function parseNamedEntry(bytes: Uint8Array): NamedEntry {
  return readNamed(parseDocument(bytes, WHAT, MAX_ENTRIES))
}

/**
 * The entries of an answer, `[{UUID: entry}, ...]`, in its order. What is none is left out: of the ten that were asked for
 * nine may be somebody else's. Throws `parse` for what is no list.
 */
export function parseNamedEntries(bytes: Uint8Array): readonly NamedEntry[] {
  return parseList(bytes, WHAT, MAX_ENTRIES).flatMap((value) => {
    try {
      return [readNamed(jsonObject(value, WHAT))]
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'parse') return []
      throw thrown
    }
  })
}

function readNamed(holder: JsonObject): NamedEntry {
  const [name, value] = onlyEntry(holder)
  const uuid = name.toLowerCase()
  const body = fromBase64(textOf(value, 'body'), WHAT)
  // Under the UUID that was asked for anything could be handed over.
  if (!/^(?:[0-9a-f]{16})?[0-9a-f]{64}$/.test(uuid) || !uuid.endsWith(toHex(leafHash(body))))
    throw malformed(WHAT, 'its UUID is not that of its body')
  return { uuid, entry: readEntry(value, kindOf(body)) }
}

function onlyEntry(holder: JsonObject): readonly [uuid: string, entry: JsonObject] {
  const [one, ...more] = holder.fields
  if (one === undefined || more.length > 0) throw malformed(WHAT, one === undefined ? 'none' : 'more than one')
  return [one[0], jsonObject(one[1], WHAT)]
}

function kindOf(body: Uint8Array): Pick<LogEntry, 'kind' | 'version'> {
  const document = parseDocument(body, WHAT, MAX_ENTRIES)
  return { kind: textOf(document, 'kind'), version: textOf(document, 'apiVersion') }
}

function readEntry(entry: JsonObject, kind: Pick<LogEntry, 'kind' | 'version'>): LogEntry {
  const verification = optionalObject(entry, 'verification') ?? jsonObject({}, WHAT)
  const proof = optionalObject(verification, 'inclusionProof')
  return boundEntry({
    logIndex: int64Of(entry, 'logIndex'),
    logId: fromHex(textOf(entry, 'logID')),
    ...kind,
    integratedTime: int64Of(entry, 'integratedTime'),
    promise: optionalBytes(verification, 'signedEntryTimestamp'),
    proof: proof && parseProofV1(proof),
    canonicalizedBody: bytesOf(entry, 'body'),
  })
}

function parseProofV1(proof: JsonObject): InclusionProof {
  return {
    logIndex: int64Of(proof, 'logIndex'),
    treeSize: int64Of(proof, 'treeSize'),
    rootHash: fromHex(textOf(proof, 'rootHash')),
    hashes: listOf(proof, 'hashes').map((hash) => fromHex(String(hash))),
    checkpoint: textOf(proof, 'checkpoint'),
  }
}
