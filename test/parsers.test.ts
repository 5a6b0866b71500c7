// Whatever bytes arrive: each parser that a verdict may rest on gives a value, or a `parse` fault, and nothing else; arbitrary
// bytes, and mutants of what it was made for. A parser that is not in the table is found missing.
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { editDer } from '../scripts/fuzzing/der.ts'
import { editBytes } from '../scripts/fuzzing/edit.ts'
import { editJson } from '../scripts/fuzzing/json.ts'
import { type Random, randomFor } from '../scripts/fuzzing/random.ts'
import { editLines } from '../scripts/fuzzing/text.ts'
import { readDer, TAG } from '../src/asn1/read.ts'
import { parseNote } from '../src/attest/notes.ts'
import { parseBundle } from '../src/bundle/bundle.ts'
import { parseStatement } from '../src/bundle/statement.ts'
import { parseArmor } from '../src/cms/armor.ts'
import { parseCms } from '../src/cms/read.ts'
import { parseSignedData } from '../src/cms/signed-data.ts'
import { Fault } from '../src/errors.ts'
import { parseIdentity } from '../src/fulcio/identity.ts'
import { parseConfiguration } from '../src/fulcio/issuers.ts'
import { parseCertificateResponse } from '../src/fulcio/request.ts'
import { parseCommitHeader, parsePerson, parseTagHeader } from '../src/git/commit.ts'
import { mergeTags, splitCommit, splitPushCertificate, splitTag } from '../src/git/object.ts'
import { parsePushCertificate } from '../src/git/push.ts'
import { encodeState, parseState } from '../src/monitor/state.ts'
import { encodeTellings, parseTellings } from '../src/monitor/telling.ts'
import { parseMessage } from '../src/proto/message.ts'
import { parseCheckpoint } from '../src/rekor/checkpoint.ts'
import { parseWitness } from '../src/rekor/cosignature.ts'
import { parseLogEntry } from '../src/rekor/entry.ts'
import { parseEntryV1, parseNamedEntries, parseNamedEntry } from '../src/rekor/entry-v1.ts'
import { leafHash } from '../src/rekor/merkle.ts'
import { parseDocument, parseList } from '../src/trust/json.ts'
import { publicGoodSigningConfigBytes } from '../src/trust/public-good.ts'
import { parseRecord } from '../src/trust/record.ts'
import { parseTrustedRoot } from '../src/trust/root-json.ts'
import { parseSigningConfig } from '../src/trust/signing-config.ts'
import { encodeTimestampResponse, parseTimestampResponse } from '../src/tsa/request.ts'
import { parseTimestampToken } from '../src/tsa/token.ts'
import { findExtension, parseCertificate, parseKeptCertificate } from '../src/x509/certificate.ts'
import { EXTENSION, parseBasicConstraints, parseExtKeyUsage, parseKeyUsage } from '../src/x509/extensions.ts'
import { parseEd25519Key, parsePublicKey } from '../src/x509/key.ts'
import { formatName } from '../src/x509/name.ts'
import { encodePem, parsePem } from '../src/x509/pem.ts'
import { parseRsaKey } from '../src/x509/rsa.ts'
import { parseSctList } from '../src/x509/sct.ts'
import { exportedOf, signedOf } from './support/exported.ts'

const RUNS = 300
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')
const json = (value: unknown) => Buffer.from(JSON.stringify(value))
const fixture = (path: string) => readFileSync(`fixtures/${path}`)

const stamped = signedOf('good-v1-stamped')
const { signer, logEntry = new Uint8Array(), timestampToken = new Uint8Array() } = stamped
const { signature: block = new Uint8Array(), payload } = splitCommit(fixture('vectors/good-v1-stamped/object'), 'sha1')
const cms = parseArmor(block)
const pem = Buffer.from(encodePem('CERTIFICATE', signer.bytes))
const note = Buffer.from(parseLogEntry(logEntry).proof?.checkpoint ?? expect.fail('no checkpoint'))
const { bundle } = exportedOf('good-v1-stamped')
const push = splitPushCertificate(fixture('vectors/good-v1-push/object')).payload
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'x',
  subject: [{ digest: { sha256: 'ab'.repeat(32) } }],
}

const entryV1 = {
  body: 'e30=',
  logIndex: 1,
  logID: 'ab'.repeat(32),
  integratedTime: 1,
  verification: { signedEntryTimestamp: 'AAAA' },
}
const bodyV1 = Buffer.from('{"apiVersion":"0.0.1","kind":"hashedrekord"}')
const uuidV1 = Buffer.from(leafHash(bodyV1)).toString('hex')
const namedV1 = { [uuidV1]: { ...entryV1, body: bodyV1.toString('base64') } }
const times = {
  timestampExpires: '2027-01-01T00:00:00Z',
  refreshed: '2026-01-01T00:00:00Z',
  changed: '2026-01-01T00:00:00Z',
}
const record = {
  version: 1,
  name: 'a',
  sandbox: false,
  mirror: 'https://a',
  anchor: 'embedded',
  rootVersion: '1',
  ...times,
}

const monitorState = {
  ...{
    origin: 'log.example',
    note: '',
    from: 0,
    next: 7,
    journal: 0,
    sightings: 0,
    trees: [],
    reached: 0,
    begun: 1,
    changed: 0,
  },
  ...{ watch: 'ab', unreadable: 1, firstUnreadable: [3], waiting: [] },
}
const vkey = 'witness.example+82bca4dd+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea'

type Row = readonly [parse: (bytes: Uint8Array) => unknown, example: Uint8Array, also?: string]

const TABLE: Readonly<Record<string, Row>> = {
  readDer: [(bytes) => readDer(bytes, TAG.sequence), cms],
  parseCms: [parseCms, cms],
  parseSignedData: [parseSignedData, cms],
  parseArmor: [parseArmor, block],
  parseCertificate: [parseCertificate, signer.bytes],
  parseKeptCertificate: [parseKeptCertificate, signer.bytes],
  'a certificate in all its parts': [readWhole, signer.bytes],
  parsePublicKey: [parsePublicKey, signer.spki],
  parseEd25519Key: [
    parseEd25519Key,
    Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex'),
  ],
  parseRsaKey: [parseRsaKey, signedOf('good-rsa-2048').signer.spki],
  parseSctList: [parseSctList, findExtension(signer, EXTENSION.sctList)?.value ?? expect.fail('no SCT')],
  parsePem: [(bytes) => parsePem(text(bytes), 'CERTIFICATE'), pem],
  parseMessage: [(bytes) => parseMessage(bytes, 'message').message(2)?.bytes(1), logEntry],
  parseLogEntry: [parseLogEntry, logEntry],
  parseCheckpoint: [(bytes) => parseCheckpoint(Buffer.from(bytes).toString()), note],
  parseEntryV1: [(bytes) => parseEntryV1(bytes), json({ uuid: entryV1 })],
  parseNamedEntry: [parseNamedEntry, json(namedV1)],
  parseNamedEntries: [parseNamedEntries, json([namedV1])],
  parseTimestampToken: [parseTimestampToken, timestampToken],
  parseTimestampResponse: [parseTimestampResponse, encodeTimestampResponse(timestampToken), 'tsa'],
  parseCertificateResponse: [
    parseCertificateResponse,
    json({ signedCertificateEmbeddedSct: { chain: { certificates: [text(pem)] } } }),
  ],
  parseConfiguration: [parseConfiguration, json({ issuers: [{ issuerUrl: 'https://a', challengeClaim: 'email' }] })],
  parseTrustedRoot: [parseTrustedRoot, fixture('trusted-roots/all.json')],
  parseSigningConfig: [parseSigningConfig, publicGoodSigningConfigBytes()],
  parseRecord: [parseRecord, json(record)],
  parseDocument: [(bytes) => parseDocument(bytes, 'document'), bundle],
  parseList: [(bytes) => parseList(bytes, 'list'), json(['a', 'b'])],
  parseBundle: [parseBundle, bundle],
  parseStatement: [parseStatement, json(statement)],
  parseNote: [parseNote, Buffer.concat([bundle, Buffer.from('\n')])],
  parseCommitHeader: [(bytes) => parseCommitHeader(bytes, 'sha1'), payload],
  parseTagHeader: [
    (bytes) => parseTagHeader(bytes, 'sha1'),
    splitTag(fixture('vectors/good-v1-tag/object'), 'sha1').payload,
  ],
  parsePerson: [parsePerson, Buffer.from('Alice <alice@example.com> 1700000000 +0200')],
  parsePushCertificate: [parsePushCertificate, push],
  parseState: [parseState, encodeState(monitorState)],
  parseTellings: [parseTellings, encodeTellings(new Map([['webhook', { next: 7, refused: [2, 5] }]]))],
  parseWitness: [(bytes) => parseWitness(text(bytes)), Buffer.from(vkey)],
}

/** All that a chain, an identity and a report ask of one. */
function readWhole(der: Uint8Array): unknown {
  const certificate = parseCertificate(der)
  const parts = [parseBasicConstraints, parseKeyUsage, parseExtKeyUsage, parseIdentity]
  return [...parts.map((part) => part(certificate)), formatName(certificate.issuer), certificate.key]
}

const EDITS: readonly ((bytes: Uint8Array, random: Random, example: Uint8Array) => Uint8Array)[] = [
  (bytes, random) => Uint8Array.from({ length: random.below(bytes.length) }, () => random.below(256)),
  editBytes,
  editDer,
  editLines,
  (bytes, random, example) => editJson(bytes, random, example, random.once(2) ? 'fields' : 'members'),
]

function mutants(example: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: RUNS }, (_, i) => {
    const random = randomFor(20_261_122, i)
    const edited = (random.pick(EDITS) ?? editBytes)(example, random, example)
    return random.once(4) ? editBytes(edited, random, example) : edited
  })
}

/** What it throws but for the faults that it may. */
function surprise(parse: Row[0], bytes: Uint8Array, codes: readonly string[]): string | undefined {
  try {
    parse(bytes)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Fault && codes.includes(thrown.code)) return undefined
    return `${Buffer.from(bytes).toString('base64')}: ${String(thrown)}`
  }
}

describe('only parse faults come of any bytes:', () => {
  test.each(Object.entries(TABLE))('%s', (_, [parse, example, also = 'parse']) => {
    expect(surprise(parse, example, [])).toBeUndefined()
    const surprises = mutants(example).flatMap((bytes) => surprise(parse, bytes, ['parse', also]) ?? [])
    expect(surprises).toEqual([])
  })

  test('a Git object is split without any fault', () => {
    const bytes = fixture('vectors/good-merge-of-signed-tag/object')
    for (const mutant of mutants(bytes))
      for (const split of [splitCommit, splitTag])
        expect(() => [split(mutant, 'sha1'), mergeTags(mutant)]).not.toThrow()
  })
})

test('no parser of the formats and services is missing from the table', () => {
  const rooms = '{asn1,x509,cms,git,proto,rekor,tsa,fulcio,trust,bundle,attest,monitor}'
  const exported = globSync(`src/${rooms}/*.ts`).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/^export function (parse\w+)\(\w+: Uint8Array/gm)].map(
      ([, name = '']) => name,
    ),
  )
  expect(exported.length).toBeGreaterThan(20)
  expect(exported.filter((name) => TABLE[name] === undefined)).toEqual([])
})
