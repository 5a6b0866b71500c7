// The part of the protobuf wire format that Sigstore's and SPIFFE's messages use: varints and length-delimited fields.
// Stricter than a protobuf library: minimal varints, bounded field count, no groups; no singular field comes twice.
import { concatBytes, decodeUtf8, encodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'

/** Most fields a message may have, unknown ones included. An entry has 7, its proof at most 68. */
const MAX_FIELDS = 128
const MAX_INT64 = 2n ** 63n - 1n
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

type Value = bigint | Uint8Array | undefined

/** The fields of one message. Fields nobody asks for are unknown to us and stay unread. */
export interface Message {
  /** A non-negative int64; 0n where it is absent. */
  int64(field: number): bigint
  bytes(field: number): Uint8Array | undefined
  /** UTF-8; the empty string where it is absent. */
  text(field: number): string
  /** A repeated field of bytes, in order. */
  every(field: number): readonly Uint8Array[]
  message(field: number): Message | undefined
}

/** Reads one message; `what` names it in faults. */
export function parseMessage(source: Uint8Array, what: string): Message {
  const fields = readFields(source, what)
  const one = (field: number): Value => {
    const values = fields.get(field)
    // Readers differ in which of two they take, so a second one could show each of them another entry.
    if (values !== undefined && values.length > 1) throw malformed(what, `field ${field} comes twice`)
    return values?.[0]
  }
  const bytes = (field: number): Uint8Array | undefined => {
    const value = one(field)
    return fields.has(field) ? asBytes(value, field, what) : undefined
  }
  return {
    bytes,
    int64: (field) => (fields.has(field) ? asInt64(one(field), field, what) : 0n),
    text: (field) => decodeUtf8(bytes(field) ?? new Uint8Array(), what),
    every: (field) => (fields.get(field) ?? []).map((value) => asBytes(value, field, what)),
    message: (field) => {
      const inner = bytes(field)
      return inner && parseMessage(inner, what)
    },
  }
}

/** One message; proto3 leaves out what is zero or empty, and so do we. */
export function encodeMessage(
  fields: readonly (readonly [field: number, value: bigint | string | Value])[],
): Uint8Array {
  return concatBytes(...fields.map(([field, value]) => encodeField(field, value)))
}

function encodeField(field: number, value: bigint | string | Value): Uint8Array {
  if (typeof value === 'bigint')
    return value === 0n ? new Uint8Array() : Uint8Array.of(field << 3, ...encodeVarint(value))
  const content = typeof value === 'string' ? encodeUtf8(value) : value
  if (content === undefined || content.length === 0) return new Uint8Array()
  return concatBytes(Uint8Array.of((field << 3) | 2, ...encodeVarint(BigInt(content.length))), content)
}

function encodeVarint(value: bigint): readonly number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return [...bytes, Number(rest)]
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
}

function readFields(source: Uint8Array, what: string): ReadonlyMap<number, readonly Value[]> {
  const fields = new Map<number, Value[]>()
  let count = 0
  for (let at = 0; at < source.length; count++) {
    if (count === MAX_FIELDS) throw malformed(what, 'too many fields')
    const tag = readNumber(source, at, what)
    const field = Math.floor(tag.value / 8)
    if (field === 0 || field > 0x1fffffff) throw malformed(what, 'bad field number')
    const content = readContent(source, tag.end, tag.value % 8, what)
    const values = fields.get(field)
    if (values === undefined) fields.set(field, [content.value])
    else values.push(content.value)
    at = content.end
  }
  return fields
}

function readContent(source: Uint8Array, at: number, wire: number, what: string): { value: Value; end: number } {
  if (wire === 0) return readVarint(source, at, what)
  const length = wire === 2 ? readNumber(source, at, what) : { value: FIXED_BYTES[wire] ?? -1, end: at }
  if (length.value < 0) throw malformed(what, 'unsupported wire type')
  if (length.value > source.length - length.end) throw malformed(what, 'truncated')
  const end = length.end + length.value
  return { value: wire === 2 ? source.subarray(length.end, end) : undefined, end }
}

/** A tag or a length: nearly all have one or two bytes. Those beyond a number's precision are too large for either use. */
function readNumber(source: Uint8Array, start: number, what: string): { value: number; end: number } {
  const [first = 0x80, second = 0x80] = [source[start], source[start + 1]]
  if (first < 0x80) return { value: first, end: start + 1 }
  if (second < 0x80 && second > 0) return { value: (first & 0x7f) | (second << 7), end: start + 2 }
  const { value, end } = readVarint(source, start, what)
  return { value: Number(value), end }
}

function readVarint(source: Uint8Array, start: number, what: string): { value: bigint; end: number } {
  let value = 0n
  for (let i = 0; i < 10; i++) {
    const byte = source[start + i]
    if (byte === undefined) throw malformed(what, 'truncated')
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte >= 0x80) continue
    if ((byte === 0 && i > 0) || value >= 2n ** 64n) throw malformed(what, 'varint not minimal')
    return { value, end: start + i + 1 }
  }
  throw malformed(what, 'varint too long')
}

function asInt64(value: Value, field: number, what: string): bigint {
  if (typeof value !== 'bigint') throw malformed(what, `field ${field} is not a varint`)
  if (value > MAX_INT64) throw malformed(what, `field ${field} is negative`)
  return value
}

function asBytes(value: Value, field: number, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw malformed(what, `field ${field} is not length-delimited`)
  return value
}
