// A CA with an intermediate and a leaf, and a log's key, as PEM; made anew for each run.
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  authorityConstraints,
  authorityKeyId,
  encodeCertificate,
  encodeName,
  keyUsage,
  newSerial,
  publicKeyOf,
  subjectKeyId,
} from '../../src/sandbox/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'

export interface Issued {
  readonly name: Uint8Array
  readonly key: KeyObject
  readonly der: Uint8Array
}

/** Issues a certificate; without an issuer it is its own. */
export function issue(common: string, usage: 'certificates' | 'digitalSignature', issuer?: Issued): Issued {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = encodeName('tests', common)
  const by = issuer ?? { name, key }
  const content = {
    serial: newSerial(),
    issuer: by.name,
    subject: name,
    notBefore: Date.parse('2020-01-01'),
    notAfter: Date.parse('2040-01-01'),
    key: publicKeyOf(key),
    extensions: [
      keyUsage(usage),
      ...(usage === 'certificates' ? [authorityConstraints(2)] : []),
      subjectKeyId(publicKeyOf(key)),
      authorityKeyId(publicKeyOf(by.key)),
    ],
  }
  return { name, key, der: encodeCertificate(content, by.key) }
}

export function pemOf(...issued: readonly Issued[]): string {
  return issued.map(({ der }) => encodePem('CERTIFICATE', der)).join('')
}

export function publicKeyPem(type: 'ed25519' | 'p256'): string {
  const { publicKey } =
    type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}
