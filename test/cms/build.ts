// CMS signatures for tests, built field by field so that each rule can be broken alone.
import { createHash, sign } from 'node:crypto'
import { contextTag, TAG } from '../../src/asn1/read.ts'
import {
  encodeElement,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
  encodeUtcTime,
} from '../../src/asn1/write.ts'
import { compareBytes } from '../../src/bytes.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { certificate, type KeyPair, NOW, name, newKey } from '../x509/build.ts'

export const PAYLOAD = new TextEncoder().encode('tree 0\n\nmessage')
export const DATA = '1.2.840.113549.1.7.1'
export const SHA256 = encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1'))
export const ECDSA = encodeSequence(encodeOid('1.2.840.10045.4.3.2'))

export const leafKey = newKey()
export const leaf = certificate({ issuer: name('ca'), key: leafKey, signer: newKey() })

export function attribute(oid: string, ...values: readonly Uint8Array[]): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSet(...values))
}
export const CONTENT_TYPE = attribute('1.2.840.113549.1.9.3', encodeOid(DATA))
export const SIGNING_TIME = attribute('1.2.840.113549.1.9.5', encodeUtcTime(NOW))
export const DIGEST = encodeOctetString(createHash('sha256').update(PAYLOAD).digest())
export const MESSAGE_DIGEST = attribute('1.2.840.113549.1.9.4', DIGEST)
export const LOG_ENTRY = attribute('1.3.6.1.4.1.57264.3.1', encodeOctetString(Uint8Array.of(8, 1)))
export const TOKEN = attribute('1.2.840.113549.1.9.16.2.14', encodeSequence(encodeInteger(7)))

export interface CmsRecipe {
  readonly key?: KeyPair
  readonly leaf?: Certificate
  readonly contentInfo?: string
  readonly version?: number
  readonly digestAlgorithms?: readonly Uint8Array[]
  readonly content?: Uint8Array
  readonly certificates?: readonly Uint8Array[]
  readonly crls?: Uint8Array
  readonly signers?: (signer: Uint8Array) => readonly Uint8Array[]
  readonly signerVersion?: number
  readonly sid?: Uint8Array
  readonly digestAlgorithm?: Uint8Array
  /** In the order given here. */
  readonly attributes?: readonly Uint8Array[]
  readonly signatureAlgorithm?: Uint8Array
  readonly hash?: string
  readonly unsigned?: readonly Uint8Array[]
  readonly signature?: Uint8Array
}

/** DER of a signature over PAYLOAD; without a recipe a good one. */
export function cmsDer(recipe: CmsRecipe = {}): Uint8Array {
  const signedBy = recipe.leaf ?? leaf
  const signer = signerInfo(recipe, signedBy)
  const signedData = encodeSequence(
    encodeInteger(recipe.version ?? 1),
    encodeElement(TAG.set, ...(recipe.digestAlgorithms ?? [recipe.digestAlgorithm ?? SHA256])),
    recipe.content ?? encodeSequence(encodeOid(DATA)),
    encodeElement(contextTag(0), ...(recipe.certificates ?? [signedBy.bytes])),
    ...(recipe.crls === undefined ? [] : [recipe.crls]),
    encodeElement(TAG.set, ...(recipe.signers?.(signer) ?? [signer])),
  )
  return encodeSequence(
    encodeOid(recipe.contentInfo ?? '1.2.840.113549.1.7.2'),
    encodeElement(contextTag(0), signedData),
  )
}

function signerInfo(recipe: CmsRecipe, signedBy: Certificate): Uint8Array {
  const attributes = recipe.attributes ?? [CONTENT_TYPE, SIGNING_TIME, MESSAGE_DIGEST].sort(compareBytes)
  const set = encodeElement(TAG.set, ...attributes)
  const signature = sign(recipe.hash ?? 'sha256', set, (recipe.key ?? leafKey).privateKey)
  return encodeSequence(
    encodeInteger(recipe.signerVersion ?? 1),
    recipe.sid ?? encodeSequence(signedBy.issuer, encodeElement(TAG.integer, signedBy.serial)),
    recipe.digestAlgorithm ?? SHA256,
    ...(attributes.length === 0 ? [] : [encodeElement(contextTag(0), ...attributes)]),
    recipe.signatureAlgorithm ?? ECDSA,
    encodeOctetString(recipe.signature ?? signature),
    ...(recipe.unsigned === undefined ? [] : [encodeElement(contextTag(1), ...recipe.unsigned)]),
  )
}
