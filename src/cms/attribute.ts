// Attributes of a signer (RFC 5652 5.3): a set of types, none twice, each with its set of values.
import { type Element, type Reader, TAG } from '../asn1/read.ts'
import { parseOid } from '../asn1/value.ts'
import { malformed } from '../errors.ts'

export interface Attribute {
  /** Header included. */
  readonly bytes: Uint8Array
  readonly oid: string
  readonly values: readonly Element[]
}

const MAX_ATTRIBUTES = 32
const MAX_VALUES = 32

/** Reads a SET OF Attribute under any tag. Throws `parse` for an empty one. */
export function parseAttributes(element: Element): readonly Attribute[] {
  const attributes = many(element, MAX_ATTRIBUTES, parseAttribute)
  if (attributes.length === 0) throw malformed('attributes', 'empty')
  // An attribute twice: one reader judges by the first, another by the last.
  if (new Set(attributes.map((one) => one.oid)).size !== attributes.length) throw malformed('attributes', 'one twice')
  return attributes
}

/** The one value of an attribute; undefined where the attribute is absent. Throws `parse` where there are more or none. */
export function attributeValue(attributes: readonly Attribute[], oid: string): Element | undefined {
  const attribute = attributes.find((one) => one.oid === oid)
  if (attribute === undefined) return undefined
  const [value] = attribute.values
  // Two digests or two times: one reader takes the first, another the last.
  if (value === undefined || attribute.values.length !== 1) throw malformed('attribute', 'not one value')
  return value
}

function parseAttribute(reader: Reader): Attribute {
  const element = reader.read(TAG.sequence)
  const fields = element.reader()
  const oid = parseOid(fields.read(TAG.oid))
  const values = many(fields.read(TAG.set), MAX_VALUES, (one) => one.readAny())
  fields.finish()
  return { bytes: element.bytes, oid, values }
}

/** Reads all that `element` holds, at most `most`. */
export function many<Item>(element: Element, most: number, parse: (reader: Reader) => Item): readonly Item[] {
  const reader = element.reader()
  const items: Item[] = []
  while (!reader.done) {
    if (items.length === most) throw malformed('CMS', 'too many elements')
    items.push(parse(reader))
  }
  return items
}
