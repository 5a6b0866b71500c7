// The sandbox's two certificate authorities, kept in the state directory: Fulcio's (root and intermediate, P-384 as the
// public good instance's) and the timestamp authority's (root P-384, leaf P-256). Their names say that they are for tests.
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { encodePem } from '../x509/pem.ts'
import {
  authorityConstraints,
  authorityKeyId,
  type CertificateContent,
  encodeCertificate,
  encodeName,
  extendedKeyUsage,
  keyUsage,
  newSerial,
  OID,
  publicKeyOf,
  subjectKeyId,
} from './certificate.ts'
import { ORGANISATION } from './notice.ts'
import type { State } from './state.ts'

/** A CA: the key that issues, and its chain of DER certificates, issuing certificate first and root last. */
export interface Authority {
  readonly key: KeyObject
  readonly name: Uint8Array
  readonly chain: readonly Uint8Array[]
}

const YEAR = 365 * 24 * 3_600_000
const DAY = 24 * 3_600_000

/** Fulcio's CA. The intermediate may issue leaves for code signing alone. */
export async function openFulcioAuthority(state: State, now: number): Promise<Authority> {
  const rootKey = await state.key('fulcio-root', 'p384')
  const key = await state.key('fulcio-intermediate', 'p384')
  const rootName = encodeName(ORGANISATION, 'sandbox-fulcio-root')
  const name = encodeName(ORGANISATION, 'sandbox-fulcio-intermediate')
  const root = await stored(state, 'fulcio-root', rootKey, () => rootContent(rootKey, rootName, 1, now))
  const intermediate = await stored(state, 'fulcio-intermediate', rootKey, () => ({
    ...dates(now),
    serial: newSerial(),
    issuer: rootName,
    subject: name,
    key: publicKeyOf(key),
    extensions: [
      keyUsage('certificates'),
      extendedKeyUsage(OID.codeSigning, false),
      authorityConstraints(0),
      subjectKeyId(publicKeyOf(key)),
      authorityKeyId(publicKeyOf(rootKey)),
    ],
  }))
  return { key, name, chain: [intermediate, root] }
}

/** The timestamp authority's own certificate and key, and its root. */
export async function openTimestampAuthority(state: State, now: number): Promise<Authority> {
  const rootKey = await state.key('tsa-root', 'p384')
  const key = await state.key('tsa', 'p256')
  const rootName = encodeName(ORGANISATION, 'sandbox-tsa-root')
  const name = encodeName(ORGANISATION, 'sandbox-tsa')
  const root = await stored(state, 'tsa-root', rootKey, () => rootContent(rootKey, rootName, 0, now))
  const leaf = await stored(state, 'tsa', rootKey, () => ({
    ...timestampLeaf(key, name, rootKey, rootName),
    ...dates(now),
  }))
  return { key, name, chain: [leaf, root] }
}

/** A timestamp certificate of the same key that expired an hour before `now`, for the fault of that name. */
export async function expiredTimestampLeaf(state: State, now: number): Promise<Uint8Array> {
  const rootKey = await state.key('tsa-root', 'p384')
  const key = await state.key('tsa', 'p256')
  const names = [encodeName(ORGANISATION, 'sandbox-tsa'), encodeName(ORGANISATION, 'sandbox-tsa-root')] as const
  const content = timestampLeaf(key, names[0], rootKey, names[1])
  return encodeCertificate({ ...content, notBefore: now - 2 * 3_600_000, notAfter: now - 3_600_000 }, rootKey)
}

function timestampLeaf(key: KeyObject, name: Uint8Array, rootKey: KeyObject, rootName: Uint8Array) {
  return {
    serial: newSerial(),
    issuer: rootName,
    subject: name,
    key: publicKeyOf(key),
    extensions: [
      keyUsage('digitalSignature'),
      extendedKeyUsage(OID.timeStamping, true),
      subjectKeyId(publicKeyOf(key)),
      authorityKeyId(publicKeyOf(rootKey)),
    ],
  }
}

function rootContent(key: KeyObject, name: Uint8Array, pathLength: number, now: number): CertificateContent {
  const spki = publicKeyOf(key)
  const extensions = [keyUsage('certificates'), authorityConstraints(pathLength), subjectKeyId(spki)]
  return { ...dates(now), serial: newSerial(), issuer: name, subject: name, key: spki, extensions }
}

// A day back, so that a test with a clock a little behind, or a client's skew, does not meet a CA of the future.
function dates(now: number): { readonly notBefore: number; readonly notAfter: number } {
  return { notBefore: now - DAY, notAfter: now + 9 * YEAR }
}

/** `certificates/NAME.pem`, made once; a file that another key signed is made anew. */
async function stored(
  state: State,
  name: string,
  signer: KeyObject,
  content: () => CertificateContent,
): Promise<Uint8Array> {
  const file = `certificates/${name}.pem`
  const pem = await state.read(file)
  if (pem !== undefined) return new X509Certificate(pem).raw
  const certificate = encodeCertificate(content(), signer)
  await state.write(file, toPem(certificate))
  return certificate
}

/** The certificate as PEM. */
export function toPem(certificate: Uint8Array): string {
  return encodePem('CERTIFICATE', certificate)
}

export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
