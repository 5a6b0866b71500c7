// Git signatures as bundles and back: every real one with an embedded entry.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { parseBundle } from '../../src/bundle/bundle.ts'
import { exportSignature, importSignature } from '../../src/bundle/git.ts'
import { parseArmor } from '../../src/cms/armor.ts'
import { isSignedAttributes } from '../../src/cms/signed-attributes.ts'
import { parseSignedData } from '../../src/cms/signed-data.ts'
import { splitCommit, splitTag } from '../../src/git/object.ts'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { verifyBundle } from '../../src/verify/bundle.ts'
import { verifySignature } from '../../src/verify/verify.ts'
import { exportedOf, OPTIONS } from '../support/exported.ts'
import { type CorpusRecord, hasShared, readCorpus, readCorpusObject } from '../support/shared.ts'

const good = readCorpus().filter(({ log, gitsign }) => log === 'embedded' && gitsign === 'good')
const options = { trust: publicGoodRoot(), now: Date.now(), ignoreSct: true }

function read(record: CorpusRecord) {
  const bytes = readCorpusObject(record)
  const { payload, signature } = record.type === 'commit' ? splitCommit(bytes, 'sha1') : splitTag(bytes, 'sha1')
  if (signature === undefined) return expect.fail('not signed')
  return { payload, signature, signed: parseSignedData(parseArmor(signature)) }
}

describe.skipIf(!hasShared)('a real Git signature', () => {
  test.each(good)('$oid becomes a bundle that verifies over its signed attributes, and comes back', (record) => {
    const { payload, signature, signed } = read(record)
    const { bundle, artifact } = exportSignature(signed)
    const before = verifySignature(payload, signature, options)
    const verdict = verifyBundle(bundle, artifact, options)
    expect(verdict.ok).toBe(before.ok)
    if (verdict.ok && before.ok) {
      expect(verdict.signer.identity).toEqual(before.signer.identity)
      expect(verdict.times).toEqual(before.times)
    }
    const back = importSignature(parseBundle(bundle), artifact)
    expect(verifySignature(payload, back, options).ok).toBe(before.ok)
    // gitsign's own bytes, but for further certificates.
    if (signed.certificates.length === 1) expect(Buffer.from(back).equals(signature)).toBe(true)
  })

  test('is only taken back with the artifact that it is over, and only where that is signed attributes', () => {
    const { signed } = read(good[0] ?? expect.fail('no corpus'))
    const { bundle, artifact } = exportSignature(signed)
    const other = exportSignature(read(good[1] ?? expect.fail('no corpus')).signed).artifact
    expect(() => importSignature(parseBundle(bundle), other)).toThrow('not over the artifact')
    expect(() => importSignature(parseBundle(bundle), Buffer.from('a file'))).toThrow('no SET of signed attributes')
    const cut = artifact.subarray(0, artifact.length - 1)
    expect(() => importSignature(parseBundle(bundle), cut)).toThrow('no SET of signed attributes')
  })
})

describe('signed attributes are told from files', () => {
  const digest = '302f06092a864886f70d01090431220420'
  const attribute = Buffer.from(`${digest}${'ab'.repeat(32)}`, 'hex')
  const set = (...items: readonly Buffer[]) => {
    const content = Buffer.concat(items)
    return Buffer.concat([Buffer.from([0x31, content.length]), content])
  }

  test('by a messageDigest in a SET, whatever stands beside it', () => {
    expect(isSignedAttributes(set(attribute))).toBe(true)
    expect(isSignedAttributes(set(Buffer.from('300506032a0304', 'hex').subarray(0, 7), attribute))).toBe(true)
    expect(isSignedAttributes(set(attribute, Buffer.from('0500', 'hex')))).toBe(true)
  })

  test.each([
    ['empty', Buffer.alloc(0)],
    ['text', Buffer.from('1 is 0x31')],
    ['a SET of something else', set(Buffer.from('300506032a0304', 'hex'))],
    ['a SEQUENCE', Buffer.concat([Buffer.from([0x30, attribute.length]), attribute])],
    ['a SET with bytes behind it', Buffer.concat([set(attribute), Buffer.alloc(1)])],
  ])('%s is a file', (_, bytes) => {
    expect(isSignedAttributes(bytes)).toBe(false)
  })
})

describe('the bundle of a signature with a larger key', () => {
  test.each([
    ['good-p384-v2', 'SHA2_384'],
    ['good-p521-v2', 'SHA2_512'],
    ['good-p384-v1-own-hash', 'SHA2_384'],
    ['good-p384-sha384', 'SHA2_256'],
    ['good-v2', 'SHA2_256'],
  ])('%s states the digest by which the log holds it: %s', (vector, algorithm) => {
    const { bundle, artifact } = exportedOf(vector)
    const { digest, ...rest } = JSON.parse(Buffer.from(bundle).toString()).messageSignature.messageDigest
    const name = algorithm.replace('SHA2_', 'sha')
    expect(rest).toEqual({ algorithm })
    expect(digest).toBe(createHash(name).update(artifact).digest('base64'))
    expect(verifyBundle(bundle, artifact, OPTIONS)).toMatchObject({ ok: true })
  })
})
