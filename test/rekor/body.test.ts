import { canonicalize } from '@sigstore/core/dist/json.js'
import { describe, expect, test } from 'vitest'
import { type BodyVersion, bodyHashes, hashedRekordBody, keyHash } from '../../src/rekor/body.ts'
import { rebuildBodies } from '../../src/rekor/claim.ts'
import { bundleNames, readBundle } from '../support/entries.ts'
import { sha256, testKey } from '../support/log.ts'
import { hasShared } from '../support/shared.ts'

const digest = sha256(Buffer.from('artifact'))
const signature = Buffer.from('signature')
const certificate = Buffer.alloc(100, 0xc5)
const body = (version: BodyVersion, key = testKey('P-256'), of: Uint8Array = digest): string =>
  Buffer.from(hashedRekordBody({ version, digest: of, signature, certificate, key })).toString()

test('a v1 body holds digest, signature and the PEM of the certificate, base64 again', () => {
  const text = certificate.toString('base64').replace(/.{64}/g, '$&\n')
  const pem = `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`
  expect(JSON.parse(body('0.0.1'))).toEqual({
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: Buffer.from(digest).toString('hex') } },
      signature: {
        content: signature.toString('base64'),
        publicKey: { content: Buffer.from(pem).toString('base64') },
      },
    },
  })
})

test.each(['0.0.1', '0.0.2'] as const)('a %s body is canonical JSON', (version) => {
  expect(body(version)).toBe(canonicalize(JSON.parse(body(version))))
})

test.each([
  ['P-256', 32, 'SHA2_256', 'PKIX_ECDSA_P256_SHA_256'],
  ['P-384', 48, 'SHA2_384', 'PKIX_ECDSA_P384_SHA_384'],
  ['P-521', 64, 'SHA2_512', 'PKIX_ECDSA_P521_SHA_512'],
  [2048, 32, 'SHA2_256', 'PKIX_RSA_PKCS1V15_2048_SHA256'],
  [3072, 32, 'SHA2_256', 'PKIX_RSA_PKCS1V15_3072_SHA256'],
  [4096, 32, 'SHA2_256', 'PKIX_RSA_PKCS1V15_4096_SHA256'],
] as const)('a v2 body of a %s key names its hash and key', (kind, length, algorithm, keyDetails) => {
  const of = Buffer.alloc(length, 1)
  expect(JSON.parse(body('0.0.2', testKey(kind), of)).spec.hashedRekordV002).toEqual({
    data: { algorithm, digest: of.toString('base64') },
    signature: {
      content: signature.toString('base64'),
      verifier: { keyDetails, x509Certificate: { rawBytes: certificate.toString('base64') } },
    },
  })
})

test('Rekor v2 takes no Ed25519 key, so there is no body for one', () => {
  expect(() => body('0.0.2', testKey('Ed25519'))).toThrow('hashedrekord: Rekor v2 takes no Ed25519')
})

test('a digest that no hash gives has no body', () => {
  expect(() => body('0.0.1', testKey('P-256'), Buffer.alloc(20))).toThrow('no hash has digests of this length')
})

test("v2 names the artifact by the key's hash alone, v1 by SHA-256 or the key's", () => {
  const key = testKey('P-384')
  expect(keyHash(key)).toBe('sha384')
  expect(bodyHashes('0.0.2', key)).toEqual(['sha384'])
  expect(bodyHashes('0.0.1', key)).toEqual(['sha256', 'sha384'])
  expect(bodyHashes('0.0.1', testKey('P-256'))).toEqual(['sha256'])
})

describe.skipIf(!hasShared)('real bodies', () => {
  const names = bundleNames().filter((name) => !name.endsWith('_fail') && !name.includes('dsse'))

  test.each(names)('%s: the body rebuilt is the one that the log has', (name) => {
    const { entry, certificate, signature, json } = readBundle(name)
    if (certificate === undefined) throw new Error('no certificate')
    const { digest } = json.messageSignature.messageDigest
    const artifact = (): Uint8Array => Buffer.from(digest, 'base64')
    const [rebuilt] = rebuildBodies({ artifact, signature, certificate }, entry)
    expect(Buffer.from(rebuilt ?? []).toString()).toBe(Buffer.from(entry.canonicalizedBody ?? []).toString())
  })
})
