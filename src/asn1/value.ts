// DER values of the universal types (X.690 sections 8 and 11), each refused unless it is in its one canonical form.
import { decodeLatin1, decodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { type Element, TAG } from './read.ts'

export function parseBoolean(element: Element): boolean {
  const value = expect(element, TAG.boolean, 'BOOLEAN').at(0)
  if (element.length !== 1 || (value !== 0x00 && value !== 0xff)) throw malformed('BOOLEAN', 'not DER')
  return value === 0xff
}

/** The minimal two's-complement content octets of an INTEGER. */
export function parseIntegerBytes(element: Element): Uint8Array {
  return checkInteger(element).content
}

/** The element itself, where it is an INTEGER in its one form: for who looks at its octets and needs no view on them. */
export function checkInteger(element: Element): Element {
  const [first, second] = [expect(element, TAG.integer, 'INTEGER').at(0), element.at(1)]
  if (first === undefined) throw malformed('INTEGER', 'empty')
  if (second !== undefined && ((first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw malformed('INTEGER', 'not minimal')
  return element
}

/** A non-negative INTEGER that a number holds exactly. */
export function parseSmallInteger(element: Element): number {
  if ((checkInteger(element).at(0) ?? 0x80) >= 0x80) throw malformed('INTEGER', 'negative')
  let value = 0
  for (let i = 0; i < element.length; i++) value = value * 256 + (element.at(i) ?? 0)
  if (!Number.isSafeInteger(value)) throw malformed('INTEGER', 'too large')
  return value
}

interface KnownOid {
  readonly content: Uint8Array
  readonly text: string
}

/** Those read before: a signature holds twenty, and nearly all signatures the same. */
const knownOids = new Map<number, KnownOid>()
const MAX_KNOWN_OIDS = 512

/** OBJECT IDENTIFIER in dotted form. */
export function parseOid(element: Element): string {
  expect(element, TAG.oid, 'OBJECT IDENTIFIER')
  const slot = hashOf(element)
  const known = knownOids.get(slot)
  if (known !== undefined && isContent(element, known.content)) return known.text
  const content = Uint8Array.from(element.content)
  const text = decodeOid(content)
  if (knownOids.size < MAX_KNOWN_OIDS) knownOids.set(slot, { content, text })
  return text
}

/** Only says where to look: the octets are compared. */
function hashOf(element: Element): number {
  let hash = element.length
  for (let i = 0; i < element.length && i < 64; i++) hash = (Math.imul(hash, 31) + (element.at(i) ?? 0)) | 0
  return hash
}

function isContent(element: Element, content: Uint8Array): boolean {
  if (element.length !== content.length) return false
  for (let i = 0; i < content.length; i++) if (element.at(i) !== content[i]) return false
  return true
}

function decodeOid(content: Uint8Array): string {
  if (content.length === 0 || content.length > 64) throw malformed('OBJECT IDENTIFIER', 'bad length')
  let text = ''
  let arc = 0
  let fresh = true
  for (const byte of content) {
    if (fresh && byte === 0x80) throw malformed('OBJECT IDENTIFIER', 'not minimal')
    arc = arc * 128 + (byte & 0x7f)
    if (!Number.isSafeInteger(arc)) throw malformed('OBJECT IDENTIFIER', 'arc too large')
    fresh = byte < 0x80
    if (!fresh) continue
    if (text === '') {
      const first = arc < 80 ? Math.floor(arc / 40) : 2
      text = `${first}.${arc - first * 40}`
    } else text += `.${arc}`
    arc = 0
  }
  if (!fresh) throw malformed('OBJECT IDENTIFIER', 'truncated')
  return text
}

/** The octets of a BIT STRING with no unused bits, as keys and signatures are. */
export function parseBitString(element: Element): Uint8Array {
  const content = expect(element, TAG.bitString, 'BIT STRING').content
  if (content[0] !== 0) throw malformed('BIT STRING', 'unused bits')
  return content.subarray(1)
}

/** The set bits of a named-bit BIT STRING (X.690 11.2.2: no trailing zero bits). */
export function parseNamedBits(element: Element): ReadonlySet<number> {
  const { length } = expect(element, TAG.bitString, 'BIT STRING')
  const unused = element.at(0)
  const last = element.at(length - 1) ?? 0
  if (unused === undefined || unused > 7) throw malformed('BIT STRING', 'bad unused bits')
  if (length === 1 ? unused !== 0 : ((last >> unused) & 1) !== 1 || (last & ((1 << unused) - 1)) !== 0)
    throw malformed('BIT STRING', 'not DER')
  const bits = new Set<number>()
  for (let i = 0; i < (length - 1) * 8; i++) if (((element.at(1 + (i >> 3)) ?? 0) >> (7 - (i & 7))) & 1) bits.add(i)
  return bits
}

/** UTCTime or GeneralizedTime in Zulu form without fractions, in milliseconds since 1970. */
export function parseTime(element: Element): number {
  const { content } = element
  if (content.at(-1) !== 0x5a) throw malformed('time', 'not in Zulu form')
  if (element.tag === TAG.generalizedTime && content.length === 15) return moment(digits(content, 0, 4), content, 4)
  if (element.tag !== TAG.utcTime || content.length !== 13)
    throw malformed('time', 'not DER UTCTime or GeneralizedTime')
  const year = digits(content, 0, 2)
  return moment(year < 50 ? 2000 + year : 1900 + year, content, 2)
}

/** GeneralizedTime that may carry a fraction (RFC 3161 genTime), in milliseconds; finer digits are dropped. */
export function parseFractionalTime(element: Element): number {
  const { content } = expect(element, TAG.generalizedTime, 'GeneralizedTime')
  const match = /^\d{14}(?:\.(\d{0,8}[1-9]))?Z$/.exec(decodeLatin1(content))
  if (match === null) throw malformed('GeneralizedTime', 'not DER')
  return moment(digits(content, 0, 4), content, 4) + Number((match[1] ?? '').slice(0, 3).padEnd(3, '0'))
}

/** UTF8String, PrintableString or IA5String. */
export function parseText(element: Element): string {
  if (element.tag === TAG.utf8String) return decodeUtf8(element.content, 'UTF8String')
  const text = decodeLatin1(element.content)
  if (element.tag === TAG.printableString && /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)) return text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: IA5String is the 128 characters of IA5, controls included
  if (element.tag === TAG.ia5String && /^[\x00-\x7f]*$/.test(text)) return text
  throw malformed('string', 'not a supported DER string')
}

/** The time of month, day, hour, minute and second in the ten digits from `at`. */
function moment(year: number, content: Uint8Array, at: number): number {
  const [month, day, hour] = [digits(content, at, 2), digits(content, at + 2, 2), digits(content, at + 4, 2)]
  const [minute, second] = [digits(content, at + 6, 2), digits(content, at + 8, 2)]
  if (month < 1 || month > 12 || day < 1 || day > daysOf(month, year) || hour > 23 || minute > 59 || second > 59)
    throw malformed('time', 'no such moment')
  // Date.UTC reads years below 100 as of the twentieth century.
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000
}

function daysOf(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function digits(content: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    const digit = (content[i] ?? 0) - 0x30
    if (digit < 0 || digit > 9) throw malformed('time', 'not a digit')
    value = value * 10 + digit
  }
  return value
}

function expect(element: Element, tag: number, what: string): Element {
  if (element.tag !== tag) throw malformed(what, 'wrong tag')
  return element
}
