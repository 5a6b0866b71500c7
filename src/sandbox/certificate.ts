// Certificates as the sandbox makes them (RFC 5280), and the extensions it needs. Written with the DER encoder and not
// with a certificate library, because a precertificate and its certificate must be the same bytes but for one extension.
import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { contextTag, TAG } from '../asn1/read.ts'
import {
  encodeBitString,
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
  encodeUtcTime,
  encodeUtf8String,
} from '../asn1/write.ts'
import { encodeUtf8, toHex } from '../bytes.ts'

/** What a certificate says. `issuer` and `subject` are DER names, `extensions` DER Extension values in their order. */
export interface CertificateContent {
  readonly serial: bigint
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** Milliseconds since 1970; both ends are written in whole seconds. */
  readonly notBefore: number
  readonly notAfter: number
  /** DER SubjectPublicKeyInfo. */
  readonly key: Uint8Array
  readonly extensions: readonly Uint8Array[]
}

export const OID = {
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  poison: '1.3.6.1.4.1.11129.2.4.3',
  sctList: '1.3.6.1.4.1.11129.2.4.2',
  subjectAltName: '2.5.29.17',
} as const

/** The certificate, signed by a P-256 (SHA-256) or P-384 (SHA-384) key. */
export function encodeCertificate(content: CertificateContent, signer: KeyObject): Uint8Array {
  const algorithm = signatureAlgorithm(signer)
  const tbs = encodeSequence(
    encodeElement(contextTag(0), encodeInteger(2)),
    encodeInteger(content.serial),
    algorithm,
    content.issuer,
    encodeSequence(encodeUtcTime(content.notBefore), encodeUtcTime(content.notAfter)),
    content.subject,
    content.key,
    encodeElement(contextTag(3), encodeSequence(...content.extensions)),
  )
  return encodeSequence(tbs, algorithm, encodeBitString(sign(hashFor(signer), tbs, signer)))
}

/** ecdsa-with-SHA256 or -SHA384, by the key's curve. */
export function signatureAlgorithm(signer: KeyObject): Uint8Array {
  return encodeSequence(encodeOid(hashFor(signer) === 'sha384' ? '1.2.840.10045.4.3.3' : '1.2.840.10045.4.3.2'))
}

export function hashFor(signer: KeyObject): 'sha256' | 'sha384' {
  return signer.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256'
}

/** A positive serial number of 159 random bits, as the CA/Browser Forum asks for at least 64. */
export function newSerial(): bigint {
  return BigInt(`0x${toHex(randomBytes(20))}`) >> 1n
}

export function publicKeyOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ type: 'spki', format: 'der' })
}

/** `O=...,CN=...` with UTF8Strings. */
export function encodeName(organisation: string, commonName: string): Uint8Array {
  return encodeSequence(encodeAttribute('2.5.4.10', organisation), encodeAttribute('2.5.4.3', commonName))
}

/** The empty name, which a Fulcio leaf has. */
export const NO_NAME: Uint8Array = encodeSequence()

export function encodeExtension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return critical
    ? encodeSequence(encodeOid(oid), encodeBoolean(true), encodeOctetString(value))
    : encodeSequence(encodeOid(oid), encodeOctetString(value))
}

export function keyUsage(usage: 'digitalSignature' | 'certificates'): Uint8Array {
  const bits = usage === 'digitalSignature' ? [0x03, 0x02, 0x07, 0x80] : [0x03, 0x02, 0x01, 0x06]
  return encodeExtension('2.5.29.15', true, Uint8Array.from(bits))
}

export function extendedKeyUsage(oid: string, critical: boolean): Uint8Array {
  return encodeExtension('2.5.29.37', critical, encodeSequence(encodeOid(oid)))
}

export function authorityConstraints(pathLength: number): Uint8Array {
  return encodeExtension('2.5.29.19', true, encodeSequence(encodeBoolean(true), encodeInteger(pathLength)))
}

export function subjectKeyId(key: Uint8Array): Uint8Array {
  return encodeExtension('2.5.29.14', false, encodeOctetString(keyId(key)))
}

export function authorityKeyId(key: Uint8Array): Uint8Array {
  return encodeExtension('2.5.29.35', false, encodeSequence(encodeElement(contextTag(0, false), keyId(key))))
}

// RFC 5280 4.2.1.2 method 1 hashes the key's bits; any unique value serves, and the whole SPKI needs no parsing.
function keyId(key: Uint8Array): Uint8Array {
  return createHash('sha1').update(key).digest()
}

/** An email (1), a URI (6), or Fulcio's otherName for user names (0). */
export function subjectAltName(kind: 'email' | 'uri' | 'username', value: string): Uint8Array {
  return encodeExtension(OID.subjectAltName, true, encodeSequence(encodeGeneralName(kind, value)))
}

function encodeGeneralName(kind: 'email' | 'uri' | 'username', value: string): Uint8Array {
  if (kind !== 'username') return encodeElement(contextTag(kind === 'email' ? 1 : 6, false), encodeUtf8(value))
  const name = encodeElement(contextTag(0), encodeUtf8String(value))
  return encodeElement(contextTag(0), encodeOid('1.3.6.1.4.1.57264.1.7'), name)
}

function encodeAttribute(oid: string, value: string): Uint8Array {
  return encodeSet(encodeSequence(encodeOid(oid), encodeElement(TAG.utf8String, encodeUtf8(value))))
}
