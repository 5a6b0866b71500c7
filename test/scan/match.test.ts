import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ISSUER, makeCertificates } from '../../scripts/tile-bench/certificates.ts'
import { encodeUtf8, toBase64, toHex } from '../../src/bytes.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import { blockOf, blockOfBundle, type EntryBlock, encodeBundle } from '../../src/rekor/entry-bundle.ts'
import { matcherFor } from '../../src/scan/match.ts'
import { poolOf } from '../../src/scan/matchers.ts'
import { wantedMatchers } from '../../src/scan/search.ts'
import { sieveOf, sift } from '../../src/scan/sieve.ts'
import { identityOf, isWanted, mayName, type Wanted } from '../../src/scan/wanted.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { signArtifact } from '../sandbox/signed.ts'
import { faultOf } from '../support/faults.ts'
import { newKey } from '../support/sandbox.ts'

const signed = Array.from({ length: 12 }, (_, i) => signArtifact(Buffer.from(`artifact ${i}`), newKey()))
const bodyOf = (i: number, version: '0.0.1' | '0.0.2' = '0.0.2') => {
  const { digest, signature, certificate } = signed[i] ?? expect.fail('no such')
  return hashedRekordBody({ version, digest, signature, certificate: certificate.bytes, key: certificate.key })
}
const hashOf = (i: number) => `sha256:${toHex(signed[i]?.digest ?? new Uint8Array())}`
const verifierOf = (i: number) =>
  ({ kind: 'certificate', der: signed[i]?.certificate.bytes ?? new Uint8Array() }) as const

describe('what the bytes tell before anything is parsed', () => {
  const bodies = signed.map((_, i) => bodyOf(i))
  const escaped = Buffer.from(Buffer.from(bodyOf(3)).toString().replace('"digest":"', '"digest":"\\u0041'))
  const wants: readonly Wanted[] = [
    { hashes: [hashOf(4)] },
    { hashes: [hashOf(1), hashOf(9)] },
    { verifier: verifierOf(7) },
    { hashes: [hashOf(2)], verifier: verifierOf(2) },
    { hashes: [hashOf(2)], verifier: verifierOf(3) },
  ]

  test.each(wants)('%# leaves out nothing that is wanted', (wanted) => {
    const mixed = [...bodies, ...signed.map((_, i) => bodyOf(i, '0.0.1')), escaped, encodeUtf8('{}'), encodeUtf8('')]
    fc.assert(
      fc.property(fc.shuffledSubarray(mixed), (entries) => {
        const expected = entries.flatMap((body, at) => (isWanted(body, wanted) ? [at] : []))
        for (const block of [blockOf(entries), blockOfBundle(encodeBundle(entries), entries.length)])
          expect(matcherFor(wanted)(block).map(({ at }) => at)).toEqual(expected)
      }),
    )
  })

  test('leaves one of many to be read, and all that is not written as Rekor v2 writes', () => {
    const sieve = sieveOf({ hashes: [hashOf(4)] }) ?? expect.fail('no sieve')
    expect(sift(blockOf(bodies), sieve)).toEqual([4])
    expect(sift(blockOf([...bodies, escaped, bodyOf(0, '0.0.1')]), sieve)).toEqual([4, 12, 13])
    expect(sift(blockOf([]), sieve)).toEqual([])
  })

  test('is nothing where a name is looked for', () => {
    expect(sieveOf({ subject: 'kim@example.com' })).toBeUndefined()
    expect(sieveOf({ verifier: verifierOf(0) })?.map(String)).toEqual([toBase64(verifierOf(0).der)])
  })
})

describe('a name that stands nowhere in a certificate', () => {
  const leaves = makeCertificates(8)
  const named = leaves.map((der) => identityOf({ kind: 'certificate', der }) ?? expect.fail('no identity'))

  test('is none of its names, and each that is one stands there, in whatever case', () => {
    for (const [i, der] of leaves.entries())
      for (const { subject, issuer } of named) {
        for (const text of [subject, subject.toUpperCase(), undefined])
          expect(mayName(der, { subject: text, issuer })).toBe(
            (text === undefined || subject === named[i]?.subject) && issuer === named[i]?.issuer,
          )
      }
  })

  test('is looked for by reading, where letters beyond ASCII are in play', () => {
    expect(mayName(leaves[0] ?? Buffer.of(), { subject: 'KIM\u00c9', issuer: undefined })).toBe(true)
    expect(mayName(Buffer.from('\u212aim'), { subject: 'kim', issuer: undefined })).toBe(true)
    const small = Array.from({ length: 0x10ffff + 1 }, (_, code) => code)
      .filter((code) => code > 0x7f && (code < 0xd800 || code > 0xdfff))
      // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
      .filter((code) => /^[\x00-\x7f]+$/.test(String.fromCodePoint(code).toLowerCase()))
    expect(small).toEqual([0x212a])
  })
})

describe('threads', () => {
  test('are not started where there is one processor, or where the bytes tell', async () => {
    expect((await wantedMatchers({ subject: 'kim@example.com' }, 1)).width).toBe(1)
    expect((await wantedMatchers({ hashes: [hashOf(0)] }, 8)).width).toBe(1)
    expect((await wantedMatchers({ subject: 'kim@example.com' }, 8)).width).toBe(16)
  })

  test('say what one thread says, in order', async () => {
    const wanted = { subject: 'Signer4@example.com', issuer: ISSUER }
    const leaves = makeCertificates(8).map(parseCertificate)
    const bodies = leaves.map((leaf) => ({ digest: new Uint8Array(32), signature: Uint8Array.of(1), leaf }))
    const blocks = Array.from({ length: 40 }, (_, n) =>
      blockOf(
        Array.from({ length: 256 }, (_, i) => {
          const { leaf, ...rest } = bodies[(n + i * i) % 8] ?? expect.fail('no leaf')
          return hashedRekordBody({ version: '0.0.2', ...rest, certificate: leaf.bytes, key: leaf.key })
        }),
      ),
    )
    const expected = blocks.map(matcherFor(wanted))
    const matchers = await wantedMatchers(wanted, 2)
    const found = await Promise.all(blocks.map((block) => matchers.match(block)))
    await matchers.close()
    expect(expected.flat().length).toBeGreaterThan(100)
    expect(found.map((each) => each.map(({ at, body }) => [at, toHex(body)]))).toEqual(
      expected.map((each) => each.map(({ at, body }) => [at, toHex(body)])),
    )
  })

  test('that die end the search with a fault, and with no answer that leaves entries out', async () => {
    const pool = poolOf([{ ask: async () => Promise.reject(new Error('exit status 1')), stop: async () => undefined }])
    const fault = await faultOf(pool.match(blockOf([bodyOf(0)])))
    expect([fault.code, fault.message]).toEqual(['io', 'a thread that reads entries ended: Error: exit status 1'])
  })

  test('get their own copy of what shares its memory with something else', async () => {
    const asked: Uint8Array[] = []
    const ask = async ({ bytes }: EntryBlock) => {
      asked.push(bytes)
      return []
    }
    const pool = poolOf([{ ask, stop: async () => undefined }])
    const bytes = Buffer.from(blockOf([bodyOf(0)]).bytes)
    await pool.match({ bytes: bytes.subarray(0, bytes.length - 1), spans: Uint32Array.of(1, 20) })
    expect(toHex(asked[0] ?? expect.fail('nothing asked'))).toBe(toHex(bytes.subarray(0, -1)))
  })
})
