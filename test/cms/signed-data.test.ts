import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextTag, TAG } from '../../src/asn1/read.ts'
import {
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/write.ts'
import { compareBytes, concatBytes } from '../../src/bytes.ts'
import { checkSignedAttributes, parseSignedData } from '../../src/cms/signed-data.ts'
import { Fault } from '../../src/errors.ts'
import { loose } from '../asn1/graft.ts'
import { certificate, NOW, name, newEd25519Key, newKey, newRsaKey, withNull } from '../x509/build.ts'
import {
  attribute,
  type CmsRecipe,
  CONTENT_TYPE,
  cmsDer,
  DATA,
  DIGEST,
  ECDSA,
  LOG_ENTRY,
  leaf,
  leafKey,
  MESSAGE_DIGEST,
  SHA256,
  SIGNING_TIME,
  TOKEN,
} from './build.ts'

const sha384 = encodeSequence(encodeOid('2.16.840.1.101.3.4.2.2'))
const sha1 = encodeSequence(encodeOid('1.3.14.3.2.26'))
const ecdsa384 = encodeSequence(encodeOid('1.2.840.10045.4.3.3'))
const ecdsa512 = encodeSequence(encodeOid('1.2.840.10045.4.3.4'))
const rsaEncryption = '1.2.840.113549.1.1.1'
const rsaSha256 = '1.2.840.113549.1.1.11'

describe('parseSignedData', () => {
  test('reads the signer, the digest, the time and the evidence', () => {
    const signed = parseSignedData(cmsDer({ unsigned: [LOG_ENTRY, TOKEN] }))
    expect(signed.signer.bytes).toEqual(Buffer.from(leaf.bytes))
    expect(signed.certificates).toEqual([signed.signer])
    expect(signed.intermediates).toEqual([])
    expect(encodeOctetString(signed.messageDigest)).toEqual(DIGEST)
    expect(signed.signingTime).toBe(NOW)
    expect(signed.signedAttributes[0]).toBe(TAG.set)
    expect(signed.logEntry).toEqual(Buffer.from([8, 1]))
    expect(signed.timestampToken).toEqual(Buffer.from(encodeSequence(encodeInteger(7))))
    expect(checkSignedAttributes(signed)).toBe(true)
  })

  test('a signing time, a log entry and a token may be missing', () => {
    const signed = parseSignedData(cmsDer({ attributes: [CONTENT_TYPE, MESSAGE_DIGEST] }))
    expect(Object.keys(signed)).not.toContain('signingTime')
    expect(Object.keys(signed)).not.toContain('logEntry')
    expect(Object.keys(signed)).not.toContain('timestampToken')
  })

  test('the signer is the one named, wherever it stands', () => {
    const other = certificate({ issuer: name('ca'), subject: name('other') })
    for (const certificates of [
      [other.bytes, leaf.bytes],
      [leaf.bytes, other.bytes],
    ]) {
      const signed = parseSignedData(cmsDer({ certificates }))
      expect(signed.signer.bytes).toEqual(Buffer.from(leaf.bytes))
      expect(signed.intermediates.map((one) => one.bytes)).toEqual([Buffer.from(other.bytes)])
    }
  })

  const other = certificate({ issuer: name('ca'), subject: name('other') })
  const twin = certificate({ issuer: name('ca'), serial: encodeElement(TAG.integer, leaf.serial) })
  const sorted = (...attributes: Uint8Array[]) => attributes.sort(compareBytes)
  const shortDigest = attribute('1.2.840.113549.1.9.4', encodeOctetString(new Uint8Array(20)))
  const textDigest = attribute('1.2.840.113549.1.9.4', encodeElement(TAG.utf8String, new Uint8Array(32)))
  const twoDigests = attribute('1.2.840.113549.1.9.4', DIGEST, encodeOctetString(new Uint8Array(32)))
  const tokenType = attribute('1.2.840.113549.1.9.3', encodeOid('1.2.840.113549.1.9.16.1.4'))
  const logText = attribute('1.3.6.1.4.1.57264.3.1', encodeElement(TAG.printableString, Uint8Array.of(65)))
  const many = Array.from({ length: 33 }, (_, i) => attribute(`1.2.3.${i}`, encodeNull()))

  const refused: readonly (readonly [string, CmsRecipe, string])[] = [
    ['what is not SignedData', { contentInfo: DATA }, 'not SignedData'],
    ['SignedData of version 3', { version: 3 }, 'not version 1'],
    ['a signer of version 3', { signerVersion: 3 }, 'not version 1'],
    [
      'a signer named by key identifier',
      { sid: encodeElement(contextTag(0, false), new Uint8Array(20)) },
      'expected tag 0x30',
    ],
    ['no signer', { signers: () => [] }, 'not one signer'],
    ['two signers', { signers: (one) => [one, one] }, 'not one signer'],
    ['five signers', { signers: (one) => [one, one, one, one, one] }, 'too many'],
    ['no digest algorithm', { digestAlgorithms: [] }, 'not one digest algorithm'],
    ['two digest algorithms', { digestAlgorithms: [SHA256, sha384] }, 'not one digest algorithm'],
    ['another digest algorithm announced', { digestAlgorithms: [sha384] }, 'not one digest algorithm'],
    [
      'the payload inside',
      { content: encodeSequence(encodeOid(DATA), encodeElement(contextTag(0), encodeOctetString(Uint8Array.of(1)))) },
      'not detached',
    ],
    ['another content type', { content: encodeSequence(encodeOid('1.2.840.113549.1.9.16.1.4')) }, 'not detached'],
    ['no certificate', { certificates: [] }, 'no certificate of its signer'],
    ['another’s certificate alone', { certificates: [other.bytes] }, 'no certificate of its signer'],
    [
      'two certificates of one name and number',
      { certificates: [leaf.bytes, twin.bytes] },
      'two certificates of its signer',
    ],
    [
      'nine certificates',
      { certificates: [...Array.from({ length: 8 }, () => other.bytes), leaf.bytes] },
      'too many certificates',
    ],
    ['seventeen certificates', { certificates: Array.from({ length: 17 }, () => other.bytes) }, 'too many elements'],
    ['an attribute certificate', { certificates: [encodeElement(contextTag(2), encodeNull())] }, 'expected tag 0x30'],
    ['a revocation list', { crls: encodeElement(contextTag(1), encodeSequence()) }, 'expected tag 0x31'],
    ['no signed attributes', { attributes: [] }, 'expected tag 0xa0'],
    [
      'signed attributes out of order',
      { attributes: [MESSAGE_DIGEST, SIGNING_TIME, CONTENT_TYPE] },
      'not in DER order',
    ],
    [
      'a signed attribute twice',
      { attributes: sorted(CONTENT_TYPE, SIGNING_TIME, MESSAGE_DIGEST, MESSAGE_DIGEST) },
      'one twice',
    ],
    ['an unsigned attribute twice', { unsigned: [LOG_ENTRY, LOG_ENTRY] }, 'one twice'],
    ['empty unsigned attributes', { unsigned: [] }, 'empty'],
    ['33 attributes', { unsigned: many }, 'too many'],
    ['no content type', { attributes: sorted(SIGNING_TIME, MESSAGE_DIGEST) }, 'contentType is not data'],
    [
      'a timestamp’s content type',
      { attributes: sorted(tokenType, SIGNING_TIME, MESSAGE_DIGEST) },
      'contentType is not data',
    ],
    ['no digest', { attributes: sorted(CONTENT_TYPE, SIGNING_TIME) }, 'messageDigest is no SHA-256'],
    ['a digest of 20 bytes', { attributes: sorted(CONTENT_TYPE, shortDigest) }, 'messageDigest is no SHA-256'],
    ['a digest that is a string', { attributes: sorted(CONTENT_TYPE, textDigest) }, 'messageDigest is no SHA-256'],
    ['two digests in one attribute', { attributes: sorted(CONTENT_TYPE, twoDigests) }, 'not one value'],
    ['a log entry that is a string', { unsigned: [logText] }, 'log entry: wrong type'],
    [
      'a token that is no SEQUENCE',
      { unsigned: [attribute('1.2.840.113549.1.9.16.2.14', encodeNull())] },
      'timestamp token: wrong type',
    ],
    ['a token attribute without a value', { unsigned: [attribute('1.2.840.113549.1.9.16.2.14')] }, 'not one value'],
    [
      'a signature of 256 KiB',
      { unsigned: [attribute('1.2.3', encodeOctetString(new Uint8Array(1 << 18)))] },
      'too large',
    ],
  ]
  test.each(refused)('refuses %s', (_, recipe, why) => {
    expect(() => parseSignedData(cmsDer(recipe))).toThrow(why)
    expect(() => parseSignedData(cmsDer(recipe))).toThrow(Fault)
  })

  test('lets one more element in nowhere but in the subject’s name and the token, which it does not read', () => {
    const der = cmsDer({ unsigned: [LOG_ENTRY, TOKEN] })
    expect(loose(der, parseSignedData)).toEqual(['1.0.3.0.0.5', '1.0.4.0.6.1.1.0'])
  })

  test('refuses a byte behind it', () => {
    expect(() => parseSignedData(concatBytes(cmsDer(), Uint8Array.of(0)))).toThrow('trailing bytes')
  })
})

describe('the table of algorithms', () => {
  const [p384, p521, rsa, ed] = [newKey('P-384'), newKey('P-521'), newRsaKey(2048), newEd25519Key()]
  const accepted = [
    ['P-256, SHA-256', leafKey, SHA256, ECDSA, 'sha256'],
    ['P-256, SHA-256 with NULL', leafKey, withNull('2.16.840.1.101.3.4.2.1'), ECDSA, 'sha256'],
    ['P-384, SHA-256', p384, SHA256, ECDSA, 'sha256'],
    ['P-384, SHA-384', p384, SHA256, ecdsa384, 'sha384'],
    ['P-521, SHA-256', p521, SHA256, ECDSA, 'sha256'],
    ['P-521, SHA-512', p521, SHA256, ecdsa512, 'sha512'],
    ['RSA by rsaEncryption', rsa, SHA256, withNull(rsaEncryption), 'sha256'],
    ['RSA by rsaEncryption without NULL', rsa, SHA256, encodeSequence(encodeOid(rsaEncryption)), 'sha256'],
    ['RSA by sha256WithRSAEncryption', rsa, SHA256, withNull(rsaSha256), 'sha256'],
  ] as const
  test.each(accepted)('takes %s', (_, key, digestAlgorithm, signatureAlgorithm, hash) => {
    const own = certificate({ issuer: name('ca'), key, signer: newKey() })
    const signed = parseSignedData(cmsDer({ key, leaf: own, digestAlgorithm, signatureAlgorithm, hash }))
    expect(signed.scheme).toMatchObject({ key: own.key.algorithm, digest: 'sha256', signatureHash: hash })
    expect(checkSignedAttributes(signed)).toBe(true)
  })

  const ed25519 = encodeSequence(encodeOid('1.3.101.112'))
  const pss = encodeSequence(encodeOid('1.2.840.113549.1.1.10'), encodeSequence())
  const combination = 'is not an accepted combination'
  const refused = [
    ['P-256 with SHA-1', leafKey, sha1, encodeSequence(encodeOid('1.2.840.10045.4.1')), combination],
    ['P-256 with a SHA-384 digest', leafKey, sha384, ECDSA, combination],
    ['P-256 with SHA-384', leafKey, SHA256, ecdsa384, combination],
    ['P-256 as id-ecPublicKey', leafKey, SHA256, encodeSequence(encodeOid('1.2.840.10045.2.1')), combination],
    ['P-256 named RSA', leafKey, SHA256, withNull(rsaSha256), combination],
    ['P-384 with SHA-512', p384, SHA256, ecdsa512, combination],
    ['P-521 with SHA-384', p521, SHA256, ecdsa384, combination],
    ['RSA with SHA-512', rsa, SHA256, withNull('1.2.840.113549.1.1.13'), combination],
    ['RSA-PSS', rsa, SHA256, pss, combination],
    ['Ed25519', ed, SHA256, ed25519, combination],
    [
      'RSA with two parameters',
      rsa,
      SHA256,
      encodeSequence(encodeOid(rsaSha256), encodeNull(), encodeNull()),
      'trailing bytes',
    ],
    ['ECDSA with NULL', leafKey, SHA256, withNull('1.2.840.10045.4.3.2'), 'algorithm parameters'],
    [
      'RSA with other parameters',
      rsa,
      SHA256,
      encodeSequence(encodeOid(rsaSha256), encodeInteger(1)),
      'algorithm parameters',
    ],
    [
      'SHA-256 with a NULL that holds something',
      leafKey,
      encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1'), Uint8Array.of(5, 1, 0)),
      ECDSA,
      'algorithm parameters',
    ],
    [
      'SHA-256 with other parameters',
      leafKey,
      encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1'), encodeInteger(1)),
      ECDSA,
      'algorithm parameters',
    ],
  ] as const
  test.each(refused)('refuses %s', (_, key, digestAlgorithm, signatureAlgorithm, why) => {
    const own = certificate({ issuer: name('ca'), key, signer: newKey() })
    const signature = new Uint8Array(64)
    const recipe = { leaf: own, digestAlgorithm, signatureAlgorithm, signature }
    expect(() => parseSignedData(cmsDer(recipe))).toThrow(why)
  })
})

describe('checkSignedAttributes', () => {
  test('another key’s signature does not verify', () => {
    expect(checkSignedAttributes(parseSignedData(cmsDer({ key: newKey() })))).toBe(false)
  })
  test('a signature over the implicit tag does not verify', () => {
    const signed = parseSignedData(cmsDer())
    const implicit = Uint8Array.from(signed.signedAttributes)
    implicit[0] = contextTag(0)
    expect(checkSignedAttributes({ ...signed, signedAttributes: implicit })).toBe(false)
  })
  test('one flipped bit of the signed parts is never accepted', () => {
    const der = cmsDer({ unsigned: [LOG_ENTRY] })
    const good = parseSignedData(der)
    fc.assert(
      fc.property(fc.nat(der.length * 8 - 1), (bit) => {
        const flipped = Uint8Array.from(der)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(isSame(flipped, good)).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

/** Whether the bytes verify and yet differ only where nothing is signed: in the certificate's CA signature or the evidence. */
function isSame(der: Uint8Array, good: ReturnType<typeof parseSignedData>): boolean {
  try {
    const signed = parseSignedData(der)
    const changed =
      compareBytes(signed.signer.bytes, good.signer.bytes) !== 0 ||
      compareBytes(signed.logEntry ?? new Uint8Array(), good.logEntry ?? new Uint8Array()) !== 0
    return checkSignedAttributes(signed) && !changed
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return false
    throw thrown
  }
}
