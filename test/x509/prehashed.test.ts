import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePublicKey } from '../../src/x509/key.ts'
import { verifyDigest } from '../../src/x509/prehashed.ts'

const KEYS = [
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ['RSA 2048', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['RSA 3072', () => generateKeyPairSync('rsa', { modulusLength: 3072 })],
] as const

describe.each(KEYS)('%s', (_, generate) => {
  const { privateKey, publicKey } = generate()
  const key = parsePublicKey(publicKey.export({ type: 'spki', format: 'der' }))

  test.each(['sha256', 'sha384', 'sha512'])('a signature over data verifies over its %s digest', (hash) => {
    const data = fc.uint8Array({ maxLength: 100 })
    const run = fc.property(data, (data) => {
      const digest = createHash(hash).update(data).digest()
      expect(verifyDigest(key, digest, sign(hash, data, privateKey))).toBe(true)
    })
    fc.assert(run, { numRuns: 5 })
  })

  test('one flipped bit of digest or signature is never accepted', () => {
    const digest = createHash('sha256').update('data').digest()
    const signature = sign('sha256', Buffer.from('data'), privateKey)
    const flip = fc.property(fc.boolean(), fc.nat(), (inDigest, bit) => {
      const bytes = Buffer.from(inDigest ? digest : signature)
      const at = bit % (bytes.length * 8)
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7))
      expect(inDigest ? verifyDigest(key, bytes, signature) : verifyDigest(key, digest, bytes)).toBe(false)
    })
    fc.assert(flip, { numRuns: 30 })
  })
})

test('an Ed25519 signature does not verify over a digest', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const digest = createHash('sha512').update('data').digest()
  const key = parsePublicKey(publicKey.export({ type: 'spki', format: 'der' }))
  expect(verifyDigest(key, digest, sign(null, digest, privateKey))).toBe(false)
})
