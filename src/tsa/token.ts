// RFC 3161 TimeStampToken: a CMS SignedData with one signer around a TSTInfo (2.4.2), its signer's certificate named by
// an ESS attribute (RFC 2634, RFC 5035). Strict DER; SHA-256, SHA-384 and SHA-512 alone; unknown critical extensions and
// SHA-1 imprints are refused. Nothing is verified here.
import { contextTag, type Element, type Reader, readDer, TAG } from '../asn1/read.ts'
import { parseBoolean, parseFractionalTime, parseIntegerBytes, parseOid, parseSmallInteger } from '../asn1/value.ts'
import { type AlgorithmIdentifier, attributeValue, parseCms, type SignerInfo } from '../cms/read.ts'
import { Fault, malformed } from '../errors.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import type { Hash } from '../x509/key.ts'
import { type CertificateId, parseCertificateId } from './ess.ts'
import { HASH_OIDS } from './request.ts'

export interface TimestampToken {
  readonly info: TimestampInfo
  /** DER of the TSTInfo: what messageDigest is of. */
  readonly content: Uint8Array
  /** As many as the authority chose to put in; possibly none. Those that cannot be read are left out. */
  readonly certificates: readonly Certificate[]
  readonly signer: SignerInfo
  /** Hash of `content` and, with a bare RSA key, of the signature. */
  readonly digestHash: Hash
  readonly messageDigest: Uint8Array
  readonly certificateId: CertificateId
}

export interface TimestampInfo {
  readonly policy: string
  readonly imprintHash: Hash
  readonly imprint: Uint8Array
  /** Content octets. */
  readonly serial: Uint8Array
  /** Milliseconds since 1970. */
  readonly genTime: number
  /** Content octets, where the request had one. */
  readonly nonce?: Uint8Array
}

type Algorithm = Pick<AlgorithmIdentifier, 'oid' | 'parameters'>

const WHAT = 'timestamp token'
/** Real ones have 0.7 to 6 KiB. */
const MAX_TOKEN = 1 << 16
const TST_INFO = '1.2.840.113549.1.9.16.1.4'
const CONTENT_TYPE = '1.2.840.113549.1.9.3'
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
const HASHES = new Map(Object.entries(HASH_OIDS).map(([hash, oid]) => [oid, hash as Hash]))

/** Throws `parse`. */
export function parseTimestampToken(der: Uint8Array): TimestampToken {
  if (der.length > MAX_TOKEN) throw malformed(WHAT, 'too large')
  const cms = parseCms(der)
  const [signer] = cms.signers
  // With two signers one is verified and the other shown.
  if (signer === undefined || cms.signers.length !== 1) throw malformed(WHAT, 'not one signer')
  if (cms.contentType !== TST_INFO || cms.content === undefined) throw malformed(WHAT, 'holds no TSTInfo')
  const type = attributeValue(signer.attributes, CONTENT_TYPE)
  // Attributes that the key signed for another purpose must not become a timestamp.
  if (type === undefined || parseOid(type) !== TST_INFO)
    throw malformed(WHAT, 'signed attribute contentType is not TSTInfo')
  const digest = attributeValue(signer.attributes, MESSAGE_DIGEST)
  if (digest?.tag !== TAG.octetString) throw malformed(WHAT, 'no messageDigest')
  return {
    info: parseInfo(cms.content),
    content: cms.content,
    certificates: cms.certificates.flatMap(readCertificate),
    signer,
    digestHash: hashOf(signer.digestAlgorithm),
    messageDigest: digest.content,
    certificateId: parseCertificateId(signer.attributes),
  }
}

/** Authorities put in what they like, old roots of version 1 too; one that cannot be read vouches for nothing. */
function readCertificate(der: Uint8Array): readonly Certificate[] {
  try {
    return [parseCertificate(der)]
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return []
    throw thrown
  }
}

function parseInfo(der: Uint8Array): TimestampInfo {
  const reader = readDer(der, TAG.sequence).reader()
  if (parseSmallInteger(reader.read(TAG.integer)) !== 1) throw malformed(WHAT, 'not version 1')
  const policy = parseOid(reader.read(TAG.oid))
  const imprint = reader.read(TAG.sequence).reader()
  const imprintHash = hashOf(parseAlgorithm(imprint.read(TAG.sequence)))
  const hashed = imprint.read(TAG.octetString).content
  imprint.finish()
  const serial = parseIntegerBytes(reader.read(TAG.integer))
  const genTime = parseFractionalTime(reader.read(TAG.generalizedTime))
  // Accuracy: the time is taken as it stands, as other clients take it.
  reader.readOptional(TAG.sequence)
  const ordering = reader.readOptional(TAG.boolean)
  if (ordering !== undefined) parseBoolean(ordering)
  const nonce = reader.readOptional(TAG.integer)
  reader.readOptional(contextTag(0))
  const extensions = reader.readOptional(contextTag(1))
  if (extensions !== undefined) refuseCritical(extensions.reader())
  reader.finish()
  const times = { policy, imprintHash, imprint: hashed, serial, genTime }
  return nonce === undefined ? times : { ...times, nonce: parseIntegerBytes(nonce) }
}

/** A critical extension may say that the token means something else. */
function refuseCritical(extensions: Reader): void {
  while (!extensions.done) {
    const fields = extensions.read(TAG.sequence).reader()
    fields.read(TAG.oid)
    const critical = fields.readOptional(TAG.boolean)
    if (critical !== undefined && parseBoolean(critical)) throw malformed(WHAT, 'unknown critical extension')
    fields.read(TAG.octetString)
    fields.finish()
  }
}

function parseAlgorithm(element: Element): Algorithm {
  const fields = element.reader()
  const oid = parseOid(fields.read(TAG.oid))
  const parameters = fields.done ? undefined : fields.readAny().bytes
  fields.finish()
  return { oid, parameters }
}

/** Absent parameters or NULL: both are in use (RFC 5754 section 2). */
function hashOf({ oid, parameters }: Algorithm): Hash {
  const hash = HASHES.get(oid)
  if (hash === undefined) throw malformed(WHAT, `hash ${oid} is not accepted`)
  if (parameters !== undefined && !(parameters.length === 2 && parameters[0] === TAG.null))
    throw malformed(WHAT, 'algorithm parameters')
  return hash
}
