// CMS SignedData of the vectors (RFC 5652), for signatures and timestamp tokens alike: drafts of encoded fields.
import { contextTag, TAG } from '../../src/asn1/read.ts'
import {
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
} from '../../src/asn1/write.ts'

/** One signer, each field encoded. */
export interface SignerDraft {
  readonly version: Uint8Array
  readonly id: Uint8Array
  readonly digestAlgorithm: Uint8Array
  /** The `[0]` element; absent where there are no signed attributes. */
  readonly signedAttributes?: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  /** Attributes, in the order in which they are to stand; absent where there is no `[1]`. */
  readonly unsigned?: readonly Uint8Array[]
}

export interface CmsDraft {
  readonly contentInfo: Uint8Array
  readonly version: Uint8Array
  readonly digestAlgorithms: readonly Uint8Array[]
  /** EncapsulatedContentInfo. */
  readonly content: Uint8Array
  readonly certificates: readonly Uint8Array[]
  /** The `[1]` element. */
  readonly revocations?: Uint8Array
  readonly signers: readonly SignerDraft[]
}

export const SIGNED_DATA: Uint8Array = encodeOid('1.2.840.113549.1.7.2')
export const DATA: Uint8Array = encodeOid('1.2.840.113549.1.7.1')
export const TST_INFO: Uint8Array = encodeOid('1.2.840.113549.1.9.16.1.4')
export const ATTRIBUTE = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  timestampToken: '1.2.840.113549.1.9.16.2.14',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  logEntry: '1.3.6.1.4.1.57264.3.1',
} as const

export const HASH_OID = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const

export function encodeCms(draft: CmsDraft): Uint8Array {
  const signedData = encodeSequence(
    draft.version,
    encodeElement(TAG.set, ...draft.digestAlgorithms),
    draft.content,
    ...(draft.certificates.length === 0 ? [] : [encodeElement(contextTag(0), ...draft.certificates)]),
    ...(draft.revocations === undefined ? [] : [draft.revocations]),
    encodeElement(TAG.set, ...draft.signers.map(encodeSigner)),
  )
  return encodeSequence(draft.contentInfo, encodeElement(contextTag(0), signedData))
}

function encodeSigner(draft: SignerDraft): Uint8Array {
  return encodeSequence(
    draft.version,
    draft.id,
    draft.digestAlgorithm,
    ...(draft.signedAttributes === undefined ? [] : [draft.signedAttributes]),
    draft.signatureAlgorithm,
    encodeOctetString(draft.signature),
    ...(draft.unsigned === undefined ? [] : [encodeElement(contextTag(1), ...draft.unsigned)]),
  )
}

/** Attributes as they are hashed, and as they stand in the signer (RFC 5652 5.4). */
export function signedSet(attributes: readonly Uint8Array[]): {
  readonly signed: Uint8Array
  readonly field: Uint8Array
} {
  return { signed: encodeElement(TAG.set, ...attributes), field: encodeElement(contextTag(0), ...attributes) }
}

export function attribute(oid: string, ...values: readonly Uint8Array[]): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSet(...values))
}

export const VERSION_1: Uint8Array = encodeInteger(1)
export const VERSION_3: Uint8Array = encodeInteger(3)

/** AlgorithmIdentifier without parameters, as all real Git signatures have them. */
export function algorithm(oid: string): Uint8Array {
  return encodeSequence(encodeOid(oid))
}

export function algorithmWithNull(oid: string): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeNull())
}
