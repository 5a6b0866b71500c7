import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodePem, parsePem } from '../../src/x509/pem.ts'
import { certificateDer } from './build.ts'

const der = certificateDer()
const pem = encodePem('CERTIFICATE', der)

test('what is written is read, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 3 }), (blocks) => {
      const text = blocks.map((block) => encodePem('CERTIFICATE', block)).join('')
      expect(parsePem(text, 'CERTIFICATE').map((one) => Uint8Array.from(one))).toEqual(blocks)
    }),
  )
})

test('lines have 64 columns and the last one a newline', () => {
  const lines = pem.split('\n')
  expect(lines.at(-1)).toBe('')
  expect(lines.slice(1, -3).every((line) => line.length === 64)).toBe(true)
})

test('blank lines, CRLF and text between blocks are skipped', () => {
  const text = `subject=/O=x\n${pem}\n\n# the second\r\n${pem.replaceAll('\n', '\r\n')}`
  expect(parsePem(text, 'CERTIFICATE')).toEqual([Buffer.from(der), Buffer.from(der)])
})

describe('is refused', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'holds no CERTIFICATE'],
    ['another label', encodePem('PRIVATE KEY', der) + pem, 'unexpected boundary'],
    ['a misspelt boundary', pem.replace('BEGIN CERT', 'BEGIN  CERT') + pem, 'unexpected boundary'],
    ['a block without an end', pem.slice(0, -26), 'has no end'],
    ['a block cut off by the next', pem.replace('-----END CERTIFICATE-----\n', '') + pem, 'unexpected boundary'],
    ['an end alone', `-----END CERTIFICATE-----\n${pem}`, 'unexpected boundary'],
    ['an empty block', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n', 'is empty'],
    ['spare bits', '-----BEGIN CERTIFICATE-----\nAB==\n-----END CERTIFICATE-----\n', 'not canonical base64'],
    ['a foreign character', pem.replace('M', '*'), 'not canonical base64'],
    ['4 MiB', pem.padEnd((1 << 22) + 1, '\n'), 'too large'],
  ]
  test.each(refused)('%s', (_, text, why) => {
    expect(() => parsePem(text, 'CERTIFICATE')).toThrow(why)
  })
})
