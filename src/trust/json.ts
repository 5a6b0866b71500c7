// Reading of JSON documents in protobuf's JSON mapping (trusted root, signing config, log entry), field by field:
// 64-bit numbers are strings, bytes base64, times RFC 3339. Null counts as absent, fields nobody asks for are ignored.
import { decodeUtf8, fromBase64 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { Window } from './window.ts'

/** Largest document read unless said otherwise, in bytes. A trusted root has 7 KiB. */
const MAX_DOCUMENT = 4 << 20
/** Largest one that holds what somebody attests: bills of materials have tens of megabytes. */
export const MAX_ATTESTATION = 128 << 20
/** Most members of a list. */
const MAX_LIST = 1024
const MAX_INT64 = 2n ** 63n - 1n

/** One JSON object. `what` is its place in the document, for faults. */
export interface JsonObject {
  readonly what: string
  readonly fields: ReadonlyMap<string, unknown>
}

/** The object that a whole document holds. Throws `parse`. */
export function parseDocument(bytes: Uint8Array, what: string, limit: number = MAX_DOCUMENT): JsonObject {
  return jsonObject(parseJson(bytes, what, limit), what)
}

/** The list that a whole document holds, of any length that the limit leaves room for. Throws `parse`. */
export function parseList(bytes: Uint8Array, what: string, limit: number = MAX_DOCUMENT): readonly unknown[] {
  const value = parseJson(bytes, what, limit)
  if (!Array.isArray(value)) throw malformed(what, 'not a list')
  return value
}

function parseJson(bytes: Uint8Array, what: string, limit: number): unknown {
  if (bytes.length > limit) throw malformed(what, 'too large')
  const text = decodeUtf8(bytes, what)
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw thrown instanceof SyntaxError ? malformed(what, 'not JSON') : thrown
  }
}

export function jsonObject(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(what, 'not an object')
  return { what, fields: new Map(Object.entries(value)) }
}

function field(object: JsonObject, name: string): unknown {
  return object.fields.get(name) ?? undefined
}

function fail(object: JsonObject, name: string, why: string): Error {
  return malformed(object.what, `${name} ${why}`)
}

/** A required string. */
export function textOf(object: JsonObject, name: string): string {
  const value = field(object, name)
  if (typeof value !== 'string') throw fail(object, name, value === undefined ? 'is missing' : 'is not a string')
  return value
}

export function optionalText(object: JsonObject, name: string): string | undefined {
  return field(object, name) === undefined ? undefined : textOf(object, name)
}

/** Bytes as canonical base64; undefined where absent. */
export function optionalBytes(object: JsonObject, name: string): Uint8Array | undefined {
  const text = optionalText(object, name)
  return text === undefined ? undefined : fromBase64(text, `${object.what}: ${name}`)
}

export function bytesOf(object: JsonObject, name: string): Uint8Array {
  return fromBase64(textOf(object, name), `${object.what}: ${name}`)
}

/** A non-negative int64, as decimal string or as a number that is exact; 0n where absent. */
export function int64Of(object: JsonObject, name: string): bigint {
  const value = field(object, name) ?? '0'
  const text = Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || !/^(0|[1-9]\d{0,18})$/.test(text) || BigInt(text) > MAX_INT64)
    throw fail(object, name, 'is not a non-negative 64-bit number')
  return BigInt(text)
}

export function optionalObject(object: JsonObject, name: string): JsonObject | undefined {
  const value = field(object, name)
  return value === undefined ? undefined : jsonObject(value, `${object.what}: ${name}`)
}

export function objectOf(object: JsonObject, name: string): JsonObject {
  const value = optionalObject(object, name)
  if (value === undefined) throw fail(object, name, 'is missing')
  return value
}

/** A list; empty where absent. */
export function listOf(object: JsonObject, name: string): readonly unknown[] {
  const value = field(object, name) ?? []
  if (!Array.isArray(value)) throw fail(object, name, 'is not a list')
  if (value.length > MAX_LIST) throw fail(object, name, 'has too many members')
  return value
}

export function objectsOf(object: JsonObject, name: string): readonly JsonObject[] {
  return listOf(object, name).map((value, i) => jsonObject(value, `${object.what}: ${name} ${i}`))
}

/** A TimeRange; undefined where it is absent. An open start is undefined in `start`. */
export function optionalWindow(object: JsonObject, name: string): Partial<Window> | undefined {
  const range = optionalObject(object, name)
  if (range === undefined) return undefined
  const start = optionalTime(range, 'start')
  const end = optionalTime(range, 'end')
  if (start !== undefined && end !== undefined && end < start) throw fail(object, name, 'ends before it starts')
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) }
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/

function optionalTime(object: JsonObject, name: string): number | undefined {
  const text = optionalText(object, name)
  if (text === undefined) return undefined
  const time = RFC3339.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw fail(object, name, 'is not an RFC 3339 time')
  return time
}
