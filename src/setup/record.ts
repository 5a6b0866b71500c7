// What `setup` changed, kept so that `setup --undo` can take it back: a JSON file beside what it changed.
import { decodeUtf8, encodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import type { Change } from './plan.ts'

const WHAT = 'the record of setup'
const FORMAT = 1

export function encodeChanges(changes: readonly Change[]): Uint8Array {
  return encodeUtf8(`${JSON.stringify({ version: FORMAT, changes }, null, 2)}\n`)
}

/** Throws `parse`. */
export function parseChanges(bytes: Uint8Array): readonly Change[] {
  const document = readJson(bytes)
  if (!isObject(document) || document['version'] !== FORMAT || !Array.isArray(document['changes']))
    throw malformed(WHAT, `not of version ${FORMAT}`)
  return document['changes'].map((change: unknown) => {
    if (!isObject(change) || typeof change['key'] !== 'string') throw malformed(WHAT, 'a change without a key')
    return { key: change['key'], before: texts(change['before']), after: texts(change['after']) }
  })
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes, WHAT))
  } catch {
    throw malformed(WHAT, 'not JSON')
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function texts(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value
  throw malformed(WHAT, 'values that are no texts')
}
