// The one managed-key case of ../shared has a key that is none; the key that its log entry names is the right one.
import { describe, expect, test } from 'vitest'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { verifyBundleWithKey } from '../../src/verify/bundle.ts'
import { parsePublicKey } from '../../src/x509/key.ts'
import { parsePem } from '../../src/x509/pem.ts'
import { makeLeaf } from '../support/certificate.ts'
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
