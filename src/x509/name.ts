// Distinguished names as text for people, in the form and order in which Go prints them (RFC 2253 reversed), because
// gitsign's lines quote them so. For show only: names are compared by their bytes.
import { type Element, readDer, TAG } from '../asn1/read.ts'
import { parseOid, parseText } from '../asn1/value.ts'
import { toHex } from '../bytes.ts'
import { Fault, malformed } from '../errors.ts'

/** Go's order, the last first; of an attribute it knows it keeps all values, joined, but only the last of these two. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.17', 'POSTALCODE'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.7', 'L'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.10', 'O'],
  ['2.5.4.6', 'C'],
])
const SINGLE: ReadonlySet<string> = new Set(['2.5.4.5', '2.5.4.3'])
const MAX_ATTRIBUTES = 64

interface NameAttribute {
  readonly oid: string
  readonly value: Element
}

/** `CN=sigstore-intermediate,O=sigstore.dev`; empty for an empty name. Throws `parse`. Escape it before it is printed. */
export function formatName(name: Uint8Array): string {
  const attributes = parseName(name)
  const parts: string[] = []
  for (const [oid, type] of KNOWN) {
    const values = attributes.filter((one) => one.oid === oid).map((one) => `${type}=${formatValue(one)}`)
    if (values.length > 0) parts.push((SINGLE.has(oid) ? values.slice(-1) : values).join('+'))
  }
  const others = attributes.filter((one) => !KNOWN.has(one.oid)).reverse()
  return [...parts, ...others.map((one) => `${one.oid}=#${toHex(one.value.bytes)}`)].join(',')
}

function parseName(name: Uint8Array): readonly NameAttribute[] {
  const sets = readDer(name, TAG.sequence).reader()
  const attributes: NameAttribute[] = []
  while (!sets.done) {
    const set = sets.read(TAG.set).reader()
    do {
      const fields = set.read(TAG.sequence).reader()
      attributes.push({ oid: parseOid(fields.read(TAG.oid)), value: fields.readAny() })
      fields.finish()
      if (attributes.length > MAX_ATTRIBUTES) throw malformed('name', 'too many attributes')
    } while (!set.done)
  }
  return attributes
}

function formatValue({ value }: NameAttribute): string {
  try {
    return escapeValue(parseText(value))
  } catch (thrown) {
    // Old kinds of string (T.61, BMP) are shown as bytes.
    if (thrown instanceof Fault) return `#${toHex(value.bytes)}`
    throw thrown
  }
}

function escapeValue(text: string): string {
  return text.replace(/[,+"\\<>;]|^[ #]| $/g, '\\$&')
}
