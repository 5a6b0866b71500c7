import { describe, expect, test } from 'vitest'
import { encodeUtf8, toBase64, toHex } from '../../src/bytes.ts'
import { parseEntryV1, parseNamedEntries, parseNamedEntry } from '../../src/rekor/entry-v1.ts'
import { leafHash } from '../../src/rekor/merkle.ts'

const entryOf = (body: Uint8Array, logIndex: number) => ({
  body: toBase64(body),
  integratedTime: 1_900_000_000,
  logID: 'c0'.repeat(32),
  logIndex,
  verification: { signedEntryTimestamp: 'AAAA' },
})
const bodies = ['hashedrekord', 'rekord'].map((kind) => encodeUtf8(`{"apiVersion":"0.0.1","kind":"${kind}"}`))
const [one, other] = bodies.map((body, at) => ({ [toHex(leafHash(body))]: entryOf(body, at) }))
const json = (value: unknown) => encodeUtf8(JSON.stringify(value))

describe.each([
  ['parseEntryV1', (bytes: Uint8Array) => parseEntryV1(bytes)],
  ['parseNamedEntry', (bytes: Uint8Array) => parseNamedEntry(bytes).entry],
])('%s', (_, parse) => {
  test('reads the one entry of an answer', () => {
    expect(parse(json(one))).toMatchObject({ kind: 'hashedrekord', version: '0.0.1', logIndex: 0n })
  })

  // Which of two is meant, each reader would say for itself: one shows the harmless entry, another believes its fellow.
  test('refuses an answer of two entries, good as each is', () => {
    expect(() => parse(json({ ...one, ...other }))).toThrow('log entry: more than one')
  })

  test('refuses an answer of no entry as malformed', () => {
    expect(() => parse(json({}))).toThrow('log entry: none')
  })
})

describe('parseNamedEntries', () => {
  const indexes = (value: unknown) => parseNamedEntries(json(value)).map(({ entry }) => entry.logIndex)

  test('leaves out a member of two entries or of none, and keeps those beside it', () => {
    expect(indexes([one, other])).toEqual([0n, 1n])
    expect(indexes([{ ...one, ...other }, {}, other])).toEqual([1n])
  })
})
