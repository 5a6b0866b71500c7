// Certificates for tests, written element by element, so that a test can have any one wrong.
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { contextTag } from '../../src/asn1/read.ts'
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
} from '../../src/asn1/write.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'

/** A certificate and the private key that belongs to it. */
export interface Owned {
  readonly certificate: Certificate
  readonly key: KeyObject
}

export const NOT_BEFORE = Date.parse('2024-01-01T00:00:00Z')
export const NOT_AFTER = Date.parse('2024-12-31T23:59:59Z')
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3'

const CA_EXTENSIONS = [
  extension('2.5.29.19', true, encodeSequence(encodeBoolean(true))),
  extension('2.5.29.15', true, Uint8Array.of(3, 2, 1, 0x06)),
]

/** P-256, P-384 or P-521, or RSA of that many bits. */
export function newKey(kind: string | number = 'P-256'): KeyObject {
  return typeof kind === 'number'
    ? generateKeyPairSync('rsa', { modulusLength: kind }).privateKey
    : generateKeyPairSync('ec', { namedCurve: kind }).privateKey
}

/** A leaf of nobody in particular: for what looks at its bytes and key alone. */
export function makeLeaf(curve = 'P-256'): Certificate {
  return makeRoot('leaf', newKey(curve)).certificate
}

export function makeRoot(name: string, key: KeyObject = newKey()): Owned {
  return { certificate: issue({ name, issuer: name, serial: 1, key, extensions: CA_EXTENSIONS }, key), key }
}

export interface StamperOptions {
  readonly usages?: readonly string[]
  readonly critical?: boolean
  readonly serial?: number
  readonly key?: KeyObject
  readonly issuer?: string
}

/** A timestamp authority's certificate, issued by `root`. */
export function makeStamper(root: Owned, options: StamperOptions = {}): Owned {
  const { usages = [TIME_STAMPING], critical = true, serial = 2, key = newKey(), issuer = 'stamping root' } = options
  const extensions = [
    extension('2.5.29.15', true, Uint8Array.of(3, 2, 7, 0x80)),
    extension('2.5.29.37', critical, encodeSequence(...usages.map(encodeOid))),
  ]
  return { certificate: issue({ name: 'stamper', issuer, serial, key, extensions }, root.key), key }
}

interface Fields {
  readonly name: string
  readonly issuer: string
  readonly serial: number
  readonly key: KeyObject
  readonly extensions: readonly Uint8Array[]
}

/** Issuers are P-256 keys that sign with SHA-256. */
function issue({ name, issuer, serial, key, extensions }: Fields, issuerKey: KeyObject): Certificate {
  const p256 = issuerKey.asymmetricKeyDetails?.namedCurve === 'prime256v1'
  const algorithm = encodeSequence(encodeOid(p256 ? '1.2.840.10045.4.3.2' : '1.2.840.10045.4.3.4'))
  const tbs = encodeSequence(
    encodeElement(contextTag(0), encodeInteger(2)),
    encodeInteger(serial),
    algorithm,
    encodeName(issuer),
    encodeSequence(encodeUtcTime(NOT_BEFORE), encodeUtcTime(NOT_AFTER)),
    encodeName(name),
    publicOf(key),
    encodeElement(contextTag(3), encodeSequence(...extensions)),
  )
  const signature = sign(p256 ? 'sha256' : 'sha512', tbs, issuerKey)
  return parseCertificate(encodeSequence(tbs, algorithm, encodeBitString(signature)))
}

function encodeName(text: string): Uint8Array {
  return encodeSequence(encodeSet(encodeSequence(encodeOid('2.5.4.3'), encodeUtf8String(text))))
}

function publicOf(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ format: 'der', type: 'spki' })
}

function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), ...(critical ? [encodeBoolean(true)] : []), encodeOctetString(value))
}
