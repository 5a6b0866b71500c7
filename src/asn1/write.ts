// DER encoding, the counterpart of read.ts and value.ts.
import { Buffer } from 'node:buffer'
import { compareBytes, concatBytes, encodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { TAG } from './read.ts'

const UTC_TIME_START = Date.UTC(1950, 0)
const UTC_TIME_END = Date.UTC(2050, 0)

/** One element of `tag` around the parts' bytes. */
export function encodeElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  return concatBytes(Uint8Array.of(tag, ...encodeLength(length)), ...parts)
}

export function encodeSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return encodeElement(TAG.sequence, ...parts)
}

/** SET OF in DER order, which is the byte order of the encoded members. */
export function encodeSet(...members: readonly Uint8Array[]): Uint8Array {
  return encodeElement(TAG.set, ...[...members].sort(compareBytes))
}

/** A non-negative INTEGER. */
export function encodeInteger(value: number | bigint): Uint8Array {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return (bytes[0] ?? 0) >= 0x80
    ? encodeElement(TAG.integer, Uint8Array.of(0), bytes)
    : encodeElement(TAG.integer, bytes)
}

export function encodeOid(dotted: string): Uint8Array {
  const [first, second, ...rest] = dotted.split('.').map(Number)
  if (first === undefined || second === undefined) throw malformed('OBJECT IDENTIFIER', 'too short')
  const bytes: number[] = []
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128]
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) groups.unshift((high % 128) | 0x80)
    bytes.push(...groups)
  }
  return encodeElement(TAG.oid, Uint8Array.from(bytes))
}

export function encodeOctetString(bytes: Uint8Array): Uint8Array {
  return encodeElement(TAG.octetString, bytes)
}

export function encodeBitString(bytes: Uint8Array): Uint8Array {
  return encodeElement(TAG.bitString, Uint8Array.of(0), bytes)
}

export function encodeBoolean(value: boolean): Uint8Array {
  return encodeElement(TAG.boolean, Uint8Array.of(value ? 0xff : 0))
}

export function encodeNull(): Uint8Array {
  return Uint8Array.of(TAG.null, 0)
}

export function encodeUtf8String(text: string): Uint8Array {
  return encodeElement(TAG.utf8String, encodeUtf8(text))
}

/** UTCTime, whole seconds, for years 1950 to 2049: its two digits would mean another century for any other. */
export function encodeUtcTime(time: number): Uint8Array {
  if (!(time >= UTC_TIME_START && time < UTC_TIME_END)) throw malformed('UTCTime', 'not between 1950 and 2049')
  const digits = new Date(time).toISOString().replace(/\D/g, '').slice(2, 14)
  return encodeElement(TAG.utcTime, encodeUtf8(`${digits}Z`))
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}
