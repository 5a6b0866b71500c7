// Certificates that name somebody, as a small Fulcio would issue them: no CA that anything trusts.
import { createPublicKey, generateKeyPairSync, KeyObject } from 'node:crypto'
import { contextTag } from '../../src/asn1/read.ts'
import { encodeElement, encodeSequence } from '../../src/asn1/write.ts'
import { encodeUtf8 } from '../../src/bytes.ts'
import { encodeCertificate, encodeExtension, encodeName, NO_NAME, newSerial } from '../../src/sandbox/certificate.ts'

interface Held {
  /** DER, or a key to take it from. */
  readonly spki: Uint8Array | KeyObject
  readonly subject: string
  readonly notBefore: number
  readonly notAfter: number
}

const ca = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const ISSUER = 'https://issuer.test'

export function issueFor({ spki, subject, notBefore, notAfter }: Held): Uint8Array {
  const key = spki instanceof KeyObject ? createPublicKey(spki).export({ type: 'spki', format: 'der' }) : spki
  const names = encodeSequence(encodeElement(contextTag(1, false), encodeUtf8(subject)))
  const extensions = [
    encodeExtension('2.5.29.17', true, names),
    encodeExtension('1.3.6.1.4.1.57264.1.1', false, encodeUtf8(ISSUER)),
  ]
  const dates = { notBefore, notAfter }
  return encodeCertificate(
    { serial: newSerial(), issuer: encodeName('a test', 'a CA'), subject: NO_NAME, ...dates, key, extensions },
    ca,
  )
}
