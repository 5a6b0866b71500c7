// RFC 3161 requests and the envelope of the answers (2.4.1, 2.4.2): status and token. What the token says is token.ts's.
import { readDer, TAG } from '../asn1/read.ts'
import { parseSmallInteger } from '../asn1/value.ts'
import {
  encodeBoolean,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../asn1/write.ts'
import { Fault, malformed } from '../errors.ts'
import type { Hash } from '../x509/key.ts'

export interface TimestampRequest {
  readonly hash: Hash
  /** Digest by `hash` of what is stamped: the signature value. */
  readonly digest: Uint8Array
  /** Random, positive: ties the answer to this request. */
  readonly nonce: bigint
  /** Whether the authority's certificates shall be in the token. */
  readonly withCertificates: boolean
}

export const HASH_OIDS: Readonly<Record<Hash, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
}

const WHAT = 'timestamp response'
const GRANTED_WITH_MODS = 1

/** TimeStampReq, version 1. */
export function encodeTimestampRequest(request: TimestampRequest): Uint8Array {
  const algorithm = encodeSequence(encodeOid(HASH_OIDS[request.hash]), encodeNull())
  return encodeSequence(
    encodeInteger(1),
    encodeSequence(algorithm, encodeOctetString(request.digest)),
    encodeInteger(request.nonce),
    ...(request.withCertificates ? [encodeBoolean(true)] : []),
  )
}

/** The token of a TimeStampResp that grants one. Throws `parse` where it is malformed, `tsa` where it was refused. */
export function parseTimestampResponse(der: Uint8Array): Uint8Array {
  const response = readDer(der, TAG.sequence).reader()
  const info = response.read(TAG.sequence).reader()
  const status = parseSmallInteger(info.read(TAG.integer))
  if (status > GRANTED_WITH_MODS)
    throw new Fault('tsa', `the timestamp authority refused the request (status ${status})`)
  const token = response.readOptional(TAG.sequence)
  response.finish()
  if (token === undefined) throw malformed(WHAT, 'no token')
  return token.bytes
}

/** A granting TimeStampResp around a token: the form in which bundles hold it. */
export function encodeTimestampResponse(token: Uint8Array): Uint8Array {
  return encodeSequence(encodeSequence(encodeInteger(0)), token)
}
