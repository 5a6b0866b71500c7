// Vectors about the text form: one block and nothing else.
import { decodeLatin1, encodeUtf8 } from '../../src/bytes.ts'
import { encodeArmor } from '../../src/cms/armor.ts'
import type { Recipe } from '../forge/recipe.ts'
import { ALL_KINDS, bad, type Vector } from './vector.ts'

const NOT_ONE = 'armor: not one SIGNED MESSAGE block'

const NOT_LINES = 'armor: not base64 in lines of 64'

/** Armor edited as text. */
const armored = (change: (text: string) => string): Pick<Recipe, 'armor'> => ({
  armor: (text) => encodeUtf8(change(decodeLatin1(text))),
})

export const ARMOR: readonly Vector[] = [
  ...bad(
    'format',
    'two-blocks',
    NOT_LINES,
    'two blocks in one header: one reader takes the first, another the last',
    armored((text) => text + text),
  ),
  ...bad('format', 'text-after-block', NOT_ONE, 'text behind the block that no check reads', {
    ...armored((text) => `${text}more\n`),
    kinds: ALL_KINDS,
  }),
  ...bad(
    'format',
    'end-label',
    NOT_ONE,
    'the block ends under another label',
    armored((text) => text.replace('END SIGNED MESSAGE', 'END CMS')),
  ),
  ...bad(
    'format',
    'text-behind-marker',
    NOT_ONE,
    'text on the marker line, which Git ignores',
    armored((text) => text.replace('MESSAGE-----\n', 'MESSAGE----- more\n')),
  ),
  ...bad(
    'format',
    'carriage-returns',
    NOT_ONE,
    'lines end in CR LF, a second form of the same signature',
    armored((text) => text.replaceAll('\n', '\r\n')),
  ),
  ...bad(
    'format',
    'long-lines',
    NOT_LINES,
    'lines of 76 columns, a second form of the same signature',
    armored(rewrapped),
  ),
  ...bad(
    'format',
    'blank-line',
    NOT_LINES,
    'an empty line inside the block',
    armored((text) => text.replace('-----\n', '-----\n\n')),
  ),
  ...bad(
    'format',
    'pem-header',
    NOT_LINES,
    'a PEM header inside the block, where bytes hide',
    armored((text) => text.replace('-----\n', '-----\nVersion: 1\n')),
  ),
  ...bad('format', 'empty-block', NOT_LINES, 'nothing inside the block', {
    armor: () => encodeUtf8('-----BEGIN SIGNED MESSAGE-----\n-----END SIGNED MESSAGE-----\n'),
  }),
  ...bad('format', 'spare-bits', NOT_LINES, 'base64 whose last bits say something that nobody reads', {
    der: toOneMore,
    ...armored(withSpareBits),
  }),
  ...bad('format', 'huge-block', 'armor: too large', 'a block of over 512 KiB, to make the verifier work', {
    armor: () => encodeArmor(new Uint8Array(400_000)),
  }),
]

function rewrapped(text: string): string {
  const [first = '', ...rest] = text.trimEnd().split('\n')
  const lines =
    rest
      .slice(0, -1)
      .join('')
      .match(/.{1,76}/g) ?? []
  return [first, ...lines, rest.at(-1), ''].join('\n')
}

/** So that the base64 ends in padding. */
function toOneMore(der: Uint8Array): Uint8Array {
  return der.length % 3 === 0 ? Buffer.concat([der, Uint8Array.of(0)]) : der
}

function withSpareBits(text: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return text.replace(
    /(.)(=+\n-----END)/,
    (_, last: string, end: string) => `${digits[digits.indexOf(last) + 1]}${end}`,
  )
}
