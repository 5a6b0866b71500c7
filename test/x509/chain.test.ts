import { describe, expect, test } from 'vitest'
import { encodeNull } from '../../src/asn1/write.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { checkChain } from '../../src/x509/chain.ts'
import {
  CA_EXTENSIONS,
  CERT_SIGN,
  CODE_SIGNING,
  CRL_SIGN,
  caConstraint,
  certificate,
  DIGITAL_SIGNATURE,
  emailName,
  extension,
  KEY_AGREEMENT,
  type KeyPair,
  LEAF_EXTENSIONS,
  MINUTE,
  NOW,
  name,
  newKey,
  purposes,
  type Recipe,
  TIME_STAMPING,
} from './build.ts'

const YEAR = 365 * 24 * 60 * MINUTE
const [rootKey, caKey, leafKey] = [newKey('P-384'), newKey('P-384'), newKey()]
const long = { notBefore: NOW - YEAR, notAfter: NOW + YEAR }

function rootOf(recipe: Recipe = {}): Certificate {
  return certificate({
    issuer: name('root'),
    subject: name('root'),
    key: rootKey,
    extensions: CA_EXTENSIONS,
    ...long,
    ...recipe,
  })
}
function caOf(recipe: Recipe = {}): Certificate {
  const made = { issuer: name('root'), subject: name('ca'), key: caKey, signer: rootKey, extensions: CA_EXTENSIONS }
  return certificate({ ...made, ...long, ...recipe })
}
function leafOf(recipe: Recipe = {}): Certificate {
  return certificate({ issuer: name('ca'), key: leafKey, signer: caKey, ...recipe })
}

const root = rootOf()
const ca = caOf()
const leaf = leafOf()

function judge(
  over: {
    leaf?: Certificate
    with?: readonly Certificate[]
    authority?: readonly Certificate[]
    time?: number
    purpose?: 'codeSigning' | 'timeStamping'
  } = {},
): string {
  const chain = checkChain(
    over.leaf ?? leaf,
    over.with ?? [],
    over.authority ?? [ca, root],
    over.time ?? NOW,
    over.purpose ?? 'codeSigning',
  )
  return chain.ok ? 'ok' : chain.why
}

describe('a chain is accepted', () => {
  test('with the issuing CA first and the root last', () => {
    expect(checkChain(leaf, [], [ca, root], NOW, 'codeSigning')).toEqual({ ok: true, issuers: [ca, root] })
  })
  test('where the root issues itself', () => {
    const direct = leafOf({ issuer: name('root'), signer: rootKey })
    expect(checkChain(direct, [], [root], NOW, 'codeSigning')).toEqual({ ok: true, issuers: [root] })
    expect(checkChain(direct, [], [ca, root], NOW, 'codeSigning')).toEqual({ ok: true, issuers: [root] })
  })
  test('where the signature brings the intermediate, in any order and beside others', () => {
    const stranger = caOf({ subject: name('stranger') })
    for (const brought of [[ca], [ca, stranger], [stranger, ca]])
      expect(checkChain(leaf, brought, [root], NOW, 'codeSigning')).toEqual({ ok: true, issuers: [ca, root] })
  })
  test('where the signature brings what the authority has anyway', () => {
    expect(judge({ with: [caOf(), ca] })).toBe('ok')
  })
  test('at both ends of the leaf’s validity', () => {
    expect(judge({ time: leaf.notBefore })).toBe('ok')
    expect(judge({ time: leaf.notAfter })).toBe('ok')
  })
  test('at both ends of the CA’s and of the root’s validity', () => {
    const short = { notBefore: NOW, notAfter: NOW }
    expect(judge({ authority: [caOf(short), root] })).toBe('ok')
    expect(judge({ authority: [ca, rootOf(short)] })).toBe('ok')
  })
  test('where a CA without key usage or purposes says nothing against it', () => {
    expect(judge({ authority: [caOf({ extensions: [caConstraint(0)] }), root] })).toBe('ok')
  })
  test('where a CA is for any purpose', () => {
    expect(judge({ authority: [caOf({ extensions: [...CA_EXTENSIONS, purposes(['2.5.29.37.0'])] }), root] })).toBe('ok')
  })
})

describe('a chain is refused', () => {
  const unknown = extension('1.2.3.4', encodeNull(), true)
  const san = emailName('a@example.com')
  const use = purposes([CODE_SIGNING])
  const leaves: readonly (readonly [string, Recipe, string])[] = [
    ['by nobody known', { signer: newKey() }, 'not issued by an authority of the trusted root'],
    ['by another name', { issuer: name('other') }, 'not issued by an authority of the trusted root'],
    ['that is a CA', { extensions: [...LEAF_EXTENSIONS, caConstraint()] }, 'the signing certificate is a CA'],
    ['for key agreement', { extensions: [KEY_AGREEMENT, use, san] }, 'the signing certificate is not for signatures'],
    ['without key usage', { extensions: [use, san] }, 'the signing certificate is not for signatures'],
    [
      'for TLS',
      { extensions: [DIGITAL_SIGNATURE, purposes(['1.3.6.1.5.5.7.3.1']), san] },
      'the signing certificate is not for codeSigning',
    ],
    [
      'for any purpose',
      { extensions: [DIGITAL_SIGNATURE, purposes(['2.5.29.37.0']), san] },
      'the signing certificate is not for codeSigning',
    ],
    ['for no purpose', { extensions: [DIGITAL_SIGNATURE, san] }, 'the signing certificate is not for codeSigning'],
    [
      'with a critical extension nobody knows',
      { extensions: [...LEAF_EXTENSIONS, unknown] },
      'unknown critical extension 1.2.3.4',
    ],
    [
      'with purposes that are no DER',
      { extensions: [DIGITAL_SIGNATURE, extension('2.5.29.37', Uint8Array.of(0x30, 0)), san] },
      'DER: expected tag 0x06, found the end',
    ],
  ]
  test.each(leaves)('for a leaf %s', (_, recipe, why) => {
    expect(judge({ leaf: leafOf(recipe) })).toBe(why)
  })

  const cas: readonly (readonly [string, Recipe, string])[] = [
    ['without basic constraints', { extensions: [CERT_SIGN] }, 'a certificate of the chain is no CA'],
    [
      'that may not sign certificates',
      { extensions: [CRL_SIGN, caConstraint()] },
      'a CA of the chain may not sign certificates',
    ],
    [
      'for TLS',
      { extensions: [...CA_EXTENSIONS, purposes(['1.3.6.1.5.5.7.3.1'])] },
      'a CA of the chain may not issue for codeSigning',
    ],
    [
      'with a critical extension nobody knows',
      { extensions: [...CA_EXTENSIONS, unknown] },
      'unknown critical extension 1.2.3.4',
    ],
    ['that has ended', { notAfter: NOW - 1000 }, 'a CA of the chain was not valid at the proven time'],
    ['that has not begun', { notBefore: NOW + 1000 }, 'a CA of the chain was not valid at the proven time'],
    ['not of this root', { signer: newKey() }, 'not issued by an authority of the trusted root'],
  ]
  test.each(cas)('for a CA %s', (_, recipe, why) => {
    expect(judge({ authority: [caOf(recipe), root] })).toBe(why)
  })
  test.each(cas.slice(0, 5))('for a root %s', (_, recipe, why) => {
    expect(judge({ authority: [ca, rootOf(recipe)] })).toBe(why)
  })
  test.each(cas.slice(0, 4))('for a CA that came along %s', (_, recipe, why) => {
    expect(judge({ with: [caOf(recipe)], authority: [root] })).toBe(why)
  })

  test('a millisecond outside the leaf’s validity', () => {
    expect(judge({ time: leaf.notBefore - 1 })).toBe('the certificate was not valid at the proven time')
    expect(judge({ time: leaf.notAfter + 1 })).toBe('the certificate was not valid at the proven time')
  })
  test('where the chain is longer than the root allows', () => {
    expect(judge({ authority: [ca, rootOf({ extensions: [CERT_SIGN, caConstraint(0)] })] })).toBe(
      'the chain is longer than a CA allows',
    )
  })
  test('where a leaf issued the leaf', () => {
    const middleKey = newKey()
    const middle = leafOf({ subject: name('middle'), key: middleKey })
    const below = leafOf({ issuer: name('middle'), signer: middleKey })
    expect(judge({ leaf: below, with: [middle] })).toBe('a certificate of the chain is no CA')
  })
  test('where the signature brings a root, even the right one', () => {
    expect(judge({ with: [root] })).toBe('a root stands in the signature')
  })
  test('where the signature brings its own root of the same name', () => {
    const key = newKey('P-384')
    const fakeCa = caOf({ signer: key, key: caKey })
    expect(judge({ with: [fakeCa], authority: [root] })).toBe('not issued by an authority of the trusted root')
  })
  test('with no authority at all', () => {
    expect(judge({ authority: [] })).toBe('not issued by an authority of the trusted root')
  })
  test('where the authority lists strangers', () => {
    const stranger = rootOf({ key: newKey('P-384') })
    expect(judge({ authority: [ca, stranger] })).toBe('not issued by an authority of the trusted root')
  })
  test('after another authority whose root has the same name was good', () => {
    const otherKey: KeyPair = newKey('P-384')
    const other = rootOf({ key: otherKey })
    expect(judge({ authority: [ca, root] })).toBe('ok')
    expect(judge({ authority: [ca, other] })).toBe('not issued by an authority of the trusted root')
    expect(judge({ authority: [ca, root] })).toBe('ok')
  })
  test('in little time where certificates issue each other in circles', () => {
    const key = newKey('P-521')
    const circle = Array.from({ length: 14 }, (_, i) => {
      const [issuer, subject] = i % 2 === 0 ? ['x', 'y'] : ['y', 'x']
      return caOf({ issuer: name(issuer ?? ''), subject: name(subject ?? ''), key, signer: key })
    })
    const before = performance.now()
    expect(judge({ leaf: leafOf({ issuer: name('x'), signer: key }), with: circle })).toContain('not issued')
    expect(performance.now() - before).toBeLessThan(10_000)
  })
})

describe('a timestamp authority’s chain', () => {
  const tsa = (recipe: Recipe = {}) =>
    leafOf({
      extensions: [DIGITAL_SIGNATURE, purposes([TIME_STAMPING], true)],
      subject: name('tsa'),
      ...long,
      ...recipe,
    })
  const judgeTsa = (recipe: Recipe = {}) => judge({ leaf: tsa(recipe), purpose: 'timeStamping' })

  test('is accepted, with its own leaf first in the list too', () => {
    const signer = tsa()
    expect(judgeTsa()).toBe('ok')
    expect(checkChain(signer, [], [signer, ca, root], NOW, 'timeStamping')).toEqual({ ok: true, issuers: [ca, root] })
    expect(judge({ leaf: tsa(), authority: [signer, ca, root], purpose: 'timeStamping' })).toBe('ok')
  })
  test('may bring its root along, which is not used', () => {
    expect(judge({ leaf: tsa(), with: [root], purpose: 'timeStamping' })).toBe('ok')
    expect(
      judge({ leaf: tsa(), with: [ca, root], authority: [rootOf({ key: newKey() })], purpose: 'timeStamping' }),
    ).toBe('not issued by an authority of the trusted root')
  })
  test('needs the purpose to be critical', () => {
    const extensions = [DIGITAL_SIGNATURE, purposes([TIME_STAMPING])]
    expect(judgeTsa({ extensions })).toBe('the timestamping purpose is not critical and alone')
  })
  test('needs the purpose to be alone', () => {
    const extensions = [DIGITAL_SIGNATURE, purposes([TIME_STAMPING, CODE_SIGNING], true)]
    expect(judgeTsa({ extensions })).toBe('the timestamping purpose is not critical and alone')
  })
  test('is not a code signer’s', () => {
    expect(judgeTsa({ extensions: LEAF_EXTENSIONS })).toBe('the signing certificate is not for timeStamping')
  })
  test('is not for key agreement', () => {
    const extensions = [KEY_AGREEMENT, purposes([TIME_STAMPING], true)]
    expect(judgeTsa({ extensions })).toBe('the signing certificate is not for signatures')
  })
})
