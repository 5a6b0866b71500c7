// RFC 3161 timestamp tokens of the vectors.
import { contextTag, TAG } from '../../src/asn1/read.ts'
import { encodeElement, encodeInteger, encodeOctetString, encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { compareBytes, encodeUtf8 } from '../../src/bytes.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { type Change, certificateAlgorithm, type Issuer, same } from './certificate.ts'
import {
  ATTRIBUTE,
  algorithmWithNull,
  attribute,
  type CmsDraft,
  encodeCms,
  HASH_OID,
  SIGNED_DATA,
  signedSet,
  TST_INFO,
  VERSION_1,
  VERSION_3,
} from './cms.ts'
import { digest, type ForgeKey } from './key.ts'

/** TSTInfo, each field encoded. */
interface InfoDraft {
  readonly version: Uint8Array
  readonly policy: Uint8Array
  readonly imprint: Uint8Array
  readonly serial: Uint8Array
  readonly time: Uint8Array
  /** Accuracy and what may follow. */
  readonly tail: readonly Uint8Array[]
}

/** What is other than usual in a token. */
export interface StampRecipe {
  readonly time?: number
  readonly stamper?: Issuer
  /** The bytes that are stamped in place of the signature. */
  readonly over?: Uint8Array
  readonly withoutCertificate?: boolean
  /** The certificate that the ESS attribute names. */
  readonly named?: Uint8Array
  readonly info?: Change<InfoDraft>
  /** After the attributes' digest was taken. */
  readonly content?: Change<Uint8Array>
  readonly attributes?: Change<readonly Uint8Array[]>
  readonly cms?: Change<CmsDraft>
  readonly key?: ForgeKey
  readonly token?: Change<Uint8Array>
}

/** A bare TimeStampToken over `signature`. */
export function makeToken(
  stamper: Issuer,
  signature: Uint8Array,
  recipe: StampRecipe & { readonly time: number },
): Uint8Array {
  const info = encodeInfo((recipe.info ?? same)(draftInfo(recipe.over ?? signature, recipe.time)))
  const attributes = [
    attribute(ATTRIBUTE.contentType, TST_INFO),
    attribute(ATTRIBUTE.messageDigest, encodeOctetString(digest('sha256', info))),
    attribute(ATTRIBUTE.signingCertificateV2, certificateId(recipe.named ?? stamper.certificate)),
  ]
  const { signed, field } = signedSet([...(recipe.attributes ?? same)(attributes)].sort(compareBytes))
  const key = recipe.key ?? stamper.key
  const content = encodeOctetString((recipe.content ?? same)(info))
  const draft: CmsDraft = {
    contentInfo: SIGNED_DATA,
    version: VERSION_3,
    digestAlgorithms: [algorithmWithNull(HASH_OID.sha256)],
    content: encodeSequence(TST_INFO, encodeElement(contextTag(0), content)),
    certificates: recipe.withoutCertificate === true ? [] : [stamper.certificate],
    signers: [
      {
        version: VERSION_1,
        id: signerId(stamper.certificate),
        digestAlgorithm: algorithmWithNull(HASH_OID.sha256),
        signedAttributes: field,
        signatureAlgorithm: certificateAlgorithm(key),
        signature: key.sign(signed),
      },
    ],
  }
  return (recipe.token ?? same)(encodeCms((recipe.cms ?? same)(draft)))
}

/** issuerAndSerialNumber. */
export function signerId(certificate: Uint8Array): Uint8Array {
  const { issuer, serial } = parseCertificate(certificate)
  return encodeSequence(issuer, encodeElement(TAG.integer, serial))
}

/** SigningCertificateV2 (or, with SHA-1, SigningCertificate) with one id and the default hash. */
export function certificateId(certificate: Uint8Array, hash = 'sha256'): Uint8Array {
  return encodeSequence(encodeSequence(encodeSequence(encodeOctetString(digest(hash, certificate)))))
}

export function encodeImprint(algorithm: Uint8Array, imprint: Uint8Array): Uint8Array {
  return encodeSequence(algorithm, encodeOctetString(imprint))
}

/** GeneralizedTime, with its fraction where there is one. */
export function generalizedTime(time: number): Uint8Array {
  const digits = new Date(time).toISOString().replace(/\D/g, '')
  const fraction = digits.slice(14).replace(/0+$/, '')
  return timeText(`${digits.slice(0, 14)}${fraction === '' ? '' : `.${fraction}`}Z`)
}

export function timeText(text: string, tag: number = TAG.generalizedTime): Uint8Array {
  return encodeElement(tag, encodeUtf8(text))
}

function draftInfo(stamped: Uint8Array, time: number): InfoDraft {
  return {
    version: encodeInteger(1),
    policy: encodeOid('1.3.6.1.4.1.57264.2'),
    imprint: encodeImprint(algorithmWithNull(HASH_OID.sha256), digest('sha256', stamped)),
    serial: encodeInteger(77),
    time: generalizedTime(time),
    tail: [],
  }
}

function encodeInfo(draft: InfoDraft): Uint8Array {
  return encodeSequence(draft.version, draft.policy, draft.imprint, draft.serial, draft.time, ...draft.tail)
}
