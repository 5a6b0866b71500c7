import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeArmor, parseArmor } from '../../src/cms/armor.ts'
import { cmsDer } from './build.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const der = cmsDer()
const text = textOf(encodeArmor(der))

test('what is written is read, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      expect(Uint8Array.from(parseArmor(encodeArmor(bytes)))).toEqual(bytes)
    }),
  )
})

test('a block has 64 columns, LF and a last newline', () => {
  expect(text).toMatch(
    /^-----BEGIN SIGNED MESSAGE-----\n([A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/=]{1,64}\n-----END SIGNED MESSAGE-----\n$/,
  )
})

test('the last newline may be missing', () => {
  expect(Uint8Array.from(parseArmor(bytesOf(text.trimEnd())))).toEqual(Uint8Array.from(der))
})

describe('is refused', () => {
  const lines = text.split('\n')
  const refused: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['two blocks', text + text],
    ['a block of another kind', text.replaceAll('SIGNED MESSAGE', 'PGP SIGNATURE')],
    ['text before the block', `x\n${text}`],
    ['text behind the block', `${text}x`],
    ['a second newline', `${text}\n`],
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['headers', text.replace('\n', '\nComment: x\n\n')],
    ['spaces', text.replace('\n', '\n ')],
    ['other columns', [lines[0], lines.slice(1, -2).join(''), ...lines.slice(-2)].join('\n')],
    ['an empty line before the end', text.replace('\n-----END', '\n\n-----END')],
    ['an end in the last line', text.replace('\n-----END', '-----END')],
    ['a line of 63 and one of 65', text.replace(/\n(\S{63})(\S)\n/, '\n$1\n$2')],
    ['an empty block', `${lines[0]}\n${lines.at(-2)}\n`],
    ['a block without its begin', lines.slice(1).join('\n')],
    ['a block without its end', lines.slice(0, -2).join('\n')],
    ['spare bits', `${lines[0]}\nAB==\n${lines.at(-2)}\n`],
    ['no padding', `${lines[0]}\nAA\n${lines.at(-2)}\n`],
    ['the URL alphabet', `${lines[0]}\n_-__\n${lines.at(-2)}\n`],
    ['a NUL', text.replace('M', '\0')],
  ]
  test.each(refused)('%s', (_, block) => {
    expect(() => parseArmor(bytesOf(block))).toThrow(expect.objectContaining({ code: 'parse' }))
  })

  test('another kind of block, by its name', () => {
    expect(() => parseArmor(bytesOf(text.replace('BEGIN SIGNED', 'BEGIN PGP')))).toThrow('not one SIGNED MESSAGE block')
    expect(() => parseArmor(bytesOf(text.replace('END SIGNED', 'END PGP')))).toThrow('not one SIGNED MESSAGE block')
  })

  test('begin and end that overlap', () => {
    expect(() => parseArmor(bytesOf('-----BEGIN SIGNED MESSAGE-----'))).toThrow('armor')
  })

  test('a block of 512 KiB', () => {
    expect(() => parseArmor(encodeArmor(new Uint8Array(400_000)))).toThrow('too large')
  })
})
