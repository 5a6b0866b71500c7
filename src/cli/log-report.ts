// What `log` prints: an entry or a head in lines for people, and as one JSON document. What an entry says of its signer is
// the certificate's word, and said to be.

import { toHex } from '../bytes.ts'
import type { SeenHead } from '../compose/log.ts'
import { Fault } from '../errors.ts'
import type { LogEntry } from '../rekor/entry.ts'
import { logEntryToJson } from '../rekor/entry-json.ts'
import type { NamedEntry } from '../rekor/entry-v1.ts'
import { type BodyFacts, readBody } from '../rekor/read-body.ts'
import { identityOf } from '../scan/wanted.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'

/** One entry in the document: what it says, and itself as a TransparencyLogEntry. */
export function entryMember({ uuid, entry }: NamedEntry, log: string): object {
  const { kind, version, hashes, verifiers } = wordsOf(entry)
  const [verifier] = verifiers
  const identity = verifier && identityOf(verifier)
  return {
    log,
    uuid,
    index: String(entry.logIndex),
    kind,
    version,
    integratedTime: timeOf(entry.integratedTime) ?? null,
    hashes,
    claimed: identity === undefined ? null : { subject: identity.subject, issuer: identity.issuer },
    entry: logEntryToJson(entry),
  }
}

export function entryText({ uuid, entry }: NamedEntry, log: string): string {
  const { kind, version, hashes, verifiers } = wordsOf(entry)
  const [verifier] = verifiers
  const identity = verifier && identityOf(verifier)
  return rows([
    ['index', `${entry.logIndex} of ${log}`],
    ['uuid', uuid],
    ['kind', `${kind} ${version}`],
    ['time', timeOf(entry.integratedTime) ?? 'none of its own'],
    ...hashes.map((one) => ['hash', one] as const),
    ['claims', identity === undefined ? verifierText(verifier?.kind) : `${identity.subject} (${identity.issuer})`],
  ])
}

export function headMember({ head, remembered, fork }: SeenHead, log: string): object {
  return {
    log,
    origin: head.checkpoint.origin,
    size: String(head.treeSize),
    root: toHex(head.rootHash),
    remembered: remembered === undefined ? null : { size: String(remembered.size), root: toHex(remembered.rootHash) },
    consistent: fork === undefined ? (remembered === undefined ? null : true) : false,
    ...(fork === undefined ? {} : { why: fork.why, evidence: fork.evidence ?? null }),
    checkpoint: head.note,
  }
}

export function headText({ head, remembered, fork }: SeenHead, log: string): string {
  const before =
    remembered === undefined
      ? 'nothing: this is remembered from now on'
      : `size ${remembered.size}, ${fork === undefined ? 'and it goes on from there' : 'and it does NOT go on from there'}`
  return rows([
    ['log', log],
    ['origin', head.checkpoint.origin],
    ['size', String(head.treeSize)],
    ['root', toHex(head.rootHash)],
    ['remembered', before],
  ])
}

/** Of a log that is not the one that was seen before, with what proves it. */
export function forkText({ name }: World, log: string, fork: NonNullable<SeenHead['fork']>): string {
  const kept =
    fork.evidence === undefined ? '' : `${name}: hint: both checkpoints are kept in ${escapeText(fork.evidence)}\n`
  return `${name}: error: ${escapeText(`${log} shows another past than before: ${fork.why}`)}\n${kept}`
}

function verifierText(kind: string | undefined): string {
  return kind === 'key' ? 'nobody: a bare key' : 'nobody'
}

/** Whoever looks into a log wants to see what cannot be read, too. */
function wordsOf({ canonicalizedBody = new Uint8Array(), kind, version }: LogEntry): BodyFacts {
  try {
    return readBody(canonicalizedBody)
  } catch (thrown) {
    if (!(thrown instanceof Fault && thrown.code === 'parse')) throw thrown
    return { kind, version, hashes: [], signatures: [], verifiers: [] }
  }
}

/** Milliseconds of the last moment that has a date. */
const LAST_DATE = 8_640_000_000_000_000

function timeOf(seconds: bigint): string | undefined {
  if (seconds === 0n) return undefined
  const time = Number(seconds) * 1000
  return time > LAST_DATE ? `${seconds} s` : new Date(time).toISOString()
}

function rows(table: readonly (readonly [name: string, value: string])[]): string {
  return table.map(([name, value]) => `${name.padEnd(11)}${escapeText(value)}\n`).join('')
}
