import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeUtf8, toHex } from '../../src/bytes.ts'
import { applyPem, type PemFiles } from '../../src/trust/pem.ts'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { formatName } from '../../src/x509/name.ts'
import { issue, pemOf, publicKeyPem } from './chain.ts'

const [ROOT, INTERMEDIATE, LEAF] = ['root', 'intermediate', 'leaf'].map((name) => `CN=${name},O=tests`)
const urls = { fulcio: 'https://fulcio.example', rekor: 'https://rekor.example:8443/base' }
const base = publicGoodRoot()

const root = issue('root', 'certificates')
const intermediate = issue('intermediate', 'certificates', root)
const leaf = issue('leaf', 'digitalSignature', intermediate)

function apply(option: keyof PemFiles, text: string) {
  return applyPem(base, { [option]: { source: `${option} /f.pem`, bytes: encodeUtf8(text) } }, urls)
}

function names(authorities: ReturnType<typeof apply>['authorities']) {
  return authorities.map(({ chain }) => chain.map((certificate) => formatName(certificate.subject)))
}

describe('fulcioRoot', () => {
  test('takes roots and intermediates in any order, and each may issue', () => {
    expect(names(apply('fulcioRoot', pemOf(root, intermediate)).authorities)).toEqual([[ROOT], [INTERMEDIATE, ROOT]])
  })

  test('takes the place of the CAs and of nothing else', () => {
    const trust = apply('fulcioRoot', pemOf(root))
    expect(trust.authorities).toHaveLength(1)
    expect(trust.authorities[0]).toMatchObject({ uri: urls.fulcio, validFor: { start: 0 } })
    expect(trust.logs).toBe(base.logs)
    expect(trust.ctLogs).toBe(base.ctLogs)
    expect(trust.timestampAuthorities).toBe(base.timestampAuthorities)
    expect(trust.digest).not.toBe(base.digest)
  })

  test('without a root is no trust at all', () => {
    expect(() => apply('fulcioRoot', pemOf(intermediate))).toThrow(
      'fulcioRoot /f.pem: no chain up to a self-signed root',
    )
  })
})

describe('timestampCertChain', () => {
  test.each([
    ['from the authority up', () => pemOf(leaf, intermediate, root)],
    ['from the root down', () => pemOf(root, intermediate, leaf)],
  ])('is one authority, written %s', (_, pem) => {
    const trust = apply('timestampCertChain', pem())
    expect(names(trust.timestampAuthorities)).toEqual([[LEAF, INTERMEDIATE, ROOT]])
    expect(trust.authorities).toBe(base.authorities)
  })

  test('may leave the authority itself out', () => {
    expect(names(apply('timestampCertChain', pemOf(intermediate, root)).timestampAuthorities)).toEqual([
      [INTERMEDIATE, ROOT],
    ])
  })
})

describe('keys of logs', () => {
  test('a Rekor key is that of the configured log, known by the digest of the key', () => {
    const [log, ...more] = apply('rekorPublicKey', publicKeyPem('p256')).logs
    expect(more).toEqual([])
    expect(log).toMatchObject({ baseUrl: urls.rekor, host: 'rekor.example', validFor: { start: 0 } })
    expect(log && toHex(log.id)).toBe(
      createHash('sha256')
        .update(log?.key.spki ?? '')
        .digest('hex'),
    )
  })

  test('an Ed25519 key may be that of a Rekor v2 log, whose id holds its origin', () => {
    const { logs } = apply('rekorPublicKey', publicKeyPem('ed25519'))
    const spki = logs[0]?.key.spki ?? new Uint8Array()
    const v2 = createHash('sha256').update('rekor.example\n\x01').update(spki.subarray(-32)).digest('hex')
    expect(logs.map(({ id }) => toHex(id))).toEqual([createHash('sha256').update(spki).digest('hex'), v2])
  })

  test('several keys are several logs', () => {
    const { ctLogs } = apply('ctLogPublicKey', publicKeyPem('p256') + publicKeyPem('p256'))
    expect(ctLogs).toHaveLength(2)
  })
})

describe('a file that holds nothing usable is named', () => {
  test.each([
    ['nothing', ''],
    ['a certificate in the place of a key', 'certificate'],
    ['too many keys', 'keys'],
    ['nonsense', '-----BEGIN PUBLIC KEY-----\n%\n-----END PUBLIC KEY-----\n'],
    ['no key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'],
  ])('%s', (_, text) => {
    const pem = { certificate: () => pemOf(root), keys: () => publicKeyPem('p256').repeat(33) }
    const bytes = text in pem ? pem[text as keyof typeof pem]() : text
    expect(() => apply('rekorPublicKey', bytes)).toThrow(/^rekorPublicKey \/f\.pem: /)
  })
})
