import { RFC3161Timestamp } from '@sigstore/core'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import { describe, expect, test } from 'vitest'
import { encodeInteger, encodeSequence, encodeUtf8String } from '../../src/asn1/write.ts'
import { encodeTimestampRequest, encodeTimestampResponse, parseTimestampResponse } from '../../src/tsa/request.ts'
import { bundleNames, readBundle } from '../support/entries.ts'
import { hasShared } from '../support/shared.ts'

const digest = Buffer.alloc(32, 7)

test('pkijs reads our request as it was meant', () => {
  const der = encodeTimestampRequest({ hash: 'sha256', digest, nonce: 0xfedc_ba98_7654_3210n, withCertificates: true })
  const request = pkijs.TimeStampReq.fromBER(Uint8Array.from(der).buffer)
  expect(request.version).toBe(1)
  expect(request.messageImprint.hashAlgorithm.algorithmId).toBe('2.16.840.1.101.3.4.2.1')
  expect(Buffer.from(request.messageImprint.hashedMessage.valueBlock.valueHexView)).toEqual(digest)
  expect(request.nonce?.toBigInt()).toBe(0xfedc_ba98_7654_3210n)
  expect(request.certReq).toBe(true)
})

test('certReq is left out where no certificates are wanted, as DER has defaults', () => {
  const der = encodeTimestampRequest({ hash: 'sha256', digest, nonce: 1n, withCertificates: false })
  expect(asn1js.fromBER(Uint8Array.from(der).buffer).offset).toBe(der.length)
  expect(pkijs.TimeStampReq.fromBER(Uint8Array.from(der).buffer).certReq).toBeUndefined()
})

test('a granting response gives its token', () => {
  const token = encodeSequence(encodeInteger(5))
  expect(parseTimestampResponse(encodeTimestampResponse(token))).toEqual(token)
})

describe('refused', () => {
  const status = (code: number, ...more: readonly Uint8Array[]): Uint8Array =>
    encodeSequence(encodeSequence(encodeInteger(code), ...more))

  test('a rejection, with its status', () => {
    const text = encodeSequence(encodeUtf8String('bad request'))
    expect(() => parseTimestampResponse(status(2, text))).toThrow(
      expect.objectContaining({ code: 'tsa', message: 'the timestamp authority refused the request (status 2)' }),
    )
  })

  test('a response that grants and holds nothing', () => {
    expect(() => parseTimestampResponse(status(0))).toThrow('timestamp response: no token')
  })

  test('bytes after the response', () => {
    const response = encodeTimestampResponse(encodeSequence())
    expect(() => parseTimestampResponse(Buffer.concat([response, Buffer.of(0)]))).toThrow('DER: trailing bytes')
  })
})

describe.skipIf(!hasShared)('real responses', () => {
  test("wrapping a bundle's token again gives what Sigstore's own library verifies", () => {
    const { timestamps, signature, trust } = readBundle('rekor2-happy-path')
    const [response = new Uint8Array()] = timestamps
    const wrapped = encodeTimestampResponse(parseTimestampResponse(response))
    const [leaf] = trust.timestampAuthorities[0]?.chain ?? []
    if (leaf === undefined) expect.fail('no authority')
    RFC3161Timestamp.parse(Buffer.from(wrapped)).verify(Buffer.from(signature), leaf.key.handle)
  })

  test.each(bundleNames())('%s: each response gives a token', (name) => {
    for (const response of readBundle(name).timestamps) expect(parseTimestampResponse(response)[0]).toBe(0x30)
  })
})
