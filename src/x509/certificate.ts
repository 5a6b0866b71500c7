// X.509 v3 certificates (RFC 5280 4.1), strict: exact DER, both algorithm fields alike, no extension twice, no unique ids.
// The bytes that were received are what is hashed, compared and verified; nothing is encoded again.
import { Buffer } from 'node:buffer'
import { contextTag, type Reader, readDer, TAG } from '../asn1/read.ts'
import { parseBitString, parseIntegerBytes, parseSmallInteger, parseTime } from '../asn1/value.ts'
import { equalBytes } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { parseSignatureAlgorithm, verifyByAlgorithm } from './algorithm.ts'
import { type Extension, parseExtensions } from './extension.ts'
import { type PublicKey, parsePublicKey } from './key.ts'

export type { Extension } from './extension.ts'

/** A parsed X.509 v3 certificate (RFC 5280 4.1). Fields are views on `bytes`; times in milliseconds. */
export interface Certificate {
  readonly bytes: Uint8Array
  /** TBSCertificate, header included: what the issuer signed. */
  readonly tbs: Uint8Array
  /** Content octets of the serial number. */
  readonly serial: Uint8Array
  /** Name, header included. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly notBefore: number
  readonly notAfter: number
  /** SubjectPublicKeyInfo, header included. */
  readonly spki: Uint8Array
  /** Parsed on first use; throws `parse` for keys that are not accepted. */
  readonly key: PublicKey
  readonly extensions: readonly Extension[]
  /** OID of the signature algorithm, and the signature's octets. */
  readonly signatureAlgorithm: string
  readonly signature: Uint8Array
}

/** Real leaves have about 700 bytes, the largest CAs 2 KiB. */
const MAX_CERTIFICATE = 1 << 16
const VERSION = contextTag(0)

/** Reads one certificate, with nothing after it. Throws `parse`. The signature is *not* checked: see `checkIssued`. */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE) throw malformed('certificate', 'too large')
  const outer = readDer(der, TAG.sequence).reader()
  const tbs = outer.read(TAG.sequence)
  const algorithm = outer.read(TAG.sequence)
  const signature = parseBitString(outer.read(TAG.bitString))
  outer.finish()

  const reader = tbs.reader()
  parseVersion(reader)
  const serial = parseSerial(reader)
  // The outer field is not signed: a change there would say the signature is of another kind.
  if (!equalBytes(reader.read(TAG.sequence).bytes, algorithm.bytes)) throw malformed('certificate', 'two algorithms')
  const issuer = reader.read(TAG.sequence).bytes
  const validity = reader.read(TAG.sequence).reader()
  const notBefore = parseTime(validity.readAny())
  const notAfter = parseTime(validity.readAny())
  validity.finish()
  const subject = reader.read(TAG.sequence).bytes
  const spki = reader.read(TAG.sequence).bytes
  const extensions = parseExtensions(reader)
  // Unique identifiers stand before the extensions; RFC 5280 forbids CAs to write them.
  reader.finish()

  let key: PublicKey | undefined
  return {
    bytes: der,
    tbs: tbs.bytes,
    serial,
    issuer,
    subject,
    notBefore,
    notAfter,
    spki,
    get key() {
      key ??= parsePublicKey(spki)
      return key
    },
    extensions,
    signatureAlgorithm: parseSignatureAlgorithm(algorithm),
    signature,
  }
}

/** The last certificates that were read, each in the place that the end of its signature gives it. */
const kept: Certificate[] = []
const MAX_KEPT = 128

/**
 * As `parseCertificate`, but the same bytes give the same object where they came not long ago: what was found about a
 * certificate is remembered by the object. For those that sign many objects each.
 */
export function parseKeptCertificate(der: Uint8Array): Certificate {
  const place = (der.at(-1) ?? 0) % MAX_KEPT
  const known = kept[place]
  if (known !== undefined && equalBytes(known.bytes, der)) return known
  // A copy, so that one certificate does not hold on to all that it came with.
  const certificate = parseCertificate(Buffer.from(der))
  kept[place] = certificate
  return certificate
}

export function findExtension(certificate: Certificate, oid: string): Extension | undefined {
  return certificate.extensions.find((extension) => extension.oid === oid)
}

/**
 * Why `issuer` did not issue `child`, by name and signature alone; undefined when it did. Validity, basic constraints and
 * key usage are *not* checked: see chain.ts.
 */
export function checkIssued(child: Certificate, issuer: Certificate): string | undefined {
  if (!equalBytes(child.issuer, issuer.subject)) return 'issued under another name'
  return isSignedBy(child, issuer) ? undefined : 'not signed by its issuer'
}

function isSignedBy(child: Certificate, issuer: Certificate): boolean {
  const key = acceptedKey(issuer)
  return key !== undefined && verifyByAlgorithm(child.signatureAlgorithm, key, child.tbs, child.signature)
}

function acceptedKey(certificate: Certificate): PublicKey | undefined {
  try {
    return certificate.key
  } catch {
    return undefined
  }
}

function parseVersion(reader: Reader): void {
  const explicit = reader.read(VERSION).reader()
  // Version 1 has no extensions, so a v1 certificate could not say that it is no CA.
  if (parseSmallInteger(explicit.read(TAG.integer)) !== 2) throw malformed('certificate', 'not version 3')
  explicit.finish()
}

function parseSerial(reader: Reader): Uint8Array {
  const serial = parseIntegerBytes(reader.read(TAG.integer))
  if ((serial[0] ?? 0) >= 0x80 || serial.length > 21) throw malformed('certificate', 'serial number out of range')
  return serial
}
