// Certificates for tests, built field by field so that each rule can be broken alone.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { contextTag, TAG } from '../../src/asn1/read.ts'
import {
  encodeBitString,
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
  encodeUtcTime,
  encodeUtf8String,
} from '../../src/asn1/write.ts'
import { encodeUtf8 } from '../../src/bytes.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'

export const NOW = Date.parse('2026-06-01T12:00:00Z')
export const MINUTE = 60_000
export const ECDSA_SHA256 = encodeSequence(encodeOid('1.2.840.10045.4.3.2'))

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly spki: Uint8Array
}

export function newKey(curve = 'P-256'): KeyPair {
  return pair(generateKeyPairSync('ec', { namedCurve: curve }).privateKey)
}

export function newRsaKey(bits: number, exponent = 65537): KeyPair {
  return pair(generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: exponent }).privateKey)
}

export function newEd25519Key(): KeyPair {
  return pair(generateKeyPairSync('ed25519').privateKey)
}

function pair(privateKey: KeyObject): KeyPair {
  return { privateKey, spki: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }) }
}

export function name(commonName: string): Uint8Array {
  const attribute = encodeSequence(encodeOid('2.5.4.3'), encodeUtf8String(commonName))
  return commonName === '' ? encodeSequence() : encodeSequence(encodeSet(attribute))
}

export function extension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  return encodeSequence(encodeOid(oid), ...(critical ? [encodeBoolean(true)] : []), encodeOctetString(value))
}

const bits = (...octets: number[]) => encodeElement(TAG.bitString, Uint8Array.from(octets))
export const DIGITAL_SIGNATURE = extension('2.5.29.15', bits(7, 0x80), true)
export const KEY_AGREEMENT = extension('2.5.29.15', bits(3, 0x08), true)
export const CERT_SIGN = extension('2.5.29.15', bits(1, 0x06), true)
export const CRL_SIGN = extension('2.5.29.15', bits(1, 0x02), true)

export function purposes(oids: readonly string[], critical = false): Uint8Array {
  return extension('2.5.29.37', encodeSequence(...oids.map(encodeOid)), critical)
}
export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3'
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'

export function caConstraint(pathLength?: number): Uint8Array {
  const length = pathLength === undefined ? [] : [encodeInteger(pathLength)]
  return extension('2.5.29.19', encodeSequence(encodeBoolean(true), ...length), true)
}

export function emailName(email: string): Uint8Array {
  return extension('2.5.29.17', encodeSequence(encodeElement(contextTag(1, false), encodeUtf8(email))), true)
}

export interface Recipe {
  readonly issuer?: Uint8Array
  readonly subject?: Uint8Array
  readonly key?: KeyPair
  readonly signer?: KeyPair
  readonly notBefore?: number
  readonly notAfter?: number
  readonly extensions?: readonly Uint8Array[]
  readonly serial?: Uint8Array
  readonly version?: Uint8Array
  /** Put between the key and the extensions. */
  readonly extra?: readonly Uint8Array[]
  readonly algorithm?: Uint8Array
  readonly outerAlgorithm?: Uint8Array
  readonly hash?: string
}

export const LEAF_EXTENSIONS = [DIGITAL_SIGNATURE, purposes([CODE_SIGNING]), emailName('a@example.com')]
export const CA_EXTENSIONS = [CERT_SIGN, caConstraint()]

/** DER of a certificate; without a recipe a good leaf. */
export function certificateDer(recipe: Recipe = {}): Uint8Array {
  const key = recipe.key ?? newKey()
  const algorithm = recipe.algorithm ?? ECDSA_SHA256
  const tbs = encodeSequence(
    recipe.version ?? encodeElement(contextTag(0), encodeInteger(2)),
    recipe.serial ?? encodeInteger(BigInt(`0x4${createHash('sha256').update(key.spki).digest('hex').slice(0, 30)}`)),
    algorithm,
    recipe.issuer ?? name('issuer'),
    encodeSequence(
      encodeUtcTime(recipe.notBefore ?? NOW - 5 * MINUTE),
      encodeUtcTime(recipe.notAfter ?? NOW + 5 * MINUTE),
    ),
    recipe.subject ?? name(''),
    key.spki,
    ...(recipe.extra ?? []),
    ...(recipe.extensions?.length === 0
      ? []
      : [encodeElement(contextTag(3), encodeSequence(...(recipe.extensions ?? LEAF_EXTENSIONS)))]),
  )
  const { privateKey } = recipe.signer ?? key
  const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : (recipe.hash ?? 'sha256')
  const signature = sign(hash, tbs, privateKey)
  return encodeSequence(tbs, recipe.outerAlgorithm ?? algorithm, encodeBitString(signature))
}

export function certificate(recipe: Recipe = {}): Certificate {
  return parseCertificate(certificateDer(recipe))
}

/** AlgorithmIdentifier with NULL parameters. */
export function withNull(oid: string): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeNull())
}
