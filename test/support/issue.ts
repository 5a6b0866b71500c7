// Certificates as a small Fulcio would issue them, for tests of clients: no CA that anything trusts.
import { generateKeyPairSync } from 'node:crypto'
import {
  encodeCertificate,
  encodeExtension,
  encodeName,
  NO_NAME,
  newSerial,
  OID,
} from '../../src/sandbox/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'

export interface LeafOptions {
  /** DER SubjectPublicKeyInfo. */
  readonly spki: Uint8Array
  readonly notBefore: number
  readonly notAfter: number
  /** An SCT list, whose content nobody here reads. */
  readonly withSct: boolean
}

const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

export function issueLeaf({ spki, withSct, ...validity }: LeafOptions): Uint8Array {
  const usage = encodeExtension('2.5.29.15', true, Uint8Array.of(3, 2, 7, 0x80))
  const scts = withSct ? [encodeExtension(OID.sctList, false, Uint8Array.of(4, 2, 0, 0))] : []
  const names = { issuer: encodeName('a test', 'a CA'), subject: NO_NAME }
  return encodeCertificate({ serial: newSerial(), ...names, ...validity, key: spki, extensions: [usage, ...scts] }, ca)
}

/** As Fulcio's JSON has it. */
export function issuePem(options: LeafOptions): string {
  return encodePem('CERTIFICATE', issueLeaf(options))
}
