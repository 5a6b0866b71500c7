import { describe, expect, test } from 'vitest'
import { encodeBoolean, encodeInteger, encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { parseBasicConstraints, parseExtKeyUsage, parseKeyUsage } from '../../src/x509/extensions.ts'
import { encodeVector } from '../../src/x509/tls.ts'
import { grafts } from '../asn1/graft.ts'
import { CERT_SIGN, caConstraint, certificate, DIGITAL_SIGNATURE, extension, newKey, purposes } from './build.ts'

const key = newKey()
const holding = (...extensions: Uint8Array[]) => certificate({ key, extensions })
const constraints = (...fields: Uint8Array[]) =>
  parseBasicConstraints(holding(extension('2.5.29.19', encodeSequence(...fields))))

describe('basic constraints', () => {
  test('are read', () => {
    expect(parseBasicConstraints(holding(caConstraint(3)))).toEqual({ isCA: true, pathLength: 3 })
    expect(parseBasicConstraints(holding(caConstraint()))).toEqual({ isCA: true, pathLength: undefined })
    expect(constraints()).toEqual({ isCA: false, pathLength: undefined })
    expect(parseBasicConstraints(holding(DIGITAL_SIGNATURE))).toBeUndefined()
  })
  test('are refused in any other form', () => {
    expect(() => constraints(encodeBoolean(false))).toThrow('cA is written as false')
    expect(() => constraints(encodeInteger(1))).toThrow('a path length without a CA')
    expect(() => constraints(encodeInteger(1), encodeBoolean(true))).toThrow('trailing bytes')
    for (const [, value] of grafts(encodeSequence(encodeBoolean(true), encodeInteger(1))))
      expect(() => parseBasicConstraints(holding(extension('2.5.29.19', value)))).toThrow('trailing bytes')
  })
})

test('key usage is read as bits', () => {
  expect([...(parseKeyUsage(holding(CERT_SIGN)) ?? [])]).toEqual([5, 6])
  expect(parseKeyUsage(holding(caConstraint()))).toBeUndefined()
})

describe('purposes', () => {
  test('are read with their criticality', () => {
    expect(parseExtKeyUsage(holding(purposes(['1.2.3', '1.2.4'], true)))).toEqual({
      critical: true,
      purposes: ['1.2.3', '1.2.4'],
    })
    expect(parseExtKeyUsage(holding(purposes(['1.2.3'])))?.critical).toBe(false)
    expect(parseExtKeyUsage(holding(DIGITAL_SIGNATURE))).toBeUndefined()
  })
  test('are refused where there are none, 33, or other things', () => {
    const many = Array.from({ length: 33 }, (_, i) => `1.2.${i}`)
    expect(() => parseExtKeyUsage(holding(purposes([])))).toThrow('found the end')
    expect(() => parseExtKeyUsage(holding(purposes(many)))).toThrow('too many purposes')
    expect(parseExtKeyUsage(holding(purposes(many.slice(1))))?.purposes).toHaveLength(32)
    expect(() =>
      parseExtKeyUsage(holding(extension('2.5.29.37', encodeSequence(encodeOid('1.2'), encodeInteger(1))))),
    ).toThrow('expected tag')
  })
})

test('a vector that is longer than its length can say is refused', () => {
  expect(encodeVector(1, new Uint8Array(255))).toHaveLength(256)
  expect(() => encodeVector(1, new Uint8Array(256))).toThrow('too long')
})
