import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextTag, TAG } from '../../src/asn1/read.ts'
import {
  encodeBoolean,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/write.ts'
import { concatBytes, fromBase64, toHex } from '../../src/bytes.ts'
import { Fault } from '../../src/errors.ts'
import { checkIssued, findExtension, parseCertificate, parseKeptCertificate } from '../../src/x509/certificate.ts'
import { loose } from '../asn1/graft.ts'
import { hasShared, readShared } from '../support/shared.ts'
import {
  certificate,
  certificateDer,
  DIGITAL_SIGNATURE,
  extension,
  LEAF_EXTENSIONS,
  name,
  newEd25519Key,
  newKey,
  newRsaKey,
  type Recipe,
  withNull,
} from './build.ts'

describe('parseCertificate', () => {
  test('reads every field as the runtime does', () => {
    const der = certificateDer({ issuer: name('The CA'), subject: name('The leaf') })
    const ours = parseCertificate(der)
    const theirs = new X509Certificate(der)
    expect(ours.bytes).toBe(der)
    expect(toHex(ours.serial).toUpperCase()).toBe(theirs.serialNumber)
    expect(ours.notBefore).toBe(theirs.validFromDate.getTime())
    expect(ours.notAfter).toBe(theirs.validToDate.getTime())
    expect(ours.key.handle.equals(theirs.publicKey)).toBe(true)
    expect(ours.key).toBe(ours.key)
    expect(ours.signatureAlgorithm).toBe('1.2.840.10045.4.3.2')
    expect(ours.extensions.map(({ oid, critical }) => [oid, critical])).toEqual([
      ['2.5.29.15', true],
      ['2.5.29.37', false],
      ['2.5.29.17', true],
    ])
    expect(findExtension(ours, '2.5.29.17')?.oid).toBe('2.5.29.17')
    expect(findExtension(ours, '2.5.29.18')).toBeUndefined()
  })

  const other = encodeSequence(encodeOid('1.2.840.10045.4.3.3'))
  const refused: readonly (readonly [string, Recipe, string])[] = [
    ['of version 1', { version: new Uint8Array() }, 'expected tag 0xa0'],
    ['of version 2', { version: encodeElement(contextTag(0), encodeInteger(1)) }, 'not version 3'],
    ['with two algorithms', { outerAlgorithm: other }, 'two algorithms'],
    ['with ECDSA parameters', { algorithm: withNull('1.2.840.10045.4.3.2') }, 'wrong parameters'],
    ['with an extension twice', { extensions: [...LEAF_EXTENSIONS, DIGITAL_SIGNATURE] }, 'an extension twice'],
    ['without extensions', { extensions: [] }, 'expected tag 0xa3'],
    [
      'with unique identifiers',
      { extra: [encodeElement(contextTag(1, false), Uint8Array.of(0, 1))] },
      'expected tag 0xa3',
    ],
    ['with a negative serial number', { serial: encodeElement(TAG.integer, Uint8Array.of(0x80)) }, 'serial number'],
    ['with an endless serial number', { serial: encodeInteger(2n ** 170n) }, 'serial number'],
    ['with a padded serial number', { serial: encodeElement(TAG.integer, Uint8Array.of(0, 1)) }, 'not minimal'],
    ['with critical written as false', { extensions: [notCritical()] }, 'critical is written as false'],
    ['with 65 extensions', { extensions: many(65) }, 'too many extensions'],
    ['of 65 KiB', { extensions: [extension('1.2.3', new Uint8Array(1 << 16))] }, 'too large'],
  ]
  test.each(refused)('refuses one %s', (_, recipe, why) => {
    expect(() => certificate(recipe)).toThrow(why)
    expect(() => certificate(recipe)).toThrow(Fault)
  })

  test('lets one more element in nowhere but in the names, which it does not read', () => {
    const der = certificateDer({ issuer: name('issuer'), subject: name('leaf') })
    const taken = loose(der, (changed) => parseCertificate(changed).key)
    expect(taken).toEqual(['0.3', '0.3.0', '0.3.0.0', '0.5', '0.5.0', '0.5.0.0'])
  })

  test('refuses an algorithm with two parameters', () => {
    const algorithm = encodeSequence(encodeOid('1.2.840.113549.1.1.11'), encodeNull(), encodeNull())
    expect(() => certificate({ algorithm, signer: newRsaKey(2048) })).toThrow('trailing bytes')
  })

  test('refuses a byte behind it', () => {
    expect(() => parseCertificate(concatBytes(certificateDer(), Uint8Array.of(0)))).toThrow('trailing bytes')
  })

  test('a key that is not accepted is refused when it is asked for', () => {
    const odd = { ...newKey(), spki: concatBytes(newKey().spki) }
    odd.spki[30] = (odd.spki[30] ?? 0) ^ 1
    const parsed = certificate({ key: odd })
    expect(() => parsed.key).toThrow('not a point of the curve')
  })

  test('no cut and no flipped bit does anything but throw a parse fault or give another certificate', () => {
    const der = certificateDer()
    fc.assert(
      fc.property(fc.nat(der.length * 8 - 1), fc.boolean(), (bit, cut) => {
        const changed = cut ? der.slice(0, bit >> 3) : Uint8Array.from(der)
        if (!cut) changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        try {
          expect(checkIssued(parseCertificate(changed), certificate({ subject: name('issuer') }))).toBeDefined()
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'parse' })
        }
      }),
    )
  })
})

describe('checkIssued', () => {
  const issuer = certificate({ subject: name('issuer'), key: newKey('P-384') })
  const pairs = [
    ['P-256 with SHA-256', newKey(), '1.2.840.10045.4.3.2', 'sha256'],
    ['P-384 with SHA-384', newKey('P-384'), '1.2.840.10045.4.3.3', 'sha384'],
    ['P-521 with SHA-512', newKey('P-521'), '1.2.840.10045.4.3.4', 'sha512'],
    ['RSA with SHA-256', newRsaKey(2048), '1.2.840.113549.1.1.11', 'sha256'],
    ['RSA with SHA-384', newRsaKey(2048), '1.2.840.113549.1.1.12', 'sha384'],
    ['RSA with SHA-512', newRsaKey(2048), '1.2.840.113549.1.1.13', 'sha512'],
    ['Ed25519', newEd25519Key(), '1.3.101.112', 'none'],
  ] as const
  test.each(pairs)('an issuer signs by %s', (_, key, oid, hash) => {
    const algorithm = oid.startsWith('1.2.840.113549') ? withNull(oid) : encodeSequence(encodeOid(oid))
    const ca = certificate({ subject: name('CA'), key })
    const child = certificate({ issuer: name('CA'), signer: key, algorithm, hash })
    expect(checkIssued(child, ca)).toBeUndefined()
    expect(new X509Certificate(child.bytes).verify(ca.key.handle)).toBe(true)
  })

  test('not under another name', () => {
    const key = newKey()
    const ca = certificate({ subject: name('CA'), key })
    expect(checkIssued(certificate({ issuer: name('ca'), signer: key }), ca)).toBe('issued under another name')
  })

  test('not with another key of the same name', () => {
    expect(checkIssued(certificate({ issuer: name('issuer') }), issuer)).toBe('not signed by its issuer')
  })

  test('not by an algorithm that is not the key’s, nor by SHA-1', () => {
    const key = newKey()
    const ca = certificate({ subject: name('issuer'), key })
    const asRsa = certificate({ signer: key, algorithm: withNull('1.2.840.113549.1.1.11') })
    const sha1 = certificate({ signer: key, algorithm: encodeSequence(encodeOid('1.2.840.10045.4.1')), hash: 'sha1' })
    expect(checkIssued(asRsa, ca)).toBe('not signed by its issuer')
    expect(checkIssued(sha1, ca)).toBe('not signed by its issuer')
  })

  test('RSA needs its NULL', () => {
    const algorithm = encodeSequence(encodeOid('1.2.840.113549.1.1.11'))
    expect(() => certificate({ signer: newRsaKey(2048), algorithm })).toThrow('wrong parameters')
  })

  test('not by a key that is not accepted', () => {
    const weak = newRsaKey(1024)
    const ca = certificate({ subject: name('issuer'), key: weak, signer: newKey() })
    const child = certificate({ signer: weak, algorithm: withNull('1.2.840.113549.1.1.11') })
    expect(checkIssued(child, ca)).toBe('not signed by its issuer')
  })
})

test.skipIf(!hasShared)('reads the certificates of the public-good trusted root', () => {
  const root = JSON.parse(new TextDecoder().decode(readShared('corpus/trusted_root.json'))) as TrustedRootJson
  const chains = [...root.certificateAuthorities, ...root.timestampAuthorities].map((authority) =>
    authority.certChain.certificates.map(({ rawBytes }) => parseCertificate(fromBase64(rawBytes))),
  )
  for (const chain of chains)
    for (const [i, ca] of chain.entries()) expect(checkIssued(ca, chain[i + 1] ?? ca)).toBeUndefined()
})

interface TrustedRootJson {
  readonly certificateAuthorities: readonly AuthorityJson[]
  readonly timestampAuthorities: readonly AuthorityJson[]
}
interface AuthorityJson {
  readonly certChain: { readonly certificates: readonly { readonly rawBytes: string }[] }
}

function notCritical(): Uint8Array {
  return encodeSequence(encodeOid('1.2.3'), encodeBoolean(false), encodeOctetString(encodeNull()))
}

function many(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, i) => extension(`1.2.3.${i}`, encodeNull()))
}

describe('parseKeptCertificate', () => {
  const der = certificateDer({})

  test('gives the same object for the same bytes, and reads what differs in one bit', () => {
    const kept = parseKeptCertificate(der)
    expect(kept).toEqual(parseCertificate(Buffer.from(der)))
    expect(parseKeptCertificate(Buffer.from(der))).toBe(kept)
    const changed = Buffer.from(der)
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    expect(parseKeptCertificate(changed)).not.toBe(kept)
  })

  test('holds on to no bytes of others: they may change afterwards', () => {
    const bytes = Buffer.from(der)
    const kept = parseKeptCertificate(bytes)
    bytes.fill(0)
    expect(Buffer.from(kept.bytes).equals(Buffer.from(der))).toBe(true)
  })
})
