import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextTag, MAX_DER, Reader, readDer, TAG } from '../../src/asn1/read.ts'
import { encodeElement, encodeOctetString, encodeSequence } from '../../src/asn1/write.ts'
import { concatBytes, fromHex } from '../../src/bytes.ts'
import { Fault } from '../../src/errors.ts'

describe('readDer', () => {
  test('gives back what was written, as views on the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000, size: 'max' }), (content) => {
        const der = encodeOctetString(content)
        const element = readDer(der, TAG.octetString)
        expect(Buffer.compare(element.content, content)).toBe(0)
        expect(element.content.buffer).toBe(der.buffer)
        expect(element.length).toBe(content.length)
        expect(Buffer.compare(element.bytes, der)).toBe(0)
      }),
      {
        numRuns: 30,
        examples: [
          [new Uint8Array(127)],
          [new Uint8Array(128)],
          [new Uint8Array(255)],
          [new Uint8Array(256)],
          [new Uint8Array(65_536)],
        ],
      },
    )
  })

  const refused: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'expected tag 0x04, found the end'],
    ['another tag', '0500', 'expected tag 0x04, found 0x05'],
    ['a tag alone', '04', 'truncated'],
    ['content cut off', '040261', 'truncated'],
    ['a length cut off', '0482', 'truncated'],
    ['a trailing byte', '04016100', 'trailing bytes'],
    ['an indefinite length', '0480610000', 'indefinite length'],
    ['a long length that fits in a short one', '04810161', 'length not minimal'],
    ['a length with a leading zero', `04820080${'61'.repeat(128)}`, 'length not minimal'],
    ['a length of five octets', '04850000000161', 'length too large'],
    ['a length beyond the end', '0484ffffffff61', 'truncated'],
  ]
  test.each(refused)('refuses %s', (_, hex, why) => {
    expect(() => readDer(fromHex(hex), TAG.octetString)).toThrow(why)
    expect(() => readDer(fromHex(hex), TAG.octetString)).toThrow(Fault)
  })

  test('refuses a high tag number', () => {
    expect(() => new Reader(fromHex('1f810161')).readAny()).toThrow('high tag number')
  })

  test('refuses a document over the limit before it reads it', () => {
    expect(() => readDer(new Uint8Array(MAX_DER + 1), TAG.octetString)).toThrow('too large')
  })

  test('refuses nesting beyond the limit', () => {
    let der = encodeSequence()
    for (let i = 0; i < 30; i++) der = encodeSequence(der)
    const descend = (reader: Reader) => {
      while (!reader.done) reader = reader.read(TAG.sequence).reader()
    }
    expect(() => descend(new Reader(der))).toThrow('nested too deeply')
  })

  test('whatever the bytes are, the answer is an element or a parse fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          const reader = new Reader(bytes)
          while (!reader.done) reader.readAny()
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'parse' })
        }
      }),
    )
  })
})

describe('Reader', () => {
  test('reads one after the other, and only what is there', () => {
    const reader = new Reader(
      concatBytes(encodeOctetString(Uint8Array.of(1)), encodeElement(contextTag(1), encodeSequence())),
    )
    expect(reader.readOptional(TAG.sequence)).toBeUndefined()
    expect(reader.peek()).toBe(TAG.octetString)
    expect(reader.readOptional(TAG.octetString)?.content).toEqual(Buffer.of(1))
    expect(() => reader.finish()).toThrow('trailing bytes')
    expect(reader.read(0xa1).reader().read(TAG.sequence).length).toBe(0)
    expect(reader.peek()).toBeUndefined()
    reader.finish()
  })

  test('does not read past the element it is in', () => {
    const outer = concatBytes(fromHex('3003040261'), fromHex('6263'))
    expect(() => new Reader(outer).read(TAG.sequence).reader().read(TAG.octetString)).toThrow('truncated')
  })
})
