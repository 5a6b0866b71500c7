// The answer to a timestamp query (RFC 3161 2.4.2): a TSTInfo in SignedData (RFC 5652), its signer bound by an ESSCertIDv2
// (RFC 5816).
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto'
import { contextTag, Reader, readDer, TAG } from '../asn1/read.ts'
import {
  encodeElement,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
  encodeUtcTime,
} from '../asn1/write.ts'
import { encodeUtf8, toHex } from '../bytes.ts'
import { signatureAlgorithm } from './certificate.ts'
import { POLICY, type TimestampQuery } from './timestamp-query.ts'

export interface TimestampSigner {
  readonly key: KeyObject
  /** DER certificate of the key. */
  readonly certificate: Uint8Array
  /** DER name of the certificate's subject, written into the token. */
  readonly name: Uint8Array
}

const SHA256 = encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1'))
const TST_INFO = encodeOid('1.2.840.113549.1.9.16.1.4')

/** DER TimeStampResp: granted with a token, or rejected with the query's failure. `time` in milliseconds. */
export function encodeTimestampResponse(query: TimestampQuery, signer: TimestampSigner, time: number): Uint8Array {
  if (query.failure !== undefined) return encodeSequence(encodeRejection(query.failure))
  const token = encodeToken(encodeTimestampInfo(query, signer, time), query.wantsCertificate, signer, time)
  return encodeSequence(encodeSequence(encodeInteger(0)), token)
}

function encodeRejection(failure: number): Uint8Array {
  const bits = new Uint8Array(Math.floor(failure / 8) + 1)
  bits[bits.length - 1] = 0x80 >> (failure % 8)
  return encodeSequence(encodeInteger(2), encodeElement(TAG.bitString, Uint8Array.of(7 - (failure % 8)), bits))
}

function encodeTimestampInfo(query: TimestampQuery, { name }: TimestampSigner, time: number): Uint8Array {
  const digits = new Date(time).toISOString().replace(/\D/g, '').slice(0, 14)
  return encodeSequence(
    encodeInteger(1),
    encodeOid(POLICY),
    query.imprint,
    encodeInteger(BigInt(`0x${toHex(randomBytes(16))}`)),
    encodeElement(TAG.generalizedTime, encodeUtf8(`${digits}Z`)),
    encodeSequence(encodeInteger(1)),
    ...(query.nonce === undefined ? [] : [query.nonce]),
    encodeElement(contextTag(0), encodeElement(contextTag(4), name)),
  )
}

function encodeToken(info: Uint8Array, withCertificate: boolean, signer: TimestampSigner, time: number): Uint8Array {
  const signed = encodeSequence(
    encodeInteger(3),
    encodeSet(SHA256),
    encodeSequence(TST_INFO, encodeElement(contextTag(0), encodeOctetString(info))),
    ...(withCertificate ? [encodeElement(contextTag(0), signer.certificate)] : []),
    encodeSet(encodeSignerInfo(info, signer, time)),
  )
  return encodeSequence(encodeOid('1.2.840.113549.1.7.2'), encodeElement(contextTag(0), signed))
}

function encodeSignerInfo(info: Uint8Array, { key, certificate }: TimestampSigner, time: number): Uint8Array {
  const attributes = encodeSet(
    encodeAttribute('1.2.840.113549.1.9.3', TST_INFO),
    encodeAttribute('1.2.840.113549.1.9.5', encodeUtcTime(time)),
    encodeAttribute('1.2.840.113549.1.9.4', encodeOctetString(createHash('sha256').update(info).digest())),
    encodeAttribute('1.2.840.113549.1.9.16.2.47', encodeSigningCertificate(certificate)),
  )
  return encodeSequence(
    encodeInteger(1),
    issuerAndSerial(certificate),
    SHA256,
    encodeElement(contextTag(0), readDer(attributes, TAG.set).content),
    signatureAlgorithm(key),
    encodeOctetString(sign('sha256', attributes, key)),
  )
}

/** SigningCertificateV2 with one ESSCertIDv2; its hash is SHA-256, which is the default and so not written. */
function encodeSigningCertificate(certificate: Uint8Array): Uint8Array {
  const hash = createHash('sha256').update(certificate).digest()
  return encodeSequence(encodeSequence(encodeSequence(encodeOctetString(hash))))
}

function encodeAttribute(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSet(value))
}

function issuerAndSerial(certificate: Uint8Array): Uint8Array {
  const fields = new Reader(readDer(certificate, TAG.sequence).reader().read(TAG.sequence).content)
  fields.read(contextTag(0))
  const serial = fields.read(TAG.integer).bytes
  fields.read(TAG.sequence)
  return encodeSequence(fields.read(TAG.sequence).bytes, serial)
}
