import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeBoolean, encodeInteger, encodeSequence } from '../../src/asn1/write.ts'
import type { CertificateAuthority } from '../../src/trust/root.ts'
import { checkTimestamp } from '../../src/tsa/check.ts'
import { encodeTimestampResponse, parseTimestampResponse } from '../../src/tsa/request.ts'
import { parseTimestampToken } from '../../src/tsa/token.ts'
import {
  CODE_SIGNING,
  makeRoot,
  makeStamper,
  NOT_AFTER,
  NOT_BEFORE,
  newKey,
  TIME_STAMPING,
} from '../support/certificate.ts'
import { bundleNames, readBundle } from '../support/entries.ts'
import { hasShared } from '../support/shared.ts'
import { infoExtension, makeToken, RSA_ENCRYPTION, STAMPED, type StampOptions } from '../support/stamp.ts'

const signature = Buffer.from('the signature that was stamped')
const root = makeRoot('stamping root')
const stamper = makeStamper(root)
const authority: CertificateAuthority = {
  uri: 'https://tsa.example',
  chain: [stamper.certificate, root.certificate],
  validFor: { start: NOT_BEFORE, end: NOT_AFTER },
}
const rootOnly: CertificateAuthority = { ...authority, chain: [root.certificate] }
const accepted = { ok: true, time: STAMPED, authority: 'https://tsa.example' }
const failed = (why: string) => ({ ok: false, why, unknownAuthority: false })
const unknown = {
  ok: false,
  why: 'the timestamp is by an authority that is not in the trusted root',
  unknownAuthority: true,
}
const check = (options: StampOptions = {}, authorities = [authority], by = stamper) =>
  checkTimestamp(makeToken(by, signature, options), signature, authorities)

describe('accepted', () => {
  test('a token without certificates, its signer found in the root', () => {
    expect(check()).toEqual(accepted)
  })

  test('a token that brings its signer, where the root has the issuer alone', () => {
    const certificates = [stamper.certificate]
    expect(check({ certificates }, [rootOnly])).toEqual(accepted)
    expect(check({ certificates: [...certificates, root.certificate] }, [rootOnly])).toEqual(accepted)
  })

  test.each(['sha256', 'sha384', 'sha512'] as const)('a %s imprint and digest', (hash) => {
    expect(check({ hash })).toEqual(accepted)
  })

  test('an RSA authority, whose algorithm names the hash or leaves it to the digest', () => {
    const rsa = makeStamper(root, { key: newKey(2048) })
    const authorities = [{ ...authority, chain: [rsa.certificate, root.certificate] }]
    expect(check({ algorithm: RSA_ENCRYPTION, signatureHash: 'sha512', hash: 'sha512' }, authorities, rsa)).toEqual(
      accepted,
    )
    expect(check({ algorithm: '1.2.840.113549.1.1.11' }, authorities, rsa)).toEqual(accepted)
  })

  test('the older ESS attribute, with SHA-1 as a name', () => {
    expect(check({ essV1: true })).toEqual(accepted)
  })

  test('accuracy, ordering, nonce and harmless extensions', () => {
    const tail = [encodeSequence(encodeInteger(1)), encodeBoolean(true), encodeInteger(99), infoExtension(false)]
    expect(check({ tail })).toEqual(accepted)
    expect(parseTimestampToken(makeToken(stamper, signature, { tail })).info.nonce).toEqual(Buffer.of(99))
  })

  test('a fraction of a second', () => {
    expect(check({ time: STAMPED + 120 })).toEqual({ ...accepted, time: STAMPED + 120 })
  })

  test('either end of the authority’s window, which is inclusive', () => {
    const at = (start: number, end: number) => check({}, [{ ...authority, validFor: { start, end } }])
    expect(at(STAMPED, STAMPED)).toEqual(accepted)
  })

  test('one of two windows under which the same signer is listed', () => {
    expect(check({}, [{ ...authority, validFor: { start: 0, end: 1 } }, authority])).toEqual(accepted)
  })
})

test('certificates that cannot be read, such as old roots, are left out of a token', () => {
  const odd = { ...root.certificate, bytes: encodeSequence(encodeInteger(1)) }
  expect(check({ certificates: [odd, stamper.certificate] }, [rootOnly])).toEqual(accepted)
  const stranger = makeStamper(makeRoot('stranger'), { issuer: 'stranger' })
  expect(check({ certificates: [stranger.certificate, odd] }, [authority], stranger)).toEqual(unknown)
})

describe('of an authority that is not listed', () => {
  const other = makeRoot('another root')
  const stranger = makeStamper(other, { issuer: 'another root' })

  test('a token says nothing, with or without its certificates', () => {
    expect(check({}, [authority], stranger)).toEqual(unknown)
    expect(check({ certificates: [stranger.certificate, other.certificate] }, [authority], stranger)).toEqual(unknown)
    expect(check({}, [])).toEqual(unknown)
  })

  test('a token without certificates says nothing where the root has the issuer alone', () => {
    expect(check({}, [rootOnly])).toEqual(unknown)
  })
})

describe('refused', () => {
  test('a token of another signature', () => {
    const token = makeToken(stamper, Buffer.from('other'))
    expect(checkTimestamp(token, signature, [authority])).toEqual(failed('the timestamp is of another signature'))
  })

  test('a time that was changed after it was stamped', () => {
    const changeInfo = (info: Uint8Array): Uint8Array =>
      Buffer.from(Buffer.from(info).toString('latin1').replace('20240601', '20240602'), 'latin1')
    expect(check({ changeInfo })).toEqual(failed("the timestamp's content was changed"))
  })

  test('a token that another key signed in the authority’s name', () => {
    expect(check({ key: newKey() })).toEqual(failed("the timestamp's signature does not verify"))
  })

  test('an algorithm that does not fit the key', () => {
    expect(check({ algorithm: RSA_ENCRYPTION })).toEqual(failed("the timestamp's signature does not verify"))
    expect(check({ algorithm: '1.2.840.10045.4.1' })).toEqual(failed("the timestamp's signature does not verify"))
  })

  test.each([
    ['before', STAMPED + 1, NOT_AFTER],
    ['after', NOT_BEFORE, STAMPED - 1],
  ])('a time %s the authority’s window', (_, start, end) => {
    expect(check({}, [{ ...authority, validFor: { start, end } }])).toEqual(
      failed('the timestamp lies outside the validity of its authority'),
    )
  })

  test.each([NOT_BEFORE - 1000, NOT_AFTER + 1000])('a time outside the signer’s certificate (%d)', (time) => {
    const open = { ...authority, validFor: { start: 0 } }
    expect(check({ time }, [open])).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^timestamp authority: .*valid/),
    })
  })

  test('a signer of the listed name and number that its issuer never certified', () => {
    const forged = makeStamper(makeRoot('stamping root'))
    expect(check({ certificates: [forged.certificate] }, [rootOnly], forged)).toMatchObject({
      ok: false,
      unknownAuthority: false,
      why: expect.stringMatching(/^timestamp authority: not issued/),
    })
  })

  test('a signer whose certificate the ESS attribute does not name', () => {
    const twin = makeStamper(root, { key: stamper.key, serial: 3 })
    expect(check({ named: twin.certificate })).toEqual(failed('the timestamp names another certificate as its signer'))
  })

  test.each([
    ['for signing code', { usages: [CODE_SIGNING] }],
    ['for more than time stamping', { usages: [TIME_STAMPING, CODE_SIGNING] }],
    ['for time stamping, but not critically', { critical: false }],
  ])('a certificate %s', (_, options) => {
    const wrong = makeStamper(root, options)
    const authorities = [{ ...authority, chain: [wrong.certificate, root.certificate] }]
    expect(check({}, authorities, wrong)).toMatchObject({
      ok: false,
      why: expect.stringMatching(/^timestamp authority: .*time-?stamping/i),
    })
  })

  test.each<readonly [string, StampOptions, string]>([
    ['no ESS attribute', { named: null }, 'timestamp token: no ESS signing certificate'],
    ['two signers', { signers: 2 }, 'timestamp token: not one signer'],
    ['no signer', { signers: 0 }, 'timestamp token: not one signer'],
    ['data for content', { contentType: '1.2.840.113549.1.7.1' }, 'timestamp token: holds no TSTInfo'],
    [
      'attributes signed for something else',
      { signedContentType: '1.2.840.113549.1.7.1' },
      'timestamp token: signed attribute contentType is not TSTInfo',
    ],
    ['another version', { version: 2 }, 'timestamp token: not version 1'],
    ['a SHA-1 imprint', { imprintOid: '1.3.14.3.2.26' }, 'timestamp token: hash 1.3.14.3.2.26 is not accepted'],
    ['a critical extension', { tail: [infoExtension(true)] }, 'timestamp token: unknown critical extension'],
  ])('a token with %s', (_, options, why) => {
    expect(check(options)).toEqual(failed(why))
  })

  test('a response where a bare token belongs, and a token of over 64 KiB', () => {
    expect(checkTimestamp(encodeTimestampResponse(makeToken(stamper, signature)), signature, [authority]).ok).toBe(
      false,
    )
    expect(checkTimestamp(new Uint8Array(65_537), signature, [authority])).toEqual(failed('timestamp token: too large'))
  })
})

test('one flipped bit in a token never gives another time, nor another signature’s', () => {
  const token = makeToken(stamper, signature, { certificates: [stamper.certificate] })
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.nat(7), (at, bit) => {
      const changed = Uint8Array.from(token)
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      const checked = checkTimestamp(changed, signature, [authority])
      if (checked.ok) expect(checked).toEqual(accepted)
    }),
    { numRuns: 500 },
  )
})

describe.skipIf(!hasShared)('the conformance cases', () => {
  const tokens = bundleNames().flatMap((name) => {
    const bundle = readBundle(name)
    return bundle.timestamps.map((response) => ({ ...bundle, token: parseTimestampResponse(response) }))
  })
  const unverifiable = [
    'rekor2-timestamp-payload-mismatch_fail',
    'rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail',
    'rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail',
  ]

  test.each(tokens.filter(({ name }) => !unverifiable.includes(name)))('$name: the token verifies', (bundle) => {
    expect(checkTimestamp(bundle.token, bundle.signature, bundle.trust.timestampAuthorities)).toMatchObject({
      ok: true,
    })
  })

  test.each([
    ['rekor2-timestamp-payload-mismatch_fail', failed('the timestamp is of another signature')],
    ['rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail', unknown],
    ['rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail', unknown],
  ])('%s: the token does not', (name, expected) => {
    const bundle = tokens.find((one) => one.name === name) ?? expect.fail('no such case')
    expect(checkTimestamp(bundle.token, bundle.signature, bundle.trust.timestampAuthorities)).toEqual(expected)
  })

  test('a token of another kind of authority (RSA-4096, SHA-512, its root along) verifies once that root is trusted', () => {
    const name = 'rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail'
    const bundle = tokens.find((one) => one.name === name) ?? expect.fail('no such case')
    const chain = parseTimestampToken(bundle.token).certificates.slice(1)
    const other = { uri: 'https://other.example', chain, validFor: { start: 0 } }
    expect(checkTimestamp(bundle.token, bundle.signature, [other])).toMatchObject({ ok: true })
  })
})
