// The CMS signature that Git stores (RFC 5652 5, gitsign's profile): detached, one signer found by issuer and serial
// number, SHA-256, the log entry and timestamp token as unsigned attributes. Refuses everything else.
import { type Element, TAG } from '../asn1/read.ts'
import { parseOid, parseTime } from '../asn1/value.ts'
import { compareBytes, equalBytes } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { type Certificate, parseKeptCertificate } from '../x509/certificate.ts'
import { verifyWithKey } from '../x509/key.ts'
import { chooseScheme, type Scheme } from './algorithm.ts'
import { type Attribute, attributeValue, type Cms, parseCms, type SignerInfo } from './read.ts'

export const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  timestampToken: '1.2.840.113549.1.9.16.2.14',
  logEntry: '1.3.6.1.4.1.57264.3.1',
} as const

/** A signature as read. Nothing in it is vouched for before `checkSignedAttributes` and the chain. */
export interface SignedData {
  /** All certificates, in the order in which they stand. */
  readonly certificates: readonly Certificate[]
  /** The one that issuerAndSerialNumber names. */
  readonly signer: Certificate
  /** The others. */
  readonly intermediates: readonly Certificate[]
  /** DER of the SET of signed attributes: what the signature is over, and the artifact of the log entry. */
  readonly signedAttributes: Uint8Array
  /** SHA-256 of the payload, by the signer's word: compare it with a digest of one's own. */
  readonly messageDigest: Uint8Array
  /** Milliseconds since 1970, by the signer's word: proves no time. */
  readonly signingTime?: number
  readonly signature: Uint8Array
  readonly scheme: Scheme
  /** sigstore.rekor.v1.TransparencyLogEntry in protobuf. */
  readonly logEntry?: Uint8Array
  /** RFC 3161 TimeStampToken over `signature`. */
  readonly timestampToken?: Uint8Array
}

const MAX_SIGNED_DATA = 1 << 18
const MAX_CERTIFICATES = 8

/** Reads a signature. Throws `parse`. */
export function parseSignedData(der: Uint8Array): SignedData {
  if (der.length > MAX_SIGNED_DATA) throw malformed('signature', 'too large')
  const cms = parseCms(der)
  const info = checkShape(cms)
  const certificates = cms.certificates.map(parseKeptCertificate)
  const signer = findSigner(certificates, info)
  return {
    certificates,
    signer,
    intermediates: certificates.filter((one) => one !== signer),
    signedAttributes: info.signedAttributes,
    signature: info.signature,
    scheme: chooseScheme(signer.key.algorithm, info.digestAlgorithm, info.signatureAlgorithm),
    ...readSigned(info.attributes),
    ...readUnsigned(info.unsignedAttributes),
  }
}

/** Whether the signer's key made the signature over the signed attributes. The payload's digest is compared elsewhere. */
export function checkSignedAttributes(signed: SignedData): boolean {
  const { signer, scheme, signedAttributes, signature } = signed
  return verifyWithKey(signer.key, scheme.signatureHash, signedAttributes, signature)
}

function checkShape(cms: Cms): SignerInfo {
  const [info] = cms.signers
  // With two signers one is verified and the other shown.
  if (info === undefined || cms.signers.length !== 1) throw malformed('signature', 'not one signer')
  if (cms.version !== 1 || info.version !== 1) throw malformed('signature', 'not version 1')
  // Content inside would be verified by other tools in place of the Git object.
  if (cms.contentType !== OID.data || cms.content !== undefined) throw malformed('signature', 'not detached')
  const [announced] = cms.digestAlgorithms
  // A second algorithm is what another verifier may hash the payload with.
  if (
    announced === undefined ||
    cms.digestAlgorithms.length !== 1 ||
    !equalBytes(announced.bytes, info.digestAlgorithm.bytes)
  )
    throw malformed('signature', 'not one digest algorithm')
  if (cms.certificates.length > MAX_CERTIFICATES) throw malformed('signature', 'too many certificates')
  checkOrder(info.attributes)
  return info
}

/** A reader that sorts the set before it hashes, as BER allows, would verify other bytes than were signed. */
function checkOrder(attributes: readonly Attribute[]): void {
  attributes.forEach((attribute, i) => {
    const last = attributes[i - 1]
    if (last !== undefined && compareBytes(last.bytes, attribute.bytes) >= 0)
      throw malformed('signature', 'signed attributes are not in DER order')
  })
}

/** An empty set of certificates once passed as verified (CVE-2026-44310); the first one is not always the signer's. */
function findSigner(certificates: readonly Certificate[], info: SignerInfo): Certificate {
  const [signer, another] = certificates.filter(
    (one) => equalBytes(one.issuer, info.issuer) && equalBytes(one.serial, info.serial),
  )
  if (signer === undefined) throw malformed('signature', 'no certificate of its signer')
  // Two of one name and number: one is verified and the other shown.
  if (another !== undefined) throw malformed('signature', 'two certificates of its signer')
  return signer
}

function readSigned(attributes: readonly Attribute[]): Pick<SignedData, 'messageDigest' | 'signingTime'> {
  const contentType = attributeValue(attributes, OID.contentType)
  const digest = attributeValue(attributes, OID.messageDigest)
  const time = attributeValue(attributes, OID.signingTime)
  // What was signed as a timestamp or a receipt must not become a Git signature.
  if (contentType === undefined || parseOid(contentType) !== OID.data)
    throw malformed('signature', 'signed attribute contentType is not data')
  if (digest?.tag !== TAG.octetString || digest.length !== 32)
    throw malformed('signature', 'messageDigest is no SHA-256')
  return { messageDigest: digest.content, ...(time === undefined ? {} : { signingTime: parseTime(time) }) }
}

function readUnsigned(attributes: readonly Attribute[]): Pick<SignedData, 'logEntry' | 'timestampToken'> {
  const entry = attributeValue(attributes, OID.logEntry)
  const token = attributeValue(attributes, OID.timestampToken)
  return {
    ...(entry === undefined ? {} : { logEntry: expect(entry, TAG.octetString, 'log entry').content }),
    ...(token === undefined ? {} : { timestampToken: expect(token, TAG.sequence, 'timestamp token').bytes }),
  }
}

function expect(element: Element, tag: number, what: string): Element {
  if (element.tag !== tag) throw malformed(what, 'wrong type')
  return element
}
