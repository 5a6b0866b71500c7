import { describe, expect, test } from 'vitest'
import { TAG } from '../../src/asn1/read.ts'
import { encodeElement, encodeInteger, encodeSequence } from '../../src/asn1/write.ts'
import { concatBytes, fromHex } from '../../src/bytes.ts'
import { isCurvePoint, isEcdsaSignature } from '../../src/x509/ecdsa.ts'
import { newKey } from './build.ts'

const ORDERS = [
  ['P-256', 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  ['P-384', BigInt(`0x${'f'.repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973`)],
  ['P-521', BigInt(`0x1${'f'.repeat(65)}a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`)],
] as const
const signature = (...numbers: readonly bigint[]) => encodeSequence(...numbers.map((one) => encodeInteger(one)))

describe.each(ORDERS)('a signature on %s', (curve, n) => {
  test('holds numbers from 1 to n - 1', () => {
    for (const [r, s] of [
      [1n, 1n],
      [n - 1n, n - 1n],
      [1n, n / 2n],
    ] as const)
      expect(isEcdsaSignature(curve, signature(r, s))).toBe(true)
  })
  test('holds no other numbers', () => {
    for (const bad of [0n, n, n + 1n, n * 256n])
      for (const pair of [
        [bad, 1n],
        [1n, bad],
      ] as const)
        expect(isEcdsaSignature(curve, signature(...pair))).toBe(false)
  })
})

test('a signature is two minimal INTEGERs in a SEQUENCE and nothing more', () => {
  const one = encodeInteger(1)
  const bad = [
    encodeSequence(one),
    encodeSequence(one, one, one),
    encodeSequence(encodeElement(TAG.integer, fromHex('80')), one),
    encodeSequence(encodeElement(TAG.integer, fromHex('0001')), one),
    encodeSequence(encodeElement(TAG.integer), one),
    concatBytes(encodeSequence(one, one), Uint8Array.of(0)),
    new Uint8Array(),
  ]
  expect(bad.map((der) => isEcdsaSignature('P-256', der))).toEqual(bad.map(() => false))
  expect(isEcdsaSignature('P-256', encodeSequence(one, one))).toBe(true)
})

test('a point is uncompressed, of the right length, reduced and on the curve', () => {
  const point = newKey().spki.subarray(26)
  expect(isCurvePoint('P-256', point)).toBe(true)
  expect(isCurvePoint('P-384', point)).toBe(false)
  for (const form of [2, 3, 6, 7])
    expect(isCurvePoint('P-256', concatBytes(Uint8Array.of(form), point.subarray(1)))).toBe(false)
  expect(isCurvePoint('P-256', concatBytes(point, Uint8Array.of(0)))).toBe(false)
  // A longer y that is the same number.
  expect(isCurvePoint('P-256', concatBytes(point.subarray(0, 33), Uint8Array.of(0), point.subarray(33)))).toBe(false)
  expect(isCurvePoint('P-256', new Uint8Array(65).fill(4, 0, 1))).toBe(false)
})
