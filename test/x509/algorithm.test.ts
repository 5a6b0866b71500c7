// The parameters beside a certificate's signature algorithm (RFC 4055 5, RFC 5758 3.2): bytes that nobody reads are a place
// to hide in.
import { expect, test } from 'vitest'
import { readDer, TAG } from '../../src/asn1/read.ts'
import { encodeNull, encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { parseSignatureAlgorithm } from '../../src/x509/algorithm.ts'

const RSA = '1.2.840.113549.1.1.11'
const ECDSA = '1.2.840.10045.4.3.2'
const read = (oid: string, ...parameters: readonly Uint8Array[]) =>
  parseSignatureAlgorithm(readDer(encodeSequence(encodeOid(oid), ...parameters), TAG.sequence))

test('RSA has NULL, ECDSA nothing', () => {
  expect(read(RSA, encodeNull())).toBe(RSA)
  expect(read(ECDSA)).toBe(ECDSA)
})

test.each([
  ['RSA without', () => read(RSA)],
  ['RSA with an empty SEQUENCE', () => read(RSA, encodeSequence())],
  ['RSA with a NULL that holds something', () => read(RSA, Uint8Array.of(5, 1, 0))],
  ['ECDSA with NULL', () => read(ECDSA, encodeNull())],
])('%s is refused', (_, reading) => {
  expect(reading).toThrow('wrong parameters')
})

test('an algorithm that is not accepted is read, and what stands beside it is left to its name', () => {
  expect(read('1.2.840.113549.1.1.5', encodeNull())).toBe('1.2.840.113549.1.1.5')
})
