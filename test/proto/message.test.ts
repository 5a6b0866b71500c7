import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../../src/bytes.ts'
import { encodeMessage, parseMessage } from '../../src/proto/message.ts'

const read = (hex: string) => parseMessage(fromHex(hex), 'message')

test('a message reads back as it was written', () => {
  const int64 = fc.bigInt(0n, 2n ** 63n - 1n)
  fc.assert(
    fc.property(int64, fc.uint8Array({ maxLength: 300 }), fc.string(), (number, bytes, text) => {
      const encoded = encodeMessage([
        [1, number],
        [2, bytes],
        [3, text],
      ])
      const message = parseMessage(encoded, 'message')
      expect(message.int64(1)).toBe(number)
      expect(Buffer.from(message.bytes(2) ?? [])).toEqual(Buffer.from(bytes))
      expect(message.text(3)).toBe(text)
    }),
    { examples: [[2n ** 63n - 1n, new Uint8Array(), '']] },
  )
})

test('fields that are absent are zero, empty or undefined', () => {
  const message = read('')
  expect([message.int64(1), message.bytes(1), message.text(1), message.every(1), message.message(1)]).toEqual([
    0n,
    undefined,
    '',
    [],
    undefined,
  ])
})

test('unknown fields of every wire type in use are skipped', () => {
  expect(read('7801' + '7a0141' + '790102030405060708' + '7d01020304' + '0805').int64(1)).toBe(5n)
})

test('a repeated field keeps its order', () => {
  expect(
    read('0a0141' + '0a0142')
      .every(1)
      .map(toHex),
  ).toEqual(['41', '42'])
})

describe('refused', () => {
  const cases: readonly (readonly [why: string, hex: string, fault: string])[] = [
    ['a field cut short', '0a0541', 'message: truncated'],
    ['a varint cut short', '0880', 'message: truncated'],
    ['a fixed field cut short', '7d0102', 'message: truncated'],
    ['a varint with a superfluous zero', '088000', 'message: varint not minimal'],
    ['a varint beyond 64 bits', `08${'ff'.repeat(9)}02`, 'message: varint not minimal'],
    ['a varint of eleven bytes', `08${'ff'.repeat(10)}01`, 'message: varint too long'],
    ['a negative number', `08${'ff'.repeat(9)}01`, 'message: field 1 is negative'],
    ['a group', '0b0c', 'message: unsupported wire type'],
    ['field number zero', '0001', 'message: bad field number'],
    ['a length beyond the message', `0a${'ff'.repeat(9)}01`, 'message: truncated'],
    ['bytes where a number belongs', '0a0141', 'message: field 1 is not a varint'],
    ['more than 128 fields', '1001'.repeat(129), 'message: too many fields'],
  ]
  test.each(cases)('%s', (_, hex, fault) => {
    expect(() => read(hex).int64(1)).toThrow(fault)
  })

  test('a singular field that comes twice, of which readers take either', () => {
    expect(() => read('08010802').int64(1)).toThrow('message: field 1 comes twice')
    expect(() => read('0a01410a0142').bytes(1)).toThrow('message: field 1 comes twice')
  })

  test('a number where bytes belong', () => {
    expect(() => read('0801').bytes(1)).toThrow('message: field 1 is not length-delimited')
  })

  test('text that is not UTF-8', () => {
    expect(() => read('0a01ff').text(1)).toThrow('message: not UTF-8')
  })
})

test('no bytes at all make the reader fail otherwise than by a parse fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        parseMessage(bytes, 'message').int64(1)
      } catch (thrown) {
        expect(thrown).toMatchObject({ name: 'Fault', code: 'parse' })
      }
    }),
  )
})
