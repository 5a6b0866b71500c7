// Writes the CMS signature that Git stores, byte for byte as gitsign does; signed-data.ts reads it.

import { contextTag, TAG } from '../asn1/read.ts'
import {
  encodeElement,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
  encodeUtcTime,
} from '../asn1/write.ts'
import { malformed } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import { ECDSA_SHA256, SHA256 } from './algorithm.ts'
import { OID } from './signed-data.ts'

const VERSION_1 = encodeInteger(1)
/** Without parameters, as in every real one. */
const SHA256_ALGORITHM = encodeSequence(encodeOid(SHA256))
const ECDSA_ALGORITHM = encodeSequence(encodeOid(ECDSA_SHA256))
const NO_CONTENT = encodeSequence(encodeOid(OID.data))

/**
 * DER of the SET of signed attributes: what is signed, and the artifact of the log entry.
 * @param payloadDigest SHA-256 of the payload
 * @param signingTime milliseconds since 1970; whole seconds are written
 */
export function encodeSignedAttributes(fields: {
  readonly payloadDigest: Uint8Array
  readonly signingTime: number
}): Uint8Array {
  return encodeSet(
    encodeAttribute(OID.contentType, encodeOid(OID.data)),
    encodeAttribute(OID.signingTime, encodeUtcTime(fields.signingTime)),
    encodeAttribute(OID.messageDigest, encodeOctetString(fields.payloadDigest)),
  )
}

/** What a signature is made of. The leaf stands alone: who verifies has the CA in the trusted root. */
export interface SignatureParts {
  /** Its key is P-256. */
  readonly leaf: Certificate
  readonly signedAttributes: Uint8Array
  /** ECDSA with SHA-256, DER. */
  readonly signature: Uint8Array
  /** TransparencyLogEntry in protobuf, without its canonicalized body; absent in online mode. */
  readonly logEntry?: Uint8Array | undefined
  /** RFC 3161 TimeStampToken. */
  readonly timestampToken?: Uint8Array | undefined
}

/** DER of the ContentInfo. Throws `parse` for a leaf that is not P-256, which this form could not be read with. */
export function encodeSignedData(parts: SignatureParts): Uint8Array {
  if (parts.leaf.key.algorithm !== 'P-256') throw malformed('signature', 'the key is not P-256')
  const signedData = encodeSequence(
    VERSION_1,
    encodeSet(SHA256_ALGORITHM),
    NO_CONTENT,
    encodeElement(contextTag(0), parts.leaf.bytes),
    encodeSet(encodeSignerInfo(parts)),
  )
  return encodeSequence(encodeOid(OID.signedData), encodeElement(contextTag(0), signedData))
}

function encodeSignerInfo(parts: SignatureParts): Uint8Array {
  const { leaf, signedAttributes, signature } = parts
  const implicit = Uint8Array.from(signedAttributes)
  implicit[0] = contextTag(0)
  return encodeSequence(
    VERSION_1,
    encodeSequence(leaf.issuer, encodeElement(TAG.integer, leaf.serial)),
    SHA256_ALGORITHM,
    implicit,
    ECDSA_ALGORITHM,
    encodeOctetString(signature),
    ...encodeUnsigned(parts),
  )
}

function encodeUnsigned({ logEntry, timestampToken }: SignatureParts): readonly Uint8Array[] {
  const attributes: Uint8Array[] = []
  if (logEntry !== undefined) attributes.push(encodeAttribute(OID.logEntry, encodeOctetString(logEntry)))
  if (timestampToken !== undefined) attributes.push(encodeAttribute(OID.timestampToken, timestampToken))
  if (attributes.length === 0) return []
  const set = encodeSet(...attributes)
  set[0] = contextTag(1)
  return [set]
}

function encodeAttribute(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSet(value))
}
