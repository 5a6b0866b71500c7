import { TransparencyLogEntry } from '@sigstore/protobuf-specs'
import { describe, expect, test } from 'vitest'
import { encodeLogEntry, type LogEntry, parseLogEntry } from '../../src/rekor/entry.ts'
import { logEntryFromJson, logEntryToJson } from '../../src/rekor/entry-json.ts'
import { bundleNames, readBundle, readEmbedded } from '../support/entries.ts'
import { hasShared } from '../support/shared.ts'

const hash = (fill: number): Uint8Array => Buffer.alloc(32, fill)
const proof = { logIndex: 7n, treeSize: 9n, rootHash: hash(2), hashes: [hash(3), hash(4)], checkpoint: 'a\n\nb\n' }
const entry: LogEntry = {
  logIndex: 3_000_000_000n,
  logId: hash(1),
  kind: 'hashedrekord',
  version: '0.0.1',
  integratedTime: 1_700_000_000n,
  promise: Buffer.from('promise'),
  proof,
  canonicalizedBody: Buffer.from('{}'),
}

test('an entry reads back as it was written, in both forms', () => {
  expect(parseLogEntry(encodeLogEntry(entry, { withBody: true }))).toEqual(entry)
  expect(logEntryFromJson(JSON.parse(JSON.stringify(logEntryToJson(entry))))).toEqual(entry)
})

test('inside the signature the body is left out', () => {
  const { canonicalizedBody: _, ...rest } = entry
  expect(parseLogEntry(encodeLogEntry(entry, { withBody: false }))).toEqual(rest)
})

test("Sigstore's own library reads the protobuf's JSON form alike", () => {
  const theirs = TransparencyLogEntry.fromJSON(logEntryToJson(entry))
  expect(logEntryFromJson(TransparencyLogEntry.toJSON(theirs))).toEqual(entry)
})

test('the empty promise that gitsign writes for v2 entries counts as none', () => {
  const { promise: _, ...rest } = entry
  expect(logEntryFromJson({ ...logEntryToJson(entry), inclusionPromise: { signedEntryTimestamp: '' } })).toEqual(rest)
  const withEmpty = Buffer.concat([encodeLogEntry(rest, { withBody: true }), Buffer.from('2a00', 'hex')])
  expect(parseLogEntry(withEmpty)).toEqual(rest)
})

describe('refused', () => {
  const cases: readonly (readonly [why: string, changed: LogEntry, fault: string])[] = [
    ['a log id of another length', { ...entry, logId: hash(1).subarray(1) }, 'the log id has not 32 bytes'],
    ['a long kind', { ...entry, kind: 'k'.repeat(65) }, 'kind or version too long'],
    ['a long version', { ...entry, version: 'v'.repeat(65) }, 'kind or version too long'],
    ['a long promise', { ...entry, promise: new Uint8Array(1025) }, 'the promise is too long'],
    ['more than 64 hashes', { ...entry, proof: { ...proof, hashes: Array(65).fill(hash(0)) } }, 'more than 64 hashes'],
    ['a short hash', { ...entry, proof: { ...proof, hashes: [Buffer.alloc(31)] } }, 'a hash has not 32 bytes'],
    ['a short root', { ...entry, proof: { ...proof, rootHash: Buffer.alloc(31) } }, 'a hash has not 32 bytes'],
    [
      'a checkpoint over 16 KiB',
      { ...entry, proof: { ...proof, checkpoint: 'c'.repeat(16_385) } },
      'the checkpoint is too long',
    ],
  ]
  test.each(cases)('%s', (_, changed, fault) => {
    expect(() => parseLogEntry(encodeLogEntry(changed, { withBody: true }))).toThrow(fault)
    expect(() => logEntryFromJson(logEntryToJson(changed))).toThrow(fault)
  })

  test('an entry over 1 MiB, unread', () => {
    expect(() => parseLogEntry(new Uint8Array((1 << 20) + 1))).toThrow('log entry: too large')
  })

  test.each([
    ['a negative index', { logIndex: '-1' }],
    ['an index beyond 63 bits', { logIndex: '9223372036854775808' }],
    ['an index with a leading zero', { logIndex: '01' }],
    ['a fraction', { logIndex: 1.5 }],
  ])('%s in JSON', (_, change) => {
    expect(() => logEntryFromJson({ ...logEntryToJson(entry), ...change })).toThrow('logIndex')
  })

  test('a log id in base64 with spare bits or of the URL alphabet', () => {
    const bad = { ...logEntryToJson(entry), logId: { keyId: '_'.repeat(43).concat('=') } }
    expect(() => logEntryFromJson(bad)).toThrow('not canonical base64')
  })
})

describe.skipIf(!hasShared)('real entries', () => {
  test('all of the corpus read back byte for byte', () => {
    const embedded = readEmbedded()
    expect(embedded).toHaveLength(123)
    for (const { entry, bytes, record } of embedded) {
      expect(Buffer.from(encodeLogEntry(entry, { withBody: false }))).toEqual(Buffer.from(bytes))
      expect(String(entry.logIndex)).toBe(record.logIndex)
    }
  })

  test("the conformance bundles' read as Sigstore's own library reads them", () => {
    for (const name of bundleNames()) {
      const { entry, json } = readBundle(name)
      const theirs = TransparencyLogEntry.fromJSON(json.verificationMaterial.tlogEntries[0])
      expect(logEntryToJson(entry)).toEqual(logEntryToJson(logEntryFromJson(TransparencyLogEntry.toJSON(theirs))))
      expect(parseLogEntry(encodeLogEntry(entry, { withBody: true }))).toEqual(entry)
    }
  })
})
