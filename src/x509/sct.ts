// Signed certificate timestamps embedded in a leaf (RFC 6962 3.2 and 3.3): a CT log's promise to publish the certificate.
// They are over the precertificate, rebuilt from the leaf's exact bytes. What they stop is a CA that issues in secret.
import { hash } from 'node:crypto'
import { contextTag, readDer, TAG } from '../asn1/read.ts'
import { encodeElement } from '../asn1/write.ts'
import { concatBytes, equalBytes } from '../bytes.ts'
import { Fault, malformed } from '../errors.ts'
import { type Certificate, findExtension } from './certificate.ts'
import { EXTENSION } from './extensions.ts'
import { type PublicKey, verifyWithKey } from './key.ts'
import { encodeVector, TlsReader } from './tls.ts'

/** One timestamp of version 1. */
export interface Sct {
  /** 32 bytes: SHA-256 of the log's SPKI. */
  readonly logId: Uint8Array
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly extensions: Uint8Array
  /** TLS 1.2 hash and signature algorithm. */
  readonly algorithm: number
  readonly signature: Uint8Array
}

/** A CT log of the trusted root. */
export interface CtLog {
  readonly id: Uint8Array
  readonly key: PublicKey
  /** Milliseconds since 1970, both ends inclusive. */
  readonly validFor: { readonly start: number; readonly end?: number }
}

const MAX_SCTS = 16
const SHA256_ECDSA = 0x0403
const SHA256_RSA = 0x0401
const PRECERT_ENTRY = Uint8Array.of(0, 1)

/** Reads the content of the extension. SCTs of other versions are left out, as RFC 6962 3.3 asks. Throws `parse`. */
export function parseSctList(value: Uint8Array): readonly Sct[] {
  const outer = new TlsReader(readDer(value, TAG.octetString).content)
  const list = new TlsReader(outer.vector(2))
  outer.finish()
  const scts: Sct[] = []
  for (let count = 0; !list.done; count++) {
    // Each costs a signature check or more.
    if (count === MAX_SCTS) throw malformed('SCT list', 'too many')
    const sct = parseSct(list.vector(2))
    if (sct !== undefined) scts.push(sct)
  }
  return scts
}

/**
 * Why no CT log of the trusted root promised to publish `leaf`; undefined when one did.
 * @param issuers the chain above the leaf: the key hash in the precertificate may be of any of them
 * @param moments the proven times of the signature, milliseconds since 1970: the log must be in force at each
 */
export function checkScts(
  leaf: Certificate,
  issuers: readonly Certificate[],
  logs: readonly CtLog[],
  moments: readonly number[],
): string | undefined {
  const extension = findExtension(leaf, EXTENSION.sctList)
  if (extension === undefined) return 'the certificate has no certificate transparency timestamp'
  try {
    return checkList(parseSctList(extension.value), leaf, issuers, logs, moments)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return thrown.message
    throw thrown
  }
}

function checkList(
  scts: readonly Sct[],
  leaf: Certificate,
  issuers: readonly Certificate[],
  logs: readonly CtLog[],
  moments: readonly number[],
): string | undefined {
  let why = 'no certificate transparency timestamp is by a log of the trusted root'
  for (const sct of scts)
    for (const log of logs.filter((one) => equalBytes(one.id, sct.logId))) {
      // A log key that leaked after it was retired could date its promises back; the proven time it cannot change.
      if (!isInForce(log, moments)) why = 'the certificate transparency log was not trusted then'
      else if (issuers.some((issuer) => isProven(leaf, log, issuer) || prove(log, sct, leaf, issuer))) return undefined
      else why = 'the certificate transparency timestamp does not verify'
    }
  return why
}

/** Promises that verified, by leaf, log and issuer as objects: one certificate may have signed a hundred commits. */
const proven = new WeakMap<Certificate, Map<CtLog, Certificate>>()

function isProven(leaf: Certificate, log: CtLog, issuer: Certificate): boolean {
  return proven.get(leaf)?.get(log) === issuer
}

function prove(log: CtLog, sct: Sct, leaf: Certificate, issuer: Certificate): boolean {
  const isGood = isSctBy(log, sct, leaf, issuer)
  if (isGood) proven.set(leaf, (proven.get(leaf) ?? new Map<CtLog, Certificate>()).set(log, issuer))
  return isGood
}

function parseSct(bytes: Uint8Array): Sct | undefined {
  const reader = new TlsReader(bytes)
  if (reader.number(1) !== 0) return undefined
  const logId = reader.take(32)
  // Six octets last until the year 10889.
  if (reader.number(2) !== 0) throw malformed('SCT', 'timestamp out of range')
  const timestamp = reader.number(6)
  const extensions = reader.vector(2)
  const algorithm = reader.number(2)
  const signature = reader.vector(2)
  reader.finish()
  return { logId, timestamp, extensions, algorithm, signature }
}

function isSctBy(log: CtLog, sct: Sct, leaf: Certificate, issuer: Certificate): boolean {
  // The algorithm named must be the key's own, and the hash SHA-256.
  if (sct.algorithm !== (log.key.algorithm === 'RSA' ? SHA256_RSA : SHA256_ECDSA)) return false
  return verifyWithKey(log.key, 'sha256', signedPart(sct, leaf, issuer), sct.signature)
}

/** RFC 6962 3.2: version, signature type, timestamp, precert entry, extensions. */
function signedPart(sct: Sct, leaf: Certificate, issuer: Certificate): Uint8Array {
  const head = new Uint8Array(10)
  const view = new DataView(head.buffer)
  view.setUint16(4, Math.floor(sct.timestamp / 2 ** 32))
  view.setUint32(6, sct.timestamp % 2 ** 32)
  // The issuer's key stands in what is signed, so that the promise is about this CA's certificate.
  const tbs = encodeVector(3, precertificate(leaf))
  return concatBytes(head, PRECERT_ENTRY, issuerKeyHash(issuer), tbs, encodeVector(2, sct.extensions))
}

const keyHashes = new WeakMap<Certificate, Uint8Array>()

function issuerKeyHash(issuer: Certificate): Uint8Array {
  const known = keyHashes.get(issuer) ?? hash('sha256', issuer.spki, 'buffer')
  keyHashes.set(issuer, known)
  return known
}

/** The TBSCertificate without its SCT list, all else as it stands. */
function precertificate({ tbs, extensions }: Certificate): Uint8Array {
  const kept = extensions.filter(({ oid }) => oid !== EXTENSION.sctList).map(({ bytes }) => bytes)
  // DER has one length for each content, so where the extensions begin follows from how long they are.
  const length = sizeOf(sizeOf(extensions.reduce((sum, { bytes }) => sum + bytes.length, 0)))
  const fields = readDer(tbs, TAG.sequence).content
  const before = fields.subarray(0, fields.length - length)
  const list = encodeElement(contextTag(3), encodeElement(TAG.sequence, ...kept))
  return encodeElement(TAG.sequence, before, list)
}

/** Octets of an element whose content has so many. */
function sizeOf(content: number): number {
  return content + (content < 0x80 ? 2 : content < 0x100 ? 3 : content < 0x1_0000 ? 4 : 5)
}

function isInForce(log: CtLog, moments: readonly number[]): boolean {
  const { start, end } = log.validFor
  return moments.length > 0 && moments.every((time) => time >= start && (end === undefined || time <= end))
}
