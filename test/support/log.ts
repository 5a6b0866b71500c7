// A transparency log in memory, for tests: keys of its own, a tree of a few leaves, entries that verify. Whoever wants one
// that does not verify changes one thing in them.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { type BodyVersion, hashedRekordBody } from '../../src/rekor/body.ts'
import { type Checkpoint, encodeCheckpoint, encodeNote, type NoteSignature } from '../../src/rekor/checkpoint.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { leafHash, nodeHash } from '../../src/rekor/merkle.ts'
import { promisePayload } from '../../src/rekor/promise.ts'
import type { LogAuthority } from '../../src/trust/root.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { type Hash, type PublicKey, parsePublicKey } from '../../src/x509/key.ts'

export interface TestLog {
  readonly authority: LogAuthority
  readonly privateKey: KeyObject
  sign(data: Uint8Array): Uint8Array
  note(checkpoint: Checkpoint, name?: string): string
  noteSignature(body: string, name?: string): NoteSignature
}

export const HOST = 'log.example'
export const TREE_ID = '1193050959916656506'
export const START = Date.parse('2024-01-01T00:00:00Z')
export const END = Date.parse('2024-12-31T23:59:59Z')
export const INTEGRATED = Date.parse('2024-06-01T12:00:00Z')

/** `p256` as Rekor v1 has it, `ed25519` as v2. */
export function makeLog(kind: 'p256' | 'ed25519'): TestLog {
  const pair = kind === 'p256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const { privateKey } = pair
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' })
  const id =
    kind === 'p256' ? sha256(spki) : sha256(concatBytes(encodeUtf8(`${HOST}\n`), Uint8Array.of(1), spki.subarray(-32)))
  const authority: LogAuthority = {
    baseUrl: `https://${HOST}`,
    host: HOST,
    id,
    key: parsePublicKey(spki),
    validFor: { start: START, end: END },
  }
  const signData = (data: Uint8Array): Uint8Array => sign(kind === 'p256' ? 'sha256' : undefined, data, privateKey)
  const noteSignature = (body: string, name = HOST): NoteSignature => {
    return { name, hint: id.subarray(0, 4), signature: signData(encodeUtf8(body)) }
  }
  return {
    authority,
    privateKey,
    sign: signData,
    noteSignature,
    note: (checkpoint, name) => {
      const body = encodeCheckpoint(checkpoint)
      return encodeNote(body, [noteSignature(body, name)])
    },
  }
}

export interface LoggedHere {
  readonly entry: LogEntry
  readonly artifact: Uint8Array
  readonly signature: Uint8Array
  readonly certificate: Certificate
  readonly body: Uint8Array
}

/** A signature whose entry the log holds: the third of five. */
export function logSignature(
  log: TestLog,
  version: BodyVersion,
  signer: { readonly certificate: Certificate },
  hash: Hash = 'sha256',
): LoggedHere {
  const artifact = encodeUtf8('signed attributes')
  const signature = encodeUtf8('a signature that nobody checks here')
  const { certificate } = signer
  const digest = createHash(hash).update(artifact).digest()
  const body = hashedRekordBody({ version, digest, signature, certificate: certificate.bytes, key: certificate.key })
  const entry = enter(log, version, body)
  return { entry, artifact, signature, certificate, body }
}

/** The entry of `body` in a tree of five leaves. */
export function enter(log: TestLog, version: BodyVersion, body: Uint8Array): LogEntry {
  const leaves = [0, 1, 2, 3, 4].map((i) => leafHash(i === 2 ? body : Uint8Array.of(i)))
  const rootHash = treeHash(leaves)
  const origin = version === '0.0.1' ? `${HOST} - ${TREE_ID}` : HOST
  const checkpoint = log.note({ origin, size: 5n, rootHash, extensions: [] })
  const bare: LogEntry = {
    logIndex: version === '0.0.1' ? 5_000_000_002n : 2n,
    logId: log.authority.id,
    kind: 'hashedrekord',
    version,
    integratedTime: version === '0.0.1' ? BigInt(INTEGRATED / 1000) : 0n,
    proof: { logIndex: 2n, treeSize: 5n, rootHash, hashes: auditPath(leaves, 2), checkpoint },
  }
  return version === '0.0.1' ? { ...bare, promise: log.sign(promisePayload(bare, body)) } : bare
}

/** RFC 9162 2.1.1, straight from its definition. */
export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves
  if (first === undefined) return sha256(new Uint8Array())
  if (leaves.length === 1) return first
  const cut = splitPoint(leaves.length)
  return nodeHash(treeHash(leaves.slice(0, cut)), treeHash(leaves.slice(cut)))
}

/** RFC 9162 2.1.3.1, straight from its definition. */
export function auditPath(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (leaves.length < 2) return []
  const cut = splitPoint(leaves.length)
  return index < cut
    ? [...auditPath(leaves.slice(0, cut), index), treeHash(leaves.slice(cut))]
    : [...auditPath(leaves.slice(cut), index - cut), treeHash(leaves.slice(0, cut))]
}

export function testKey(kind: 'P-256' | 'P-384' | 'P-521' | 'Ed25519' | number): PublicKey {
  const pair =
    kind === 'Ed25519'
      ? generateKeyPairSync('ed25519')
      : typeof kind === 'number'
        ? generateKeyPairSync('rsa', { modulusLength: kind })
        : generateKeyPairSync('ec', { namedCurve: kind })
  return parsePublicKey(pair.publicKey.export({ format: 'der', type: 'spki' }))
}

export function sha256(data: Uint8Array): Uint8Array {
  return createHash('sha256').update(data).digest()
}

function splitPoint(size: number): number {
  let cut = 1
  while (cut * 2 < size) cut *= 2
  return cut
}
