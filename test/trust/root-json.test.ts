import { TrustedRoot as TrustedRootMessage } from '@sigstore/protobuf-specs'
import { describe, expect, test } from 'vitest'
import { encodeUtf8, toHex } from '../../src/bytes.ts'
import { publicGoodRootBytes } from '../../src/trust/public-good.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { isWithin } from '../../src/trust/window.ts'
import { bundleNames, readBundle } from '../support/entries.ts'
import { hasShared } from '../support/shared.ts'

const text = new TextDecoder().decode(publicGoodRootBytes())
const parse = (json: unknown) => parseTrustedRoot(encodeUtf8(JSON.stringify(json)))

/** The public-good root with a change made to it. */
// biome-ignore lint/suspicious/noExplicitAny: a test reaches into a parsed document to break it
function changed(change: (root: any) => void): ReturnType<typeof parseTrustedRoot> {
  const root = JSON.parse(text)
  change(root)
  return parse(root)
}

test('logs, authorities and windows are those that the file names', () => {
  const root = parseTrustedRoot(publicGoodRootBytes())
  expect(root.logs.map(({ baseUrl, host, key }) => [baseUrl, host, key.algorithm])).toEqual([
    ['https://rekor.sigstore.dev', 'rekor.sigstore.dev', 'P-256'],
    ['https://log2025-1.rekor.sigstore.dev', 'log2025-1.rekor.sigstore.dev', 'Ed25519'],
  ])
  expect(root.ctLogs.map(({ baseUrl, validFor }) => [baseUrl, validFor])).toEqual([
    [
      'https://ctfe.sigstore.dev/test',
      { start: Date.parse('2021-03-14T00:00:00Z'), end: Date.parse('2022-10-31T23:59:59.999Z') },
    ],
    ['https://ctfe.sigstore.dev/2022', { start: Date.parse('2022-10-20T00:00:00Z') }],
  ])
  expect(root.authorities.map(({ chain }) => chain.length)).toEqual([1, 2])
  expect(root.timestampAuthorities.map(({ uri, chain }) => [uri, chain.length])).toEqual([
    ['https://timestamp.sigstore.dev/api/v1/timestamp', 2],
  ])
})

test('keys and certificates are parsed once', () => {
  const [log] = parseTrustedRoot(publicGoodRootBytes()).logs
  const [authority] = parseTrustedRoot(publicGoodRootBytes()).authorities
  expect(log?.key).toBe(log?.key)
  expect(authority?.chain).toBe(authority?.chain)
})

test('a window takes in both its ends', () => {
  const window = { start: 10, end: 20 }
  expect([9, 10, 20, 21].map((time) => isWithin(window, time))).toEqual([false, true, true, false])
})

test('the newer media types are read too', () => {
  for (const version of ['v0.1', 'v0.2']) {
    const mediaType = `application/vnd.dev.sigstore.trustedroot.${version}+json`
    expect(parse({ ...JSON.parse(text), mediaType }).logs).toHaveLength(2)
  }
})

test('a log whose key or hash is of a kind that is not in use is left out, and the others stay', () => {
  const keyless = changed((root) => {
    root.tlogs[0].publicKey.keyDetails = 'PKCS1_RSA_PKCS1V5'
  })
  expect(keyless.logs.map(({ host }) => host)).toEqual(['log2025-1.rekor.sigstore.dev'])
  const hashless = changed((root) => {
    root.tlogs[1].hashAlgorithm = 'SHA2_512'
  })
  expect(hashless.logs.map(({ host }) => host)).toEqual(['rekor.sigstore.dev'])
})

test('an authority without a start is bounded by its certificates alone', () => {
  const root = changed((root) => {
    delete root.certificateAuthorities[0].validFor
  })
  expect(root.authorities[0]?.validFor).toEqual({ start: 0 })
})

test('what is malformed inside a key or certificate is the root’s fault, when it is first used', () => {
  const root = changed((root) => {
    root.tlogs[0].publicKey.rawBytes = 'AAAA'
    root.certificateAuthorities[0].certChain.certificates[0].rawBytes = 'AAAA'
  })
  const fault = (message: string) =>
    expect.objectContaining({ code: 'trust', message: expect.stringContaining(message) })
  expect(() => root.logs[0]?.key).toThrow(fault('key of https://rekor.sigstore.dev cannot be read'))
  expect(() => root.authorities[0]?.chain).toThrow(fault('certificate of https://fulcio.sigstore.dev cannot be read'))
  expect(root.logs[1]?.key.algorithm).toBe('Ed25519')
})

describe('refused', () => {
  test.each<readonly [string, (root: ReturnType<typeof JSON.parse>) => void, string]>([
    ['another media type', (root) => (root.mediaType = 'application/json'), 'unknown media type'],
    [
      'a log without a start',
      (root) => delete root.tlogs[0].publicKey.validFor.start,
      'the key has no start of validity',
    ],
    ['a log without a window', (root) => delete root.ctlogs[0].publicKey.validFor, 'the key has no start of validity'],
    ['a log without an id', (root) => delete root.tlogs[0].logId, 'logId is missing'],
    ['a log id of another length', (root) => (root.tlogs[0].logId.keyId = 'AAAA'), 'the log id has not 32 bytes'],
    ['a log without a URL', (root) => (root.tlogs[0].baseUrl = 'rekor'), 'baseUrl is not a URL'],
    [
      'an authority without certificates',
      (root) => (root.certificateAuthorities[0].certChain.certificates = []),
      'the certificate chain is empty',
    ],
  ])('%s', (_, change, why) => {
    expect(() => changed(change)).toThrow(
      expect.objectContaining({ code: 'parse', message: expect.stringContaining(why) }),
    )
  })
})

test("Sigstore's own library reads the same ids, keys and windows", () => {
  const theirs = TrustedRootMessage.fromJSON(JSON.parse(text))
  const ours = parseTrustedRoot(publicGoodRootBytes())
  const key = (log: (typeof theirs.tlogs)[number]) => toHex(log.publicKey?.rawBytes ?? Buffer.of())
  expect(ours.logs.map((log) => toHex(log.key.spki))).toEqual(theirs.tlogs.map(key))
  expect(ours.logs.map((log) => toHex(log.id))).toEqual(
    theirs.tlogs.map((log) => toHex(log.logId?.keyId ?? Buffer.of())),
  )
  expect(ours.authorities.map(({ validFor }) => validFor.end)).toEqual(
    theirs.certificateAuthorities.map(({ validFor }) => validFor?.end?.getTime()),
  )
  expect(ours.authorities.map(({ chain }) => chain.map(({ bytes }) => toHex(bytes)))).toEqual(
    theirs.certificateAuthorities.map(({ certChain }) =>
      certChain?.certificates.map(({ rawBytes }) => toHex(rawBytes)),
    ),
  )
})

describe.skipIf(!hasShared)('the conformance cases’ roots', () => {
  test.each(bundleNames())('%s: every key and certificate of its root is one that we read', (name) => {
    const { logs, ctLogs, authorities, timestampAuthorities } = readBundle(name).trust
    for (const log of [...logs, ...ctLogs]) expect(log.key.spki.length).toBeGreaterThan(40)
    for (const { chain } of [...authorities, ...timestampAuthorities]) expect(chain.length).toBeGreaterThan(0)
  })
})
