import { describe, expect, test } from 'vitest'
import { encodeUtf8, fromBase64, toBase64, toHex } from '../../src/bytes.ts'
import { hashedRekordBody, rekordBody } from '../../src/rekor/body.ts'
import { readBody } from '../../src/rekor/read-body.ts'
import { bundleNames, readBundle } from '../support/entries.ts'
import { issueLeaf } from '../support/issue.ts'
import { testKey } from '../support/log.ts'
import { hasShared } from '../support/shared.ts'

const key = testKey('P-256')
const certificate = issueLeaf({ spki: key.spki, notBefore: 0, notAfter: 1000, withSct: false })
const digest = new Uint8Array(32).fill(7)
const signature = encodeUtf8('a signature')

test.each([
  ['hashedrekord', '0.0.1', hashedRekordBody({ version: '0.0.1', digest, signature, certificate, key })],
  ['hashedrekord', '0.0.2', hashedRekordBody({ version: '0.0.2', digest, signature, certificate, key })],
  ['rekord', '0.0.1', rekordBody({ digest, signature, certificate, key })],
])('%s %s tells its hash, its signature and its certificate', (kind, version, body) => {
  const facts = readBody(body)
  expect(facts).toMatchObject({ kind, version, hashes: [`sha256:${toHex(digest)}`] })
  expect(facts.signatures.map(toHex)).toEqual([toHex(signature)])
  expect(facts.verifiers.map(({ kind, der }) => [kind, toBase64(der)])).toEqual([
    ['certificate', toBase64(certificate)],
  ])
})

test('a bare key is told as one', () => {
  const [verifier] = readBody(hashedRekordBody({ version: '0.0.1', digest, signature, key })).verifiers
  expect(verifier?.kind).toBe('key')
  expect(toHex(verifier?.der ?? new Uint8Array())).toBe(toHex(key.spki))
})

test('a kind that is not known tells its name and nothing else', () => {
  const body = encodeUtf8('{"apiVersion":"0.0.1","kind":"alpine","spec":{}}')
  expect(readBody(body)).toEqual({ kind: 'alpine', version: '0.0.1', hashes: [], signatures: [], verifiers: [] })
})

test.each([
  ['no JSON', 'x'],
  ['no spec', '{"apiVersion":"0.0.1","kind":"hashedrekord"}'],
  ['a list', '[]'],
])('%s is malformed', (_, text) => {
  expect(() => readBody(encodeUtf8(text))).toThrow(expect.objectContaining({ code: 'parse' }))
})

// Read as a hash of any other name, such an entry would pass for one about nothing that anybody looks for.
test.each(['SHA2_224', 'sha256', '', 'constructor', '__proto__'])('a v2 digest by %j is malformed', (algorithm) => {
  const good = Buffer.from(hashedRekordBody({ version: '0.0.2', digest, signature, certificate, key })).toString()
  const body = good.replace('"algorithm":"SHA2_256"', `"algorithm":"${algorithm}"`)
  expect(body).not.toBe(good)
  expect(() => readBody(encodeUtf8(body))).toThrow('entry body: an unknown hash')
})

test('a v1 entry whose PEM holds no verifier is malformed', () => {
  const good = Buffer.from(hashedRekordBody({ version: '0.0.1', digest, signature, certificate, key })).toString()
  const body = good.replace(/"publicKey":\{"content":"[^"]*"/, '"publicKey":{"content":""')
  expect(() => readBody(encodeUtf8(body))).toThrow('PEM: holds no PUBLIC KEY')
})

describe.skipIf(!hasShared)('the bodies of real entries', () => {
  const bodies = bundleNames().flatMap((name) => {
    try {
      const { entry, certificate } = readBundle(name)
      return entry.canonicalizedBody === undefined || certificate === undefined ? [] : [{ name, entry, certificate }]
    } catch {
      return []
    }
  })

  test.each(bodies)('$name', ({ entry, certificate }) => {
    const body = entry.canonicalizedBody ?? new Uint8Array()
    // What is no JSON is for other tests.
    const kind = /"kind":"(\w+)"/.exec(new TextDecoder().decode(body))?.[1]
    const facts = readBody(body)
    expect(facts.kind).toBe(kind)
    expect(facts.hashes.length).toBeGreaterThan(0)
    expect(facts.verifiers.length).toBe(facts.signatures.length)
    expect(fromBase64(toBase64(certificate.bytes)).length).toBeGreaterThan(0)
  })
})
