// Vectors of the `format` check about the log entry's protobuf: what no log writes.
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { encodeMessage } from '../../src/proto/message.ts'
import type { InclusionProof, LogEntry } from '../../src/rekor/entry.ts'
import { raw } from './edit.ts'
import { ALL_KINDS, bad, type Vector } from './vector.ts'

const bytes = (name: string, reason: string, says: string, more: Uint8Array): readonly Vector[] =>
  bad('format', `entry-${name}`, reason, says, { entryBytes: (entry) => concatBytes(entry, more) })

const fields = (name: string, reason: string, says: string, change: (entry: LogEntry) => LogEntry): readonly Vector[] =>
  bad('format', `entry-${name}`, reason, says, { entry: change })

const proof = (
  name: string,
  reason: string,
  says: string,
  change: (proof: InclusionProof) => Partial<InclusionProof>,
): readonly Vector[] =>
  fields(name, reason, says, (entry) =>
    entry.proof === undefined ? entry : { ...entry, proof: { ...entry.proof, ...change(entry.proof) } },
  )

export const ENTRIES: readonly Vector[] = [
  ...bytes(
    'index-twice',
    'log entry: field 1 comes twice',
    'two indices: readers differ in which they take',
    raw('0801'),
  ),
  ...bytes(
    'promise-twice',
    'log entry: field 5 comes twice',
    'two promises: protobuf readers merge them',
    encodeMessage([[5, encodeMessage([[1, encodeUtf8('x')]])]]),
  ),
  ...bytes('field-zero', 'log entry: bad field number', 'a field without a number', raw('0001')),
  ...bytes('group', 'log entry: unsupported wire type', 'a group, which hides fields', raw('4b 4c')),
  ...bytes('truncated', 'log entry: truncated', 'a field that is longer than what is there', raw('420a00')),
  ...bytes('varint-truncated', 'log entry: truncated', 'a number without its end', raw('4080')),
  ...bytes('varint-padded', 'log entry: varint not minimal', 'a number in a second form', raw('408100')),
  ...bytes('varint-long', 'log entry: varint too long', 'a number of eleven octets', raw('40ffffffffffffffffffff01')),
  ...bytes(
    'many-fields',
    'log entry: too many fields',
    'hundreds of fields that nobody knows',
    raw('4001'.repeat(200)),
  ),
  ...bad('format', 'entry-index-is-text', 'log entry: field 1 is not a varint', 'an index that is a text', {
    entryBytes: () => encodeMessage([[1, 'seven']]),
  }),
  ...bad(
    'format',
    'entry-log-id-is-number',
    'log entry: field 2 is not length-delimited',
    'a log id that is a number',
    {
      entryBytes: () => encodeMessage([[2, 7n]]),
    },
  ),
  ...bad('format', 'entry-negative-index', 'log entry: field 1 is negative', 'an index below zero', {
    entryBytes: (entry) => concatBytes(raw('08ffffffffffffffffff01'), entry.subarray(6)),
  }),
  ...bad('format', 'entry-kind-not-utf8', 'log entry: not UTF-8', 'a kind that is not text', {
    entryBytes: () =>
      encodeMessage([
        [2, encodeMessage([[1, new Uint8Array(32)]])],
        [3, encodeMessage([[1, raw('ff')]])],
      ]),
  }),
  ...fields('short-log-id', 'log entry: the log id has not 32 bytes', 'the first half of a log id', (entry) => ({
    ...entry,
    logId: entry.logId.subarray(0, 16),
  })),
  ...fields('long-kind', 'log entry: kind or version too long', 'a kind of 100 letters', (entry) => ({
    ...entry,
    kind: 'hashedrekord'.padEnd(100, 'x'),
  })),
  ...fields('long-promise', 'log entry: the promise is too long', 'a promise of 2 KiB', (entry) => ({
    ...entry,
    promise: new Uint8Array(2048).fill(1),
  })),
  ...proof(
    'many-hashes',
    'log entry: more than 64 hashes',
    'an oversized proof: each hash makes the verifier work',
    () => ({ hashes: Array.from({ length: 65 }, () => new Uint8Array(32)) }),
  ),
  ...proof(
    'short-hash',
    'log entry: a hash has not 32 bytes',
    'a hash cut short, so that two nodes read as one',
    ({ hashes }) => ({ hashes: [new Uint8Array(31), ...hashes.slice(1)] }),
  ),
  ...proof('short-root', 'log entry: a hash has not 32 bytes', 'a root cut short', ({ rootHash }) => ({
    rootHash: rootHash.subarray(1),
  })),
  ...proof(
    'huge-checkpoint',
    'log entry: the checkpoint is too long',
    'a checkpoint of over 16 KiB',
    ({ checkpoint }) => ({ checkpoint: checkpoint.padEnd(17_000, 'x') }),
  ),
  ...bad('format', 'entry-empty', 'log entry: the log id has not 32 bytes', 'an entry that says nothing', {
    kinds: ALL_KINDS,
    entryBytes: () => new Uint8Array(),
  }),
]
