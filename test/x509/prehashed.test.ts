import { createECDH, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeEcdsa } from '../../scripts/forge/key.ts'
import { fromHex } from '../../src/bytes.ts'
import { type PublicKey, parsePublicKey } from '../../src/x509/key.ts'
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

describe('an RSA signature over a digest', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = keyOf(publicKey)
  const modulus = BigInt(`0x${Buffer.from(String(publicKey.export({ format: 'jwk' }).n), 'base64url').toString('hex')}`)
  const signed = (data: string) => {
    const signature = sign('sha256', Buffer.from(data), privateKey)
    return {
      digest: createHash('sha256').update(data).digest(),
      signature,
      value: BigInt(`0x${signature.toString('hex')}`),
    }
  }

  test('is as long as the modulus, whatever number it is', () => {
    const { digest, signature } = signed('data')
    expect(verifyDigest(key, digest, Buffer.concat([Buffer.alloc(1), signature]))).toBe(false)
    expect(verifyDigest(key, digest, signature)).toBe(true)
  })

  test('is less than the modulus', () => {
    const all = Array.from({ length: 64 }, (_, i) => signed(`data ${i}`))
    const { digest, value } = all.find((one) => one.value + modulus < 2n ** 2048n) ?? expect.fail('none is low')
    const higher = Buffer.from((value + modulus).toString(16).padStart(512, '0'), 'hex')
    expect(verifyDigest(key, digest, higher)).toBe(false)
  })

  test('is over a digest of SHA-2', () => {
    expect(verifyDigest(key, Buffer.alloc(20), signed('data').signature)).toBe(false)
  })
})

test('an ECDSA key that was chosen so that the sum is no point has signed nothing', () => {
  const order = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')
  const digest = createHash('sha256').update('data').digest()
  const pair = createECDH('prime256v1')
  // d = -e, so that r = 1 gives e/s G + 1/s Q = 0 for every s.
  pair.setPrivateKey(fromHex((order - (BigInt(`0x${digest.toString('hex')}`) % order)).toString(16).padStart(64, '0')))
  const head = fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200')
  const key = parsePublicKey(Buffer.concat([head, pair.getPublicKey()]))
  for (const s of [1n, 2n, 12345n]) expect(verifyDigest(key, digest, encodeEcdsa(1n, s))).toBe(false)
})

function keyOf(publicKey: KeyObject): PublicKey {
  return parsePublicKey(publicKey.export({ type: 'spki', format: 'der' }))
}
