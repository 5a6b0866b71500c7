// Timestamp tokens for tests, written element by element, so that a test can have any one wrong.
import { createHash, type KeyObject, sign } from 'node:crypto'
import { contextTag, TAG } from '../../src/asn1/read.ts'
import {
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
} from '../../src/asn1/write.ts'
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts'
import { HASH_OIDS } from '../../src/tsa/request.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import type { Hash } from '../../src/x509/key.ts'
import type { Owned } from './certificate.ts'

export const TST_INFO = '1.2.840.113549.1.9.16.1.4'
export const STAMPED = Date.parse('2024-06-01T12:00:00Z')
export const RSA_ENCRYPTION = '1.2.840.113549.1.1.1'
export const ECDSA_SHA256 = '1.2.840.10045.4.3.2'

export interface StampOptions {
  readonly time?: number
  readonly hash?: Hash
  readonly imprintOid?: string
  readonly version?: number
  readonly contentType?: string
  readonly signedContentType?: string
  /** Certificates that the token brings along. */
  readonly certificates?: readonly Certificate[]
  /** The certificate that the ESS attribute names; null leaves the attribute out. */
  readonly named?: Certificate | null
  /** RFC 2634's attribute with SHA-1 in place of RFC 5035's. */
  readonly essV1?: boolean
  readonly algorithm?: string
  readonly signatureHash?: Hash
  readonly key?: KeyObject
  readonly changeInfo?: (info: Uint8Array) => Uint8Array
  /** Elements after genTime. */
  readonly tail?: readonly Uint8Array[]
  readonly signers?: number
}

/** A bare TimeStampToken by `stamper` over `signature`. */
export function makeToken(stamper: Owned, signature: Uint8Array, options: StampOptions = {}): Uint8Array {
  const { hash = 'sha256', contentType = TST_INFO, changeInfo = (info) => info, signers = 1 } = options
  const info = encodeInfo(signature, options)
  const signer = encodeSigner(stamper, info, options)
  const certificates = (options.certificates ?? []).map((one) => one.bytes)
  return encodeSequence(
    encodeOid('1.2.840.113549.1.7.2'),
    encodeElement(
      contextTag(0),
      encodeSequence(
        encodeInteger(3),
        encodeSet(hashAlgorithm(HASH_OIDS[hash])),
        encodeSequence(encodeOid(contentType), encodeElement(contextTag(0), encodeOctetString(changeInfo(info)))),
        ...(certificates.length === 0 ? [] : [encodeElement(contextTag(0), ...certificates)]),
        encodeElement(TAG.set, ...Array.from({ length: signers }, () => signer)),
      ),
    ),
  )
}

function encodeInfo(signature: Uint8Array, options: StampOptions): Uint8Array {
  const { hash = 'sha256', imprintOid = HASH_OIDS[hash], time = STAMPED, version = 1, tail = [] } = options
  const digits = new Date(time).toISOString().replace(/\D/g, '')
  const text = digits.slice(14) === '000' ? digits.slice(0, 14) : `${digits.slice(0, 14)}.${digits.slice(14)}`
  return encodeSequence(
    encodeInteger(version),
    encodeOid('1.3.6.1.4.1.57264.2'),
    encodeSequence(hashAlgorithm(imprintOid), encodeOctetString(createHash(hash).update(signature).digest())),
    encodeInteger(77),
    encodeElement(
      TAG.generalizedTime,
      encodeUtf8(`${text.replace(/0+$/, (zeros) => (text.includes('.') ? '' : zeros))}Z`),
    ),
    ...tail,
  )
}

function encodeSigner(stamper: Owned, info: Uint8Array, options: StampOptions): Uint8Array {
  const { certificate } = stamper
  const { hash = 'sha256', algorithm = ECDSA_SHA256, signatureHash = 'sha256', signedContentType = TST_INFO } = options
  const attributes = [
    attribute('1.2.840.113549.1.9.3', encodeOid(signedContentType)),
    attribute('1.2.840.113549.1.9.4', encodeOctetString(createHash(hash).update(info).digest())),
    ...(options.named === null ? [] : [encodeEss(options.named ?? certificate, options.essV1 === true)]),
  ]
  const set = encodeSet(...attributes)
  return encodeSequence(
    encodeInteger(1),
    encodeSequence(certificate.issuer, encodeElement(TAG.integer, certificate.serial)),
    hashAlgorithm(HASH_OIDS[hash]),
    concatBytes(Uint8Array.of(contextTag(0)), set.subarray(1)),
    encodeSequence(encodeOid(algorithm), ...(algorithm === RSA_ENCRYPTION ? [encodeNull()] : [])),
    encodeOctetString(sign(signatureHash, set, options.key ?? stamper.key)),
  )
}

function encodeEss(named: Certificate, isV1: boolean): Uint8Array {
  const digest = createHash(isV1 ? 'sha1' : 'sha256')
    .update(named.bytes)
    .digest()
  const id = encodeSequence(encodeSequence(encodeSequence(encodeOctetString(digest))))
  return attribute(isV1 ? '1.2.840.113549.1.9.16.2.12' : '1.2.840.113549.1.9.16.2.47', id)
}

/** One X.509-like extension of the TSTInfo, in its [1]. */
export function infoExtension(critical: boolean): Uint8Array {
  const flag = critical ? [encodeBoolean(true)] : []
  return encodeElement(
    contextTag(1),
    encodeSequence(encodeOid('1.2.3.4'), ...flag, encodeOctetString(new Uint8Array())),
  )
}

function hashAlgorithm(oid: string): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeNull())
}

function attribute(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSet(value))
}
