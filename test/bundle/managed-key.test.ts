// Bundles by managed keys. The one case of ../shared has a key that is none; the key that its log entry names is the right
// one. The others are a vector's bundle without its certificate.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { type Artifact, verifyBundleWithKey } from '../../src/verify/bundle.ts'
import { type PublicKey, parsePublicKey } from '../../src/x509/key.ts'
import { parsePem } from '../../src/x509/pem.ts'
import { makeLeaf } from '../support/certificate.ts'
import { exportedOf, OPTIONS, signedOf } from '../support/exported.ts'
import { hasShared, readShared } from '../support/shared.ts'

describe.skipIf(!hasShared)('a real bundle by a managed key', () => {
  const bundle = hasShared
    ? readShared('conformance/managed-key-wrong-key_fail/bundle.sigstore.json')
    : new Uint8Array()
  const artifact = hasShared ? readShared('conformance/a.txt') : new Uint8Array()
  const options = { trust: publicGoodRoot(), now: Date.now() }

  test('is accepted with the key that its log entry names', () => {
    const [entry] = JSON.parse(Buffer.from(bundle).toString()).verificationMaterial.tlogEntries
    const body = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString())
    const pem = Buffer.from(body.spec.signature.publicKey.content, 'base64').toString()
    const key = parsePublicKey(parsePem(pem, 'PUBLIC KEY')[0] ?? new Uint8Array())
    expect(verifyBundleWithKey(bundle, artifact, key, options)).toMatchObject({ ok: true, key })
  })

  test('is refused with another', () => {
    const verdict = verifyBundleWithKey(bundle, artifact, makeLeaf().key, options)
    expect(verdict).toMatchObject({ ok: false, rejection: { check: 'signature' } })
  })
})

describe('a bundle by a managed key', () => {
  const { bundle, artifact } = exportedOf('good-v1')
  const json = () => {
    const members = JSON.parse(Buffer.from(bundle).toString())
    delete members.verificationMaterial.certificate
    members.verificationMaterial.publicKey = { hint: 'hint' }
    return members
  }
  const verdictOn = (members: object, artifactOf: Artifact, key: PublicKey) =>
    verifyBundleWithKey(Buffer.from(JSON.stringify(members)), artifactOf, key, OPTIONS)

  test('is refused where nobody proves its time', () => {
    const members = json()
    delete members.verificationMaterial.tlogEntries[0].inclusionPromise
    expect(verdictOn(members, artifact, signedOf('good-v1').signer.key)).toMatchObject({
      ok: false,
      rejection: { check: 'time' },
    })
  })

  test('over a digest is refused where that is of a hash that the key does not sign with', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const signature = sign('sha512', artifact, privateKey).toString('base64')
    const digest = { hash: 'sha512', digest: createHash('sha512').update(artifact).digest() } as const
    const key = parsePublicKey(publicKey.export({ type: 'spki', format: 'der' }))
    expect(verdictOn({ ...json(), messageSignature: { signature } }, digest, key)).toMatchObject({
      ok: false,
      rejection: { check: 'signature' },
    })
  })
})
