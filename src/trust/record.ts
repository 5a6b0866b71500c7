// What is kept beside an instance's trusted root (instance.json): where it came from and when, and when that is too old.
import { encodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { int64Of, type JsonObject, parseDocument, textOf } from './json.ts'

/** Times in milliseconds since 1970. */
export interface InstanceRecord {
  readonly name: string
  readonly sandbox: boolean
  /** Base URL of the TUF repository. */
  readonly mirror: string
  /** SHA-256, lower-case hex, of the TUF root.json that the first update started from. */
  readonly anchor: string
  readonly rootVersion: number
  readonly timestampExpires: number
  /** When the repository last answered in full. */
  readonly refreshed: number
  /** When the trusted root last changed here. */
  readonly changed: number
}

const DAY = 86_400_000
/** A trusted root is stale when its TUF timestamp expired longer ago than this. */
const MAX_EXPIRED = 30 * DAY
/** The embedded root is stale at this age. */
const MAX_EMBEDDED_AGE = 180 * DAY
const FORMAT = 1

export function encodeRecord(record: InstanceRecord): Uint8Array {
  const { timestampExpires, refreshed, changed } = record
  const times = { timestampExpires: iso(timestampExpires), refreshed: iso(refreshed), changed: iso(changed) }
  return encodeUtf8(`${JSON.stringify({ version: FORMAT, ...record, ...times }, null, 2)}\n`)
}

/** Throws `parse`. Members it does not know are ignored. */
export function parseRecord(bytes: Uint8Array): InstanceRecord {
  const document = parseDocument(bytes, 'instance.json')
  if (document.fields.get('version') !== FORMAT) throw malformed('instance.json', `expected version ${FORMAT}`)
  return {
    name: textOf(document, 'name'),
    sandbox: flag(document, 'sandbox'),
    mirror: textOf(document, 'mirror'),
    anchor: textOf(document, 'anchor'),
    rootVersion: Number(int64Of(document, 'rootVersion')),
    timestampExpires: time(document, 'timestampExpires'),
    refreshed: time(document, 'refreshed'),
    changed: time(document, 'changed'),
  }
}

/** Why the trust of a recorded instance, or of the embedded root without a record, is too old to go unsaid. */
export function checkFreshness(
  record: InstanceRecord | undefined,
  embedded: number,
  now: number,
): { readonly why: string } | undefined {
  if (record === undefined)
    return now - embedded > MAX_EMBEDDED_AGE
      ? { why: `the trusted root that came with this program is ${days(now - embedded)} days old` }
      : undefined
  const expired = now - record.timestampExpires
  return expired > MAX_EXPIRED
    ? { why: `the trusted root of instance ${record.name} went out of date ${days(expired)} days ago` }
    : undefined
}

/** Whole days in a span of milliseconds. */
export function days(span: number): number {
  return Math.floor(span / DAY)
}

function flag(document: JsonObject, name: string): boolean {
  const value = document.fields.get(name)
  if (typeof value !== 'boolean') throw malformed(document.what, `${name} is neither true nor false`)
  return value
}

function time(document: JsonObject, name: string): number {
  const value = Date.parse(textOf(document, name))
  if (Number.isNaN(value)) throw malformed(document.what, `${name} is not a time`)
  return value
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
