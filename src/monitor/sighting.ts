// What a monitor saw: one record an entry that is by somebody who is watched, and one for each thing that is wrong with a
// log. Plain data, kept as JSON lines; its id is the same whenever it is seen.
import { encodeUtf8 } from '../bytes.ts'
import { Fault, malformed } from '../errors.ts'
import type { CoveredObject, Covering, Signer } from './objects.ts'

/** Of an entry: what it stands for. */
export type EntryKind =
  /** About an object of a repository that was named. */
  | 'covered'
  /** About none of them: somebody signed as the identity elsewhere. */
  | 'uncovered'
  /** Of a statement, and not of a Git object. */
  | 'attestation'
  /** Of a kind of entry that is not known here: nothing in a repository accounts for it. */
  | 'other'
  /** The same body as an entry before. */
  | 'repeat'
  /** It names the identity, and nothing vouches for that. */
  | 'doubtful'

const LOG_KINDS = ['fork', 'rollback', 'tree', 'frozen', 'unwitnessed', 'unproven', 'silent'] as const

/** Of a log: what is wrong with its checkpoint, or that there is none. */
export type LogKind = (typeof LOG_KINDS)[number]

interface Common {
  /** Log id, tree and index; of a log's own sightings what is wrong in place of the index. */
  readonly id: string
  /** Somebody should look at it. */
  readonly alert: boolean
  /** Base URL of the log. */
  readonly log: string
  /** When it was seen, RFC 3339. */
  readonly seen: string
  /** What is behind the kind, in words. */
  readonly why?: string
}

export interface EntrySighting extends Common {
  readonly kind: EntryKind
  /** Place in the tree, and the log's global index. */
  readonly index: number
  readonly logIndex: string
  /** Leaf hash: the last 64 digits of the entry's UUID. */
  readonly leaf: string
  readonly entryKind: string
  readonly hashes: readonly string[]
  readonly subject: string
  readonly issuer: string
  /** Name of whom it was recognised as. */
  readonly watched: string
  /** SHA-256 of the certificate, and when it began, RFC 3339. */
  readonly certificate: string
  readonly notBefore: string
  readonly objects: readonly CoveredObject[]
  /** Objects that it names without being their signature. */
  readonly near: readonly CoveredObject[]
  /** Index of the first entry with this body. */
  readonly repeats?: number
}

export interface LogSighting extends Common {
  readonly kind: LogKind
  readonly why: string
  readonly size: string
  /** File with both checkpoints. */
  readonly evidence?: string
}

export type Sighting = EntrySighting | LogSighting

/** An entry of no object that is known yet: its object may still arrive. */
export interface Waiting {
  readonly sighting: EntrySighting
  readonly signer: Signer
}

const VERSION = 1

export function isLogSighting(sighting: Sighting): sighting is LogSighting {
  return LOG_KINDS.some((kind) => kind === sighting.kind)
}

/** What an entry is that waited, now that this is known of its objects: covered, or as it was. */
export function settled({ sighting }: Waiting, { objects, near }: Covering): EntrySighting {
  if (objects.length === 0) return { ...sighting, near }
  const { why: _, ...rest } = sighting
  return { ...rest, kind: 'covered', alert: false, objects, near }
}

/** As it stands in JSON. */
export function sightingDocument(sighting: Sighting): object {
  return { version: VERSION, ...sighting }
}

/** One line of JSON. */
export function encodeSighting(sighting: Sighting): Uint8Array {
  return encodeUtf8(`${JSON.stringify(sightingDocument(sighting))}\n`)
}

/** Reads a line that `encodeSighting` wrote. Throws `parse` for any other. */
export function parseSighting(line: string): Sighting {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== VERSION)
    throw malformed('sighting', 'not one of this version')
  if (!('id' in value && 'kind' in value && typeof value.id === 'string')) throw malformed('sighting', 'no id')
  return value as unknown as Sighting
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new Fault('parse', 'sighting: not JSON', { cause })
  }
}
