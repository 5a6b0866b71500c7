// CMS SignedData (RFC 5652 5) as it stands in the bytes, for Git signatures and RFC 3161 tokens alike: strict DER, bounded
// counts, attributes never twice. What the fields mean, and whether anything verifies, is for the caller.
import { contextTag, type Element, type Reader, readDer, TAG } from '../asn1/read.ts'
import { parseIntegerBytes, parseOid, parseSmallInteger } from '../asn1/value.ts'
import { malformed } from '../errors.ts'

export interface AlgorithmIdentifier {
  /** Header included. */
  readonly bytes: Uint8Array
  readonly oid: string
  /** Header included; absent where there are none, which is not the same as NULL. */
  readonly parameters: Uint8Array | undefined
}

export interface Attribute {
  /** Header included. */
  readonly bytes: Uint8Array
  readonly oid: string
  readonly values: readonly Element[]
}

export interface SignerInfo {
  readonly version: number
  /** Issuer's name, header included, and the serial's content octets. A subject key identifier is refused. */
  readonly issuer: Uint8Array
  readonly serial: Uint8Array
  readonly digestAlgorithm: AlgorithmIdentifier
  /** DER of the SET OF attributes with its universal tag 0x31: what was signed (RFC 5652 5.4). */
  readonly signedAttributes: Uint8Array
  readonly attributes: readonly Attribute[]
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: Uint8Array
  readonly unsignedAttributes: readonly Attribute[]
}

export interface Cms {
  readonly version: number
  readonly digestAlgorithms: readonly AlgorithmIdentifier[]
  readonly contentType: string
  /** Octets of eContent; absent in a detached signature. */
  readonly content: Uint8Array | undefined
  /** DER of each certificate, not parsed. */
  readonly certificates: readonly Uint8Array[]
  readonly signers: readonly SignerInfo[]
}

const SIGNED_DATA = '1.2.840.113549.1.7.2'
const MAX_CERTIFICATES = 16
const MAX_SIGNERS = 4
const MAX_ATTRIBUTES = 32
const MAX_VALUES = 32

/** Reads a ContentInfo that holds a SignedData, and nothing after it. Throws `parse`. */
export function parseCms(der: Uint8Array): Cms {
  const info = readDer(der, TAG.sequence).reader()
  if (parseOid(info.read(TAG.oid)) !== SIGNED_DATA) throw malformed('CMS', 'not SignedData')
  const explicit = info.read(contextTag(0)).reader()
  info.finish()
  const reader = explicit.read(TAG.sequence).reader()
  explicit.finish()

  const version = parseSmallInteger(reader.read(TAG.integer))
  const digestAlgorithms = many(reader.read(TAG.set), MAX_SIGNERS, parseAlgorithm)
  const encapsulated = reader.read(TAG.sequence).reader()
  const contentType = parseOid(encapsulated.read(TAG.oid))
  const content = parseContent(encapsulated)
  const list = reader.readOptional(contextTag(0))
  const certificates = list === undefined ? [] : many(list, MAX_CERTIFICATES, (one) => one.read(TAG.sequence).bytes)
  // Revocation lists ([1]) would be read by no check here, so they are not let in.
  const signers = many(reader.read(TAG.set), MAX_SIGNERS, parseSignerInfo)
  reader.finish()
  return { version, digestAlgorithms, contentType, content, certificates, signers }
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

function parseContent(encapsulated: Reader): Uint8Array | undefined {
  const explicit = encapsulated.readOptional(contextTag(0))?.reader()
  encapsulated.finish()
  const content = explicit?.read(TAG.octetString).content
  explicit?.finish()
  return content
}

function parseAlgorithm(reader: Reader): AlgorithmIdentifier {
  const element = reader.read(TAG.sequence)
  const fields = element.reader()
  const oid = parseOid(fields.read(TAG.oid))
  const parameters = fields.done ? undefined : fields.readAny().bytes
  fields.finish()
  return { bytes: element.bytes, oid, parameters }
}

function parseSignerInfo(reader: Reader): SignerInfo {
  const fields = reader.read(TAG.sequence).reader()
  const version = parseSmallInteger(fields.read(TAG.integer))
  const id = fields.read(TAG.sequence).reader()
  const issuer = id.read(TAG.sequence).bytes
  const serial = parseIntegerBytes(id.read(TAG.integer))
  id.finish()
  const digestAlgorithm = parseAlgorithm(fields)
  // Without signed attributes the signature would be over the content itself, so that a SET of attributes signed
  // elsewhere could be passed off as a payload (RFC 5652 section 11, the attack of Falko Strenzke).
  const signed = fields.read(contextTag(0))
  const attributes = parseAttributes(signed)
  const signatureAlgorithm = parseAlgorithm(fields)
  const signature = fields.read(TAG.octetString).content
  const unsigned = fields.readOptional(contextTag(1))
  fields.finish()
  return {
    version,
    issuer,
    serial,
    digestAlgorithm,
    signedAttributes: asSet(signed),
    attributes,
    signatureAlgorithm,
    signature,
    unsignedAttributes: unsigned === undefined ? [] : parseAttributes(unsigned),
  }
}

function parseAttributes(element: Element): readonly Attribute[] {
  const attributes = many(element, MAX_ATTRIBUTES, parseAttribute)
  if (attributes.length === 0) throw malformed('attributes', 'empty')
  // An attribute twice: one reader judges by the first, another by the last.
  if (new Set(attributes.map((one) => one.oid)).size !== attributes.length) throw malformed('attributes', 'one twice')
  return attributes
}

function parseAttribute(reader: Reader): Attribute {
  const element = reader.read(TAG.sequence)
  const fields = element.reader()
  const oid = parseOid(fields.read(TAG.oid))
  const values = many(fields.read(TAG.set), MAX_VALUES, (one) => one.readAny())
  fields.finish()
  return { bytes: element.bytes, oid, values }
}

function asSet(element: Element): Uint8Array {
  const bytes = Uint8Array.from(element.bytes)
  bytes[0] = TAG.set
  return bytes
}

function many<Item>(element: Element, most: number, parse: (reader: Reader) => Item): readonly Item[] {
  const reader = element.reader()
  const items: Item[] = []
  while (!reader.done) {
    if (items.length === most) throw malformed('CMS', 'too many elements')
    items.push(parse(reader))
  }
  return items
}
