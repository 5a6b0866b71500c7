import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Element, Reader, TAG } from '../../src/asn1/read.ts'
import {
  parseBitString,
  parseBoolean,
  parseFractionalTime,
  parseIntegerBytes,
  parseNamedBits,
  parseOid,
  parseSmallInteger,
  parseText,
  parseTime,
} from '../../src/asn1/value.ts'
import {
  encodeBitString,
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOid,
  encodeSet,
  encodeUtcTime,
  encodeUtf8String,
} from '../../src/asn1/write.ts'
import { encodeUtf8, fromHex, toHex } from '../../src/bytes.ts'

const element = (der: Uint8Array): Element => new Reader(der).readAny()
const hex = (text: string): Element => element(fromHex(text))
const time = (tag: number, text: string) => element(encodeElement(tag, encodeUtf8(text)))

describe('what is written is read', () => {
  test('integers', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(parseSmallInteger(element(encodeInteger(value)))).toBe(value)
      }),
      { examples: [[0], [127], [128], [255], [256], [2 ** 53 - 1]] },
    )
    expect(toHex(parseIntegerBytes(element(encodeInteger(2n ** 64n))))).toBe('010000000000000000')
  })
  test('object identifiers', () => {
    const arc = fc.nat(2 ** 31 - 1)
    fc.assert(
      fc.property(fc.nat(2), fc.nat(39), fc.array(arc, { maxLength: 8 }), (first, second, rest) => {
        const text = [first, second, ...rest].join('.')
        expect(parseOid(element(encodeOid(text)))).toBe(text)
      }),
      { examples: [[2, 39, [0, 127, 128, 16_383, 16_384]]] },
    )
    expect(parseOid(hex('0603883703'))).toBe('2.999.3')
  })

  test('an OID is not taken for one that was read before, has its place, and is how it begins', () => {
    expect(parseOid(hex('06080001040704121208'))).toBe('0.0.1.4.7.4.18.18.8')
    expect(parseOid(hex('0609000104070412120801'))).toBe('0.0.1.4.7.4.18.18.8.1')
  })
  test('times', () => {
    const range = { min: new Date('1950-01-01T00:00:00Z'), max: new Date('2049-12-31T23:59:59Z'), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(range), (date) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000
        expect(parseTime(element(encodeUtcTime(seconds)))).toBe(seconds)
      }),
    )
  })
  test('no UTCTime beyond its century', () => {
    for (const bad of [Date.UTC(2050, 0), Date.UTC(1949, 11, 31), Number.NaN])
      expect(() => encodeUtcTime(bad)).toThrow('not between 1950 and 2049')
  })
  test('booleans, bit strings, text', () => {
    expect([true, false].map((value) => parseBoolean(element(encodeBoolean(value))))).toEqual([true, false])
    expect(toHex(parseBitString(element(encodeBitString(Uint8Array.of(1, 2)))))).toBe('0102')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parseText(element(encodeUtf8String(text)))).toBe(text)
      }),
    )
  })
  test('a set in the order of its bytes', () => {
    expect(toHex(encodeSet(encodeInteger(300), encodeNull(), encodeInteger(2)))).toBe('31090201020202012c0500')
  })
})

describe('a value is refused', () => {
  const refused: readonly (readonly [string, (element: Element) => unknown, string, string])[] = [
    ['a BOOLEAN of another true', parseBoolean, '010101', 'not DER'],
    ['a BOOLEAN of two octets', parseBoolean, '0102ffff', 'not DER'],
    ['a BOOLEAN of another tag', parseBoolean, '0201ff', 'wrong tag'],
    ['an empty INTEGER', parseIntegerBytes, '0200', 'empty'],
    ['an INTEGER with a leading zero', parseIntegerBytes, '0202007f', 'not minimal'],
    ['an INTEGER with leading ones', parseIntegerBytes, '0202ff80', 'not minimal'],
    ['an INTEGER of another tag', parseIntegerBytes, '0a0101', 'wrong tag'],
    ['a negative small INTEGER', parseSmallInteger, '0201ff', 'negative'],
    ['a small INTEGER of 54 bits', parseSmallInteger, '020720000000000000', 'too large'],
    ['a small INTEGER of 8 octets', parseSmallInteger, '02080100000000000000', 'too large'],
    ['an empty OID', parseOid, '0600', 'bad length'],
    ['an OID with a padded arc', parseOid, '06032a8001', 'not minimal'],
    ['an OID that begins padded', parseOid, '06028001', 'not minimal'],
    ['an OID cut off', parseOid, '06022a81', 'truncated'],
    ['an OID with a huge arc', parseOid, '060a2affffffffffffffff7f', 'arc too large'],
    ['an OID of 65 octets', parseOid, `0641${'01'.repeat(65)}`, 'bad length'],
    ['an OID of another tag', parseOid, '0d012a', 'wrong tag'],
    ['a BIT STRING with unused bits', parseBitString, '03020180', 'unused bits'],
    ['an empty BIT STRING', parseBitString, '0300', 'unused bits'],
    ['named bits without a count', parseNamedBits, '0300', 'bad unused bits'],
    ['named bits with 8 unused', parseNamedBits, '03020880', 'bad unused bits'],
    ['named bits with trailing zeros', parseNamedBits, '03020080', 'not DER'],
    ['named bits with dirt in the unused ones', parseNamedBits, '03020781', 'not DER'],
    ['no named bits but a count', parseNamedBits, '030103', 'not DER'],
    ['text of another type', parseText, '1401 61'.replace(' ', ''), 'not a supported'],
    ['a PrintableString with an underscore', parseText, '13015f', 'not a supported'],
    ['an IA5String beyond ASCII', parseText, '160180', 'not a supported'],
    ['a UTF8String that is none', parseText, '0c02c328', 'not UTF-8'],
  ]
  test.each(refused)('%s', (_, parse, text, why) => {
    expect(() => parse(hex(text))).toThrow(why)
    expect(() => parse(hex(text))).toThrow(expect.objectContaining({ code: 'parse' }))
  })

  test.each([
    ['no Zulu', TAG.utcTime, '2601020304050'],
    ['no seconds', TAG.utcTime, '2601020304Z'],
    ['an offset', TAG.utcTime, '260102030405+0000'],
    ['a letter', TAG.utcTime, '26010203040xZ'],
    ['the character behind 9', TAG.utcTime, '26010203040:Z'],
    ['the character before 0', TAG.utcTime, '26010203041/Z'],
    ['a month 0', TAG.utcTime, '260002030405Z'],
    ['a month 13', TAG.utcTime, '261302030405Z'],
    ['a day 0', TAG.utcTime, '260100030405Z'],
    ['29 February of 2025', TAG.utcTime, '250229030405Z'],
    ['29 February of 2100', TAG.generalizedTime, '21000229030405Z'],
    ['an hour 24', TAG.utcTime, '260102240405Z'],
    ['a minute 60', TAG.utcTime, '260102036005Z'],
    ['a second 60', TAG.utcTime, '260102030460Z'],
    ['a fraction', TAG.generalizedTime, '20260102030405.5Z'],
    ['UTCTime with four digits of year', TAG.utcTime, '20260102030405Z'],
    ['UTCTime with two digits more', TAG.utcTime, '26010203040506Z'],
    ['GeneralizedTime with two', TAG.generalizedTime, '260102030405Z'],
    ['another tag', TAG.ia5String, '260102030405Z'],
  ])('a time with %s', (_, tag, text) => {
    expect(() => parseTime(time(tag, text))).toThrow('time: ')
  })

  test.each([
    '20260102030405.Z',
    '20260102030405.50Z',
    '20260102030405,5Z',
    '2026010203Z',
    '20260102030405.1234567891Z',
  ])('a fractional time %s', (text) => {
    expect(() => parseFractionalTime(time(TAG.generalizedTime, text))).toThrow('not DER')
  })
})

test('centuries, leap days and the ends of GeneralizedTime', () => {
  expect(parseTime(time(TAG.utcTime, '491231235959Z'))).toBe(Date.parse('2049-12-31T23:59:59Z'))
  expect(parseTime(time(TAG.utcTime, '500101000000Z'))).toBe(Date.parse('1950-01-01T00:00:00Z'))
  expect(parseTime(time(TAG.utcTime, '240229000000Z'))).toBe(Date.parse('2024-02-29T00:00:00Z'))
  expect(parseTime(time(TAG.generalizedTime, '20000229000000Z'))).toBe(Date.parse('2000-02-29T00:00:00Z'))
  expect(parseTime(time(TAG.generalizedTime, '00500101000000Z'))).toBe(Date.parse('0050-01-01T00:00:00Z'))
  expect(parseTime(time(TAG.generalizedTime, '99991231235959Z'))).toBe(Date.parse('9999-12-31T23:59:59Z'))
})

test('PrintableString and IA5String are read in their own letters', () => {
  expect(parseText(time(TAG.printableString, "aZ 09'()+,-./:=?"))).toBe("aZ 09'()+,-./:=?")
  expect(parseText(time(TAG.ia5String, 'a_@\0'))).toBe('a_@\0')
})

test('fractions are read to the millisecond', () => {
  const at = (text: string) => parseFractionalTime(time(TAG.generalizedTime, text)) - Date.parse('2026-01-02T03:04:05Z')
  expect(
    ['20260102030405Z', '20260102030405.5Z', '20260102030405.001Z', '20260102030405.29Z', '20260102030405.9999Z'].map(
      at,
    ),
  ).toEqual([0, 500, 1, 290, 999])
})

test('named bits are counted from the left', () => {
  expect([...parseNamedBits(hex('03020106'))]).toEqual([5, 6])
  expect([...parseNamedBits(hex('0303070080'))]).toEqual([8])
  expect([...parseNamedBits(hex('030100'))]).toEqual([])
})
