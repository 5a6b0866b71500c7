// Vectors of the `time` check about what the log proves: a signed entry timestamp over this signature, and not in the future.
import { encodeUtf8, toBase64 } from '../../src/bytes.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'
import type { CertificateDraft } from '../forge/certificate.ts'
import { MINUTE, SECOND, SIGNED_AT, STRANGERS, VECTORS } from '../forge/instance.ts'
import { CURVES, curveKey, digest, encodeEcdsa, numberOf } from '../forge/key.ts'
import { makeLog } from '../forge/log.ts'
import { replaced } from '../forge/object.ts'
import { forgeLeaf, LEAF_KEY } from '../forge/recipe.ts'
import { flipped } from './edit.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

const SET = 'the signed entry timestamp does not verify'
const NO_SET = 'the log entry has no signed entry timestamp'
const NOT_LISTED = 'the log entry is of a log that is not in the trusted root'
const ONLINE = "no log entry is embedded: signed in gitsign's online mode, and its entry is not at hand"

const time = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('time', name, reason, says, making)

const withoutPromise = ({ promise: _, ...entry }: LogEntry): LogEntry => entry
const withoutProof = ({ proof: _, ...entry }: LogEntry): LogEntry => entry

/** A body that the log took in for another signature, certificate and content; or for another in some of these. */
export function otherBody(other: { key?: boolean; content?: boolean }, version: '0.0.1' | '0.0.2' = '0.0.1') {
  return (): Uint8Array => {
    const key = other.key === true ? curveKey('mallory') : LEAF_KEY
    const certificate = forgeLeaf({ key })
    const artifact = digest('sha256', Uint8Array.of(other.content === true ? 1 : 0))
    const signature = key.sign(artifact)
    return hashedRekordBody({
      version,
      digest: artifact,
      signature,
      certificate,
      key: parseCertificate(certificate).key,
    })
  }
}

/** A log by the host and key of v1 that logs bodies of v2, and the reverse. */
const V1_KEY_V2_BODIES = makeLog('0.0.2', VECTORS.rekor1.host, VECTORS.rekor1.key)

const PROMISE: readonly Vector[] = [
  ...time('set-by-another-key', SET, "a signed entry timestamp by a key that is not the log's", {
    kinds: ALL_KINDS,
    entry: (entry, { body }) => ({ ...entry, promise: STRANGERS.rekor1.promise(entry, body) }),
  }),
  ...time('set-bit-flipped', SET, 'one bit of the signed entry timestamp turned', {
    entry: (entry) => ({ ...entry, promise: flipped(entry.promise ?? new Uint8Array(), -1) }),
  }),
  ...time('set-over-another-entry', SET, "another entry's signed entry timestamp", {
    kinds: ALL_KINDS,
    entry: (entry, { log }) => ({ ...entry, promise: log.promise(entry, otherBody({ content: true })()) }),
  }),
  ...time('set-backdated', SET, 'the time was changed after the log signed it, so that a leaked key seems in force', {
    kinds: ALL_KINDS,
    entry: (entry) => ({ ...entry, integratedTime: entry.integratedTime - 60n }),
  }),
  ...time('set-other-index', SET, 'the index was changed after the log signed it', {
    entry: (entry) => ({ ...entry, logIndex: entry.logIndex + 1n }),
  }),
  ...time('set-over-tree-index', SET, "signed over the proof's index in place of the log's global one", {
    entry: (entry, { log, body }) => ({ ...entry, promise: log.promise({ ...entry, logIndex: 2n }, body) }),
  }),
  ...time('set-over-other-log-id', SET, 'signed under the id of another log', {
    entry: (entry, { log, body }) => ({
      ...entry,
      promise: log.promise({ ...entry, logId: STRANGERS.rekor1.id }, body),
    }),
  }),
  ...time('set-missing', NO_SET, 'integratedTime without its signature is a number that anyone can write', {
    kinds: ALL_KINDS,
    entry: withoutPromise,
  }),
  ...time('set-of-zeros', SET, 'a signature with r = s = 0', {
    entry: (entry) => ({ ...entry, promise: Uint8Array.of(0x30, 6, 2, 1, 0, 2, 1, 0) }),
  }),
  ...time(
    'proof-missing',
    'the log entry has no inclusion proof',
    'the promise alone, which nobody who watches the log need ever hear of',
    {
      kinds: ALL_KINDS,
      entry: withoutProof,
    },
  ),
]

const ENTRY: readonly Vector[] = [
  ...time(
    'entry-of-another-signature',
    SET,
    'a true entry of another signature by another key (CVE-2022-36056, CVE-2024-51746)',
    {
      kinds: ALL_KINDS,
      body: otherBody({ key: true, content: true }),
    },
  ),
  ...time('entry-of-other-content', SET, 'a true entry of another signature by the same key', {
    body: otherBody({ content: true }),
  }),
  ...time('entry-of-another-certificate', SET, 'the entry names another certificate of the same key', {
    body: (body) => replaced(body, pemOf(forgeLeaf({})), pemOf(forgeLeaf({ leaf: renumbered }))),
  }),
  ...time('entry-of-other-digest', SET, 'the entry holds this signature with the digest of other content', {
    body: (body) =>
      Buffer.from(
        Buffer.from(body)
          .toString()
          .replace(/"value":"[0-9a-f]{2}/, '"value":"00'),
      ),
  }),
  ...time(
    'malleated-signature',
    SET,
    's was exchanged for its negative: as good a signature, but not the one that was logged',
    {
      late: negated,
    },
  ),
  ...time(
    'entry-of-unlisted-log',
    NOT_LISTED,
    'a log that nobody lists; its key came with the entry (CVE-2023-47122)',
    {
      kinds: ALL_KINDS,
      log: STRANGERS.rekor1,
    },
  ),
  ...time('entry-of-same-host', NOT_LISTED, 'a log under the host of a listed one, with another key', {
    log: makeLog('0.0.1', VECTORS.rekor1.host, curveKey('mallory rekor1')),
  }),
  ...time(
    'entry-of-another-kind',
    'log entry: not a hashedrekord',
    'an entry of another kind, which logs other things',
    {
      entry: (entry, { log, body }) => ({ ...entry, kind: 'dsse', promise: log.promise(entry, body) }),
    },
  ),
  ...time('entry-of-unknown-version', 'log entry: unknown version of hashedrekord', 'a version that nobody knows', {
    entry: (entry) => ({ ...entry, version: '0.0.3' }),
  }),
  ...time('v1-as-v2', SET, 'kind confusion: an entry of v1 stamped 0.0.2', {
    entry: (entry) => ({ ...entry, version: '0.0.2' }),
  }),
  ...time('v2-as-v1', SET, 'kind confusion: a body of v2 under the signed entry timestamp of v1', {
    log: V1_KEY_V2_BODIES,
    stamp: null,
    entry: (entry, { body }) => {
      const dated = {
        ...entry,
        version: '0.0.1',
        logId: VECTORS.rekor1.id,
        logIndex: 5n,
        integratedTime: BigInt(SIGNED_AT / SECOND),
      }
      return { ...dated, promise: VECTORS.rekor1.promise(dated, body) }
    },
  }),
]

const NO_TIME: readonly Vector[] = [
  ...time('nothing-embedded', ONLINE, 'no entry and no timestamp: nothing says when', {
    kinds: ALL_KINDS,
    log: 'none',
  }),
  ...time('v2-without-time', NO_SET, 'an entry of v2 without a timestamp: nothing says when', {
    kinds: ALL_KINDS,
    log: 'v2',
    stamp: null,
  }),
  ...time('v2-with-written-time', NO_SET, 'an entry of v2 with an integratedTime that its signer wrote', {
    log: 'v2',
    stamp: null,
    entry: (entry) => ({ ...entry, integratedTime: BigInt(SIGNED_AT / SECOND) }),
  }),
  ...time(
    'future',
    'the proven time lies in the future',
    "a proven time five minutes and a second ahead of the verifier's clock",
    {
      kinds: ALL_KINDS,
      now: SIGNED_AT - 5 * MINUTE - SECOND,
    },
  ),
  ...time(
    'future-stamp',
    'the proven time lies in the future',
    "a timestamp five minutes and a second ahead of the verifier's clock",
    {
      log: 'v2',
      now: SIGNED_AT - 5 * MINUTE - SECOND,
    },
  ),
  ...time('one-of-two-in-future', 'the proven time lies in the future', 'one proven time of two lies ahead', {
    stamp: { time: SIGNED_AT + MINUTE },
    now: SIGNED_AT + MINUTE - 5 * MINUTE - SECOND,
  }),
]

export const TIMES: readonly Vector[] = [...PROMISE, ...ENTRY, ...NO_TIME]

function renumbered(leaf: CertificateDraft): CertificateDraft {
  return { ...leaf, serial: Uint8Array.of(2, 1, 9) }
}

function pemOf(certificate: Uint8Array): string {
  return toBase64(encodeUtf8(encodePem('CERTIFICATE', certificate)))
}

function negated(signature: Uint8Array): Uint8Array {
  const r = signature.subarray(4, 4 + (signature[3] ?? 0))
  return encodeEcdsa(numberOf(r), CURVES['P-256'].order - numberOf(signature.subarray(6 + r.length)))
}
