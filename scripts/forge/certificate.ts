// Certificates of the vectors (RFC 5280): drafts of encoded fields, so that any one can be made wrong before they are signed.
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
import type { Hash } from '../../src/x509/key.ts'
import { bytesFrom, digest, type ForgeKey, numberOf } from './key.ts'

/** Every field encoded, in the order of a TBSCertificate. */
export interface CertificateDraft {
  readonly version: Uint8Array
  readonly serial: Uint8Array
  readonly algorithm: Uint8Array
  /** The unsigned copy; `algorithm` where it is absent. */
  readonly outerAlgorithm?: Uint8Array
  readonly issuer: Uint8Array
  readonly notBefore: Uint8Array
  readonly notAfter: Uint8Array
  readonly subject: Uint8Array
  readonly spki: Uint8Array
  /** Between key and extensions: unique identifiers. */
  readonly uniqueIds: readonly Uint8Array[]
  readonly extensions: readonly Uint8Array[]
  /** Behind the signature. */
  readonly tail: readonly Uint8Array[]
}

/** Who may issue: a name, a key, and the certificate that says so. */
export interface Issuer {
  readonly name: Uint8Array
  readonly key: ForgeKey
  readonly certificate: Uint8Array
}

export type Change<Draft> = (draft: Draft) => Draft

export function same<Draft>(draft: Draft): Draft {
  return draft
}

/** DER of the draft, signed by `key` (by its own hash unless told). */
export function encodeCertificate(draft: CertificateDraft, key: ForgeKey, hash?: Hash): Uint8Array {
  const tbs = encodeTbs(draft)
  const signature = encodeBitString(key.sign(tbs, hash))
  return encodeSequence(tbs, draft.outerAlgorithm ?? draft.algorithm, signature, ...draft.tail)
}

export function encodeTbs(draft: CertificateDraft): Uint8Array {
  const { extensions } = draft
  return encodeSequence(
    draft.version,
    draft.serial,
    draft.algorithm,
    draft.issuer,
    encodeSequence(draft.notBefore, draft.notAfter),
    draft.subject,
    draft.spki,
    ...draft.uniqueIds,
    ...(extensions.length === 0 ? [] : [encodeElement(contextTag(3), encodeSequence(...extensions))]),
  )
}

/** The fields that all have. The serial number follows from `label`. */
export function draftCertificate(
  label: string,
  names: { readonly issuer: Uint8Array; readonly subject: Uint8Array },
  window: { readonly start: number; readonly end: number },
  spki: Uint8Array,
  signer: ForgeKey,
  extensions: readonly Uint8Array[],
): CertificateDraft {
  return {
    version: encodeElement(contextTag(0), encodeInteger(2)),
    serial: encodeInteger(numberOf(bytesFrom(`serial ${label}`, 16)) | (1n << 126n)),
    algorithm: certificateAlgorithm(signer),
    ...names,
    notBefore: encodeUtcTime(window.start),
    notAfter: encodeUtcTime(window.end),
    spki,
    uniqueIds: [],
    extensions,
    tail: [],
  }
}

const ECDSA: Readonly<Record<Hash, string>> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
}

/** AlgorithmIdentifier of the key's signatures. */
export function certificateAlgorithm(key: ForgeKey, hash: Hash = key.hash): Uint8Array {
  if (key.kind === 'Ed25519') return encodeSequence(encodeOid('1.3.101.112'))
  if (key.kind === 'RSA') return encodeSequence(encodeOid('1.2.840.113549.1.1.11'), encodeNull())
  return encodeSequence(encodeOid(ECDSA[hash]))
}

export function encodeName(organisation: string, commonName: string): Uint8Array {
  const attribute = (oid: string, text: string): Uint8Array =>
    encodeSet(encodeSequence(encodeOid(oid), encodeUtf8String(text)))
  return encodeSequence(attribute('2.5.4.10', organisation), attribute('2.5.4.3', commonName))
}

export function extension(oid: string, critical: boolean, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), ...(critical ? [encodeBoolean(true)] : []), encodeOctetString(value))
}

export const OID = {
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extKeyUsage: '2.5.29.37',
  sctList: '1.3.6.1.4.1.11129.2.4.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  fulcioIssuer: '1.3.6.1.4.1.57264.1.1',
  fulcioIssuerV2: '1.3.6.1.4.1.57264.1.8',
} as const

/** keyUsage with its bits as DER has them: unused count, then octets. */
export function keyUsage(...bits: readonly number[]): Uint8Array {
  return extension(OID.keyUsage, true, encodeElement(TAG.bitString, Uint8Array.from(bits)))
}

export const DIGITAL_SIGNATURE: Uint8Array = keyUsage(7, 0x80)
export const CERT_SIGN: Uint8Array = keyUsage(1, 0x06)

export function purposes(critical: boolean, ...oids: readonly string[]): Uint8Array {
  return extension(OID.extKeyUsage, critical, encodeSequence(...oids.map(encodeOid)))
}

export function caConstraint(pathLength?: number): Uint8Array {
  const length = pathLength === undefined ? [] : [encodeInteger(pathLength)]
  return extension(OID.basicConstraints, true, encodeSequence(encodeBoolean(true), ...length))
}

export function keyIds(subject: ForgeKey, issuer: ForgeKey): readonly Uint8Array[] {
  const id = ({ spki }: ForgeKey): Uint8Array => digest('sha1', spki)
  return [
    extension('2.5.29.14', false, encodeOctetString(id(subject))),
    extension('2.5.29.35', false, encodeSequence(encodeElement(contextTag(0, false), id(issuer)))),
  ]
}

/** A GeneralName of a primitive kind: 1 email, 2 DNS, 6 URI. */
export function generalName(kind: number, value: string | Uint8Array): Uint8Array {
  return encodeElement(contextTag(kind, false), typeof value === 'string' ? encodeUtf8(value) : value)
}

export function userName(name: Uint8Array, oid = '1.3.6.1.4.1.57264.1.7'): Uint8Array {
  return encodeElement(contextTag(0), encodeOid(oid), encodeElement(contextTag(0), name))
}

export function altNames(...names: readonly Uint8Array[]): Uint8Array {
  return extension(OID.subjectAltName, true, encodeSequence(...names))
}

/** The same list with the extension of this OID exchanged, or left out where there is none in its place. */
export function exchange(oid: string, ...replacement: readonly Uint8Array[]): Change<CertificateDraft> {
  const head = encodeOid(oid)
  const isIt = (one: Uint8Array): boolean => Buffer.from(one).indexOf(head) >= 2 && Buffer.from(one).indexOf(head) <= 4
  return (draft) => ({
    ...draft,
    extensions: draft.extensions.flatMap((one) => (isIt(one) ? replacement : [one])),
  })
}

export function added(...more: readonly Uint8Array[]): Change<CertificateDraft> {
  return (draft) => ({ ...draft, extensions: [...draft.extensions, ...more] })
}
