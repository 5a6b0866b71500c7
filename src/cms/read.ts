// CMS SignedData (RFC 5652 5) as it stands in the bytes, for Git signatures and RFC 3161 tokens alike: strict DER, bounded
// counts, attributes never twice. What the fields mean, and whether anything verifies, is for the caller.
import { contextTag, type Element, type Reader, readDer, TAG } from '../asn1/read.ts'
import { parseIntegerBytes, parseOid, parseSmallInteger } from '../asn1/value.ts'
import { malformed } from '../errors.ts'
import { type Attribute, many, parseAttributes } from './attribute.ts'

export { type Attribute, attributeValue } from './attribute.ts'

export interface AlgorithmIdentifier {
  /** Header included. */
  readonly bytes: Uint8Array
  readonly oid: string
  /** Header included; absent where there are none, which is not the same as NULL. */
  readonly parameters: Uint8Array | undefined
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

function asSet(element: Element): Uint8Array {
  const bytes = new Uint8Array(element.bytes)
  bytes[0] = TAG.set
  return bytes
}
