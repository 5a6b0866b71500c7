// Vectors of the `log` check: whether a log of the trusted root holds this signature (RFC 9162, C2SP tlog-checkpoint).
import { concatBytes, encodeUtf8, toBase64 } from '../../src/bytes.ts'
import { encodeNote } from '../../src/rekor/checkpoint.ts'
import type { InclusionProof, LogEntry } from '../../src/rekor/entry.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { SECOND, SIGNED_AT, STRANGERS, VECTORS } from '../forge/instance.ts'
import { curveKey, ed25519Key } from '../forge/key.ts'
import { type Log, makeLog, prove } from '../forge/log.ts'
import type { EntryContext, Recipe } from '../forge/recipe.ts'
import { rsaKey } from '../forge/rsa.ts'
import { flipped } from './edit.ts'
import { otherBody } from './time.ts'
import { ALL_KINDS, bad, type Making, type Vector } from './vector.ts'

const log = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('log', name, reason, says, making)

type ChangeProof = (proof: InclusionProof, context: EntryContext) => Partial<InclusionProof>

function inProof(change: ChangeProof): Required<Pick<Recipe, 'entry'>> {
  return {
    entry: (entry, context) =>
      entry.proof === undefined ? entry : { ...entry, proof: { ...entry.proof, ...change(entry.proof, context) } },
  }
}

const proof = (
  name: string,
  reason: string,
  says: string,
  change: ChangeProof,
  making: Making = {},
): readonly Vector[] => log(name, reason, says, { ...inProof(change), ...making })

const note = (
  name: string,
  reason: string,
  says: string,
  change: (text: string, proof: InclusionProof, log: Log) => string,
  making: Making = {},
): readonly Vector[] =>
  proof(
    `checkpoint-${name}`,
    reason,
    says,
    (found, context) => ({ checkpoint: change(found.checkpoint, found, context.log) }),
    making,
  )

const ROOT = 'the inclusion proof does not lead to the root of the tree'
const LENGTH = 'the inclusion proof has a wrong length'
const OUTSIDE = 'the index of the inclusion proof is outside the tree'
const OTHER_ROOT = 'the checkpoint has another root than the inclusion proof'
const OTHER_SIZE = 'the checkpoint is of another size than the inclusion proof'
const NOT_BY_LOG = 'the checkpoint has no signature by the log'
const FALSE_NOTE = "the checkpoint's signature by the log does not verify"

const INCLUSION: readonly Vector[] = [
  ...proof(
    'proof-of-another-entry',
    ROOT,
    "another entry's proof, its checkpoint good",
    (_, { log: by }) => prove(by, otherBody({ content: true })()),
    { kinds: ALL_KINDS },
  ),
  ...proof('proof-bit-flipped', ROOT, 'one bit of a hash turned', ({ hashes }) => ({
    hashes: hashes.map((hash, i) => (i === 0 ? flipped(hash, 0) : hash)),
  })),
  ...proof('proof-hashes-exchanged', ROOT, 'two hashes exchanged', ({ hashes: [a, b, ...rest] }) => ({
    hashes: [b, a, ...rest].filter((one) => one !== undefined),
  })),
  ...proof('proof-other-index', ROOT, 'the index of a neighbour', () => ({ logIndex: 3n })),
  ...proof('proof-short', LENGTH, 'a hash is missing: a node stands for the leaf', ({ hashes }) => ({
    hashes: hashes.slice(1),
  })),
  ...proof('proof-long', LENGTH, 'a hash too many, which could carry any root', ({ hashes }) => ({
    hashes: [...hashes, new Uint8Array(32)],
  })),
  ...proof('proof-of-64-hashes', LENGTH, 'an oversized proof of 64 hashes', () => ({
    hashes: Array.from({ length: 64 }, () => new Uint8Array(32)),
  })),
  ...proof('proof-empty', LENGTH, 'no hashes, and the leaf itself as the root', (_, { log: by, body }) => {
    const rootHash = leafHash(body)
    return { hashes: [], rootHash, checkpoint: by.note({ size: 5n, rootHash }) }
  }),
  ...proof('proof-outside', OUTSIDE, 'an index behind the last entry', () => ({ logIndex: 5n })),
  ...proof(
    'proof-stale',
    OUTSIDE,
    'a stale proof, of the tree before the entry was in it',
    (_, { log: by }) => ({ ...prove(by, new Uint8Array(), 1, 2), logIndex: 2n }),
    { kinds: ALL_KINDS },
  ),
  ...proof('proof-in-empty-tree', OUTSIDE, 'a tree of no entries', (_, { log: by }) => ({
    treeSize: 0n,
    checkpoint: by.note({ size: 0n, rootHash: new Uint8Array(32) }),
  })),
  ...proof('proof-of-global-index', OUTSIDE, "the log's global index in place of the tree's", () => ({
    logIndex: 5_000_000_002n,
  })),
  ...log(
    'entry-of-another-signature',
    'the log entry is about another signature',
    'a true entry with its own body, about another signature (CVE-2022-36056)',
    {
      kinds: ALL_KINDS,
      body: otherBody({ key: true, content: true }),
      entry: (entry, { body }) => ({ ...entry, canonicalizedBody: body }),
    },
  ),
  ...log('entry-of-another-signature-v2', ROOT, 'a true entry of v2 about another signature', {
    log: 'v2',
    body: otherBody({ key: true, content: true }, '0.0.2'),
  }),
  ...log(
    'body-changed',
    'the log entry is about another signature',
    'the entry brings a body that is not the logged one',
    {
      log: 'v2',
      entry: (entry, { body }) => ({ ...entry, canonicalizedBody: concatBytes(body, encodeUtf8(' ')) }),
    },
  ),
]

const CHECKPOINT: readonly Vector[] = [
  ...note(
    'of-another-tree',
    OTHER_ROOT,
    "another tree's checkpoint by the same log",
    (_, __, by) => by.note({ size: 5n, rootHash: new Uint8Array(32) }),
    { kinds: ALL_KINDS },
  ),
  ...note('newer', OTHER_SIZE, 'a true checkpoint of another moment', (_, { rootHash }, by) =>
    by.note({ size: 6n, rootHash }),
  ),
  ...note(
    'of-another-log',
    'the checkpoint is of another log',
    "another log's checkpoint",
    (_, { rootHash }) => STRANGERS.rekor1.note({ size: 5n, rootHash }),
    { kinds: ALL_KINDS },
  ),
  ...note(
    'of-another-log-v2',
    'the checkpoint is of another log',
    "another log's checkpoint",
    (_, { rootHash }) => STRANGERS.rekor2.note({ size: 5n, rootHash }),
    { log: 'v2' },
  ),
  ...note(
    'other-origin',
    'the checkpoint is of another log',
    'the same key under the origin of another tree',
    (_, { rootHash }, by) => by.note({ origin: `${by.host}/other`, size: 5n, rootHash }),
  ),
  ...note(
    'by-another-key',
    NOT_BY_LOG,
    "another key's signature under the log's name",
    (_, { rootHash }, by) => strangerAs(by).note({ size: 5n, rootHash }),
    { kinds: ALL_KINDS },
  ),
  ...note(
    'by-witness-alone',
    NOT_BY_LOG,
    'a witness signed, the log did not',
    (text) =>
      encodeNote(bodyOf(text), [
        {
          name: 'witness.example',
          hint: Uint8Array.of(1, 2, 3, 4),
          signature: ed25519Key('witness').sign(encodeUtf8(bodyOf(text))),
        },
      ]),
    { log: 'v2' },
  ),
  ...note('other-name', NOT_BY_LOG, "the log's signature under another name", (text) =>
    text.replace('\u2014 rekor.vectors', '\u2014 rekor.strangers'),
  ),
  ...note(
    'hint-of-log',
    FALSE_NOTE,
    "another key's signature under the hint of the log's",
    (text, _, by) =>
      encodeNote(bodyOf(text), [
        { ...STRANGERS.rekor1.signNote(bodyOf(text)), name: by.host, hint: by.id.subarray(0, 4) },
      ]),
    { kinds: ALL_KINDS },
  ),
  ...note('extension-added', FALSE_NOTE, 'a line was added after the log signed', (text) =>
    text.replace('\n\n', '\nTimestamp: 1\n\n'),
  ),
  ...note('old-signature', FALSE_NOTE, 'the signature of an older checkpoint', (text, { rootHash }, by) =>
    encodeNote(bodyOf(text), [by.signNote(bodyOf(by.note({ size: 4n, rootHash })))]),
  ),
]

const resigned =
  (change: (body: string) => string) =>
  (text: string, _: InclusionProof, by: Log): string => {
    const body = change(bodyOf(text))
    return encodeNote(body, [by.signNote(body)])
  }
const malformed = (
  name: string,
  reason: string,
  says: string,
  change: (text: string, proof: InclusionProof, log: Log) => string,
): readonly Vector[] => note(name, `checkpoint: ${reason}`, says, change)

const NOTE: readonly Vector[] = [
  ...malformed('missing', 'not a signed note', 'no checkpoint', () => ''),
  ...malformed('unsigned', 'not a signed note', 'a checkpoint without signatures', (text) => bodyOf(text)),
  ...malformed('without-last-newline', 'not a signed note', 'a note without its last newline', (text) =>
    text.slice(0, -1),
  ),
  ...malformed(
    'control-character',
    'control character',
    'a CR in the note',
    resigned((body) => body.replace('\n', '\r\n')),
  ),
  ...malformed('many-signatures', 'more than 32 signatures', 'forty signatures, each a check', (text, _, by) =>
    encodeNote(
      bodyOf(text),
      Array.from({ length: 40 }, () => by.signNote(bodyOf(text))),
    ),
  ),
  ...malformed(
    'no-origin',
    'no origin',
    'a checkpoint of nobody',
    resigned((body) => body.replace(/^.*\n/, '\n')),
  ),
  ...malformed(
    'no-size',
    'bad size',
    'a checkpoint without its size',
    resigned((body) => body.replace('\n5\n', '\n')),
  ),
  ...malformed(
    'padded-size',
    'bad size',
    'a size with a leading zero',
    resigned((body) => body.replace('\n5\n', '\n05\n')),
  ),
  ...malformed(
    'no-root',
    'the root hash has not 32 bytes',
    'a checkpoint without its root',
    resigned((body) => body.split('\n').slice(0, 2).join('\n').concat('\n')),
  ),
  ...malformed(
    'short-root',
    'the root hash has not 32 bytes',
    'a root cut short',
    resigned((body) => body.replace(/\n[^\n]*\n$/, `\n${toBase64(new Uint8Array(31))}\n`)),
  ),
  ...malformed(
    'root-not-base64',
    'not canonical base64',
    'a root in the alphabet of URLs',
    resigned((body) => body.replace(/\n[^\n]*\n$/, `\n${'_'.repeat(43)}=\n`)),
  ),
  ...malformed(
    'empty-line',
    'empty line',
    'an empty line, behind which a second checkpoint hides',
    resigned((body) => `${body}\nmore\n`),
  ),
  ...malformed('bad-signature-line', 'bad signature line', 'a signature line without its dash', (text) =>
    text.replace('\u2014 ', '- '),
  ),
  ...malformed('short-signature', 'signature too short', 'a signature of no octets', (text, _, by) =>
    encodeNote(bodyOf(text), [{ name: by.host, hint: by.id.subarray(0, 4), signature: new Uint8Array() }]),
  ),
]

const withoutPromise = ({ promise: _, ...entry }: LogEntry): LogEntry => entry
const UNPROVEN = 'the signed entry timestamp is not proven'

/** With a timestamp beside them, so that time and chain are proven by that. */
const CLAIM: readonly Vector[] = [
  ...log(
    'no-entry',
    'no log entry is embedded',
    'a timestamp alone: nobody who watches the logs hears of the signature',
    { kinds: ALL_KINDS, log: 'none', stamp: {}, from: 'good-v1-stamped' },
  ),
  ...log('stamped-set-missing', UNPROVEN, 'an entry of v1 whose promise was cut off, behind a timestamp', {
    stamp: {},
    entry: withoutPromise,
  }),
  ...log('stamped-set-false', UNPROVEN, 'an entry of v1 with a false promise, behind a timestamp', {
    stamp: {},
    entry: (entry) => ({ ...entry, promise: flipped(entry.promise ?? new Uint8Array(), -1) }),
  }),
  ...log('stamped-set-backdated', UNPROVEN, 'an entry of v1 whose time was changed, behind a timestamp', {
    stamp: {},
    entry: (entry) => ({ ...entry, integratedTime: entry.integratedTime - 60n }),
  }),
  ...log(
    'stamped-unlisted',
    'the log entry is of a log that is not in the trusted root',
    'a log that nobody lists, behind a timestamp',
    { kinds: ALL_KINDS, log: STRANGERS.rekor2, stamp: {}, from: 'good-v2' },
  ),
  ...log('stamped-another-kind', 'log entry: not a hashedrekord', 'an entry of another kind, behind a timestamp', {
    log: 'v2',
    entry: (entry) => ({ ...entry, kind: 'dsse' }),
  }),
  ...log(
    'stamped-unknown-version',
    'log entry: unknown version of hashedrekord',
    'a version that nobody knows, behind a timestamp',
    { log: 'v2', entry: (entry) => ({ ...entry, version: '0.0.3' }) },
  ),
  ...log('v2-proof-missing', 'the log entry has no inclusion proof', 'an entry of v2 without a proof', {
    log: 'v2',
    entry: ({ proof: _, ...entry }) => entry,
  }),
  ...log('v2-as-v1', UNPROVEN, 'kind confusion: an entry of v2 stamped 0.0.1, with a time that its signer wrote', {
    log: 'v2',
    entry: (entry) => ({ ...entry, version: '0.0.1', integratedTime: BigInt(SIGNED_AT / SECOND) }),
  }),
  ...log('v1-as-v2', ROOT, 'kind confusion: an entry of v1 stamped 0.0.2 without its promise', {
    stamp: {},
    entry: (entry) => ({ ...withoutPromise(entry), version: '0.0.2', integratedTime: 0n, logIndex: 2n }),
  }),
  ...log('v1-body-in-v2', ROOT, 'kind confusion: a body of v1 in the log of v2', {
    log: makeLog('0.0.1', VECTORS.rekor2.host, VECTORS.rekor2.key),
    stamp: {},
    from: 'good-v2',
    entry: (entry) => ({ ...withoutPromise(entry), integratedTime: 0n, logIndex: 2n }),
  }),
  ...log(
    'v2-dated-by-set',
    'the time of the v2 log entry is not proven',
    'kind confusion: a body of v2 under the promise of v1, without a timestamp',
    {
      log: makeLog('0.0.2', VECTORS.rekor1.host, VECTORS.rekor1.key),
      stamp: null,
      from: 'good-v2',
      entry: (entry, { body }) => {
        const dated = { ...entry, integratedTime: BigInt(SIGNED_AT / SECOND) }
        return { ...dated, promise: VECTORS.rekor1.promise(dated, body) }
      },
    },
  ),
  ...log('v2-other-index', 'the log entry has another index than its inclusion proof', 'an entry of v2 that is shown under another index', {
    log: 'v2',
    entry: (entry) => ({ ...entry, logIndex: 7n }),
  }),
  ...log('v2-wrong-hash', ROOT, 'an entry of v2 that holds the SHA-256 of what a P-384 key signed', {
    log: 'v2',
    key: curveKey('leaf', 'P-384'),
    bodyHash: 'sha256',
    from: 'good-p384-v2',
  }),
  ...log('v2-odd-rsa', 'hashedrekord: Rekor v2 takes no RSA 2056 key', 'a key that Rekor v2 does not take', {
    log: 'v2',
    key: rsaKey('leaf', 2056),
    from: 'good-rsa-odd-length',
  }),
]

export const LOGS: readonly Vector[] = [...INCLUSION, ...CHECKPOINT, ...NOTE, ...CLAIM]

/** Another key under a log's host and origin. */
function strangerAs(log: Log): Log {
  return makeLog(log.version, log.host, log.version === '0.0.1' ? STRANGERS.rekor1.key : STRANGERS.rekor2.key)
}

function bodyOf(note: string): string {
  return note.slice(0, note.indexOf('\n\n') + 1)
}
