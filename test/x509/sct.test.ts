import { createHash, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { contextTag, readDer, TAG } from '../../src/asn1/read.ts'
import { encodeElement, encodeOctetString } from '../../src/asn1/write.ts'
import { concatBytes, equalBytes, fromBase64 } from '../../src/bytes.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { parsePublicKey } from '../../src/x509/key.ts'
import { type CtLog, checkScts, parseSctList } from '../../src/x509/sct.ts'
import { encodeVector } from '../../src/x509/tls.ts'
import { hasShared, readShared } from '../support/shared.ts'
import { isKeyAccepted } from './answer.ts'
import {
  CA_EXTENSIONS,
  certificate,
  extension,
  type KeyPair,
  LEAF_EXTENSIONS,
  NOW,
  name,
  newKey,
  newRsaKey,
} from './build.ts'

const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2'
const [logKey, caKey, leafKey] = [newKey(), newKey('P-384'), newKey()]
const ca = certificate({ subject: name('ca'), key: caKey, extensions: CA_EXTENSIONS })
const root = certificate({ subject: name('root'), extensions: CA_EXTENSIONS })
const log = logOf(logKey)

function logOf(key: KeyPair, validFor: CtLog['validFor'] = { start: 0 }): CtLog {
  return { id: createHash('sha256').update(key.spki).digest(), key: parsePublicKey(key.spki), validFor }
}

interface SctRecipe {
  readonly key?: KeyPair
  readonly issuer?: Certificate
  readonly timestamp?: bigint
  readonly extensions?: Uint8Array
  readonly version?: number
  readonly algorithm?: readonly [number, number]
  readonly hash?: string
  readonly change?: (sct: Uint8Array) => Uint8Array
}

/** Signs as a log does: over the precertificate, which is the leaf made without its list. */
function sctFor(leafExtensions: readonly Uint8Array[], recipe: SctRecipe = {}): Uint8Array {
  const key = recipe.key ?? logKey
  const precert = certificate({ issuer: name('ca'), key: leafKey, signer: caKey, extensions: leafExtensions })
  const time = new Uint8Array(8)
  new DataView(time.buffer).setBigUint64(0, recipe.timestamp ?? BigInt(NOW))
  const issuerKeyHash = createHash('sha256')
    .update((recipe.issuer ?? ca).spki)
    .digest()
  const more = encodeVector(2, recipe.extensions ?? new Uint8Array())
  const head = Uint8Array.of(0, 0)
  const signed = concatBytes(head, time, Uint8Array.of(0, 1), issuerKeyHash, encodeVector(3, precert.tbs), more)
  const signature = sign(recipe.hash ?? 'sha256', signed, key.privateKey)
  const id = createHash('sha256').update(key.spki).digest()
  const algorithm = Uint8Array.from(recipe.algorithm ?? [4, 3])
  const sct = concatBytes(Uint8Array.of(recipe.version ?? 0), id, time, more, algorithm, encodeVector(2, signature))
  return recipe.change?.(sct) ?? sct
}

function listOf(...scts: readonly Uint8Array[]): Uint8Array {
  return encodeOctetString(encodeVector(2, concatBytes(...scts.map((sct) => encodeVector(2, sct)))))
}

function leafWith(list: Uint8Array, extensions: readonly Uint8Array[] = LEAF_EXTENSIONS): Certificate {
  const all = [...extensions.slice(0, 2), extension(SCT_LIST, list), ...extensions.slice(2)]
  return certificate({ issuer: name('ca'), key: leafKey, signer: caKey, extensions: all })
}

function judge(recipe: SctRecipe = {}, logs: readonly CtLog[] = [log], moments = [NOW], issuers = [ca, root]) {
  return checkScts(leafWith(listOf(sctFor(LEAF_EXTENSIONS, recipe))), issuers, logs, moments)
}

describe('a log’s promise is accepted', () => {
  test('over the certificate without the list', () => {
    expect(judge()).toBeUndefined()
  })
  test('with extensions of its own (static CT)', () => {
    expect(judge({ extensions: Uint8Array.from([0, 0, 5, 0, 0, 0, 0, 9]) })).toBeUndefined()
  })
  test('whichever certificate of the chain its issuer key is of', () => {
    expect(judge({ issuer: root })).toBeUndefined()
  })
  test('by an RSA log', () => {
    const key = newRsaKey(2048)
    expect(judge({ key, algorithm: [4, 1] }, [logOf(key)])).toBeUndefined()
  })
  test('at both ends of the log’s validity', () => {
    expect(judge({}, [logOf(logKey, { start: NOW, end: NOW })])).toBeUndefined()
  })
  test('beside a promise of another version, of an unknown log and one that is broken', () => {
    const broken = sctFor(LEAF_EXTENSIONS, { issuer: certificate() })
    const others = [sctFor(LEAF_EXTENSIONS, { version: 1 }), sctFor(LEAF_EXTENSIONS, { key: newKey() }), broken]
    expect(checkScts(leafWith(listOf(...others, sctFor(LEAF_EXTENSIONS))), [ca], [log], [NOW])).toBeUndefined()
  })
})

describe('a leaf is refused', () => {
  const [unknown, retired, wrong] = [
    'no certificate transparency timestamp is by a log of the trusted root',
    'the certificate transparency log was not trusted then',
    'the certificate transparency timestamp does not verify',
  ]
  test('without a promise', () => {
    const leaf = certificate({ issuer: name('ca'), signer: caKey })
    expect(checkScts(leaf, [ca], [log], [NOW])).toBe('the certificate has no certificate transparency timestamp')
  })
  test('with an empty list', () => {
    expect(checkScts(leafWith(listOf()), [ca], [log], [NOW])).toBe(unknown)
  })
  test('with the promise of a log nobody trusts', () => {
    expect(judge({ key: newKey() })).toBe(unknown)
    expect(judge({}, [])).toBe(unknown)
  })
  test('with the promise of a log that was not trusted at a proven time', () => {
    expect(judge({}, [logOf(logKey, { start: NOW + 1 })])).toBe(retired)
    expect(judge({}, [logOf(logKey, { start: 0, end: NOW - 1 })])).toBe(retired)
    expect(judge({}, [logOf(logKey, { start: 0, end: NOW })], [NOW, NOW + 1])).toBe(retired)
    expect(judge({}, [log], [])).toBe(retired)
  })
  test('with a promise about another CA’s certificate', () => {
    expect(judge({}, [log], [NOW], [root])).toBe(wrong)
  })
  test('with a promise about other extensions', () => {
    const other = [...LEAF_EXTENSIONS, extension('1.2.3', new Uint8Array())]
    expect(checkScts(leafWith(listOf(sctFor(LEAF_EXTENSIONS)), other), [ca], [log], [NOW])).toBe(wrong)
  })
  test.each([
    ['another time', 40],
    ['another signature', 60],
  ])('with %s', (_, at) => {
    const change = (sct: Uint8Array) => sct.map((byte, i) => (i === at ? byte ^ 1 : byte))
    expect(judge({ change })).toBe(wrong)
  })
  test('with a promise by another hash than SHA-256, or of another kind than the key', () => {
    expect(judge({ algorithm: [5, 3], hash: 'sha384' })).toBe(wrong)
    expect(judge({ algorithm: [4, 1] })).toBe(wrong)
  })
  test('with another key under the log’s id', () => {
    expect(judge({}, [{ ...log, key: parsePublicKey(newKey().spki) }])).toBe(wrong)
  })
  test('with 17 promises', () => {
    const leaf = leafWith(listOf(...Array.from({ length: 17 }, () => sctFor(LEAF_EXTENSIONS))))
    expect(checkScts(leaf, [ca], [log], [NOW])).toBe('SCT list: too many')
  })
})

describe('parseSctList', () => {
  const sct = sctFor(LEAF_EXTENSIONS)
  test('reads what a log writes', () => {
    const [read] = parseSctList(listOf(sct))
    expect(read?.timestamp).toBe(NOW)
    expect(equalBytes(read?.logId ?? new Uint8Array(), log.id)).toBe(true)
  })
  const refused: readonly (readonly [string, Uint8Array, string])[] = [
    [
      'a byte behind the list',
      encodeOctetString(concatBytes(readDer(listOf(sct), TAG.octetString).content, Uint8Array.of(0))),
      'trailing',
    ],
    ['a byte behind a promise', listOf(concatBytes(sct, Uint8Array.of(0))), 'trailing'],
    ['a cut promise', listOf(sct.subarray(0, -1)), 'truncated'],
    ['an empty promise', listOf(new Uint8Array()), 'truncated'],
    ['a list cut in its length', encodeOctetString(Uint8Array.of(0)), 'truncated'],
    ['a list that is longer than it is', encodeOctetString(Uint8Array.of(0, 9, 0)), 'truncated'],
    ['a time after the year 10889', listOf(sctFor(LEAF_EXTENSIONS, { timestamp: 2n ** 48n })), 'out of range'],
    ['no OCTET STRING', encodeElement(contextTag(0), sct), 'expected tag 0x04'],
  ]
  test.each(refused)('refuses %s', (_, value, why) => {
    expect(() => parseSctList(value)).toThrow(why)
  })
})

describe.skipIf(!hasShared)('the conformance suite’s leaf', () => {
  const judgeCase = (folder: string) => {
    const { leaf, chain, logs } = readCase(folder)
    return checkScts(leaf, chain, logs, [leaf.notBefore])
  }
  test('with a promise by a static CT log, which has extensions, is accepted', () => {
    expect(judgeCase('bundle-with-sct-with-extensions')).toBeUndefined()
  })
  test('whose log’s key is wrong is refused', () => {
    expect(judgeCase('invalid-ct-key_fail')).toBeDefined()
  })
})

interface Material {
  readonly certificate?: { readonly rawBytes: string }
  readonly x509CertificateChain?: { readonly certificates: readonly { readonly rawBytes: string }[] }
}
interface CaseRoot {
  readonly certificateAuthorities: readonly { certChain: { certificates: readonly { rawBytes: string }[] } }[]
  readonly ctlogs: readonly { publicKey: { rawBytes: string }; logId: { keyId: string } }[]
}

function readCase(folder: string) {
  const read = (file: string) =>
    JSON.parse(new TextDecoder().decode(readShared(`conformance/${folder}/${file}`))) as unknown
  const bundle = read('bundle.sigstore.json') as { verificationMaterial: Material }
  const trust = read('trusted_root.json') as CaseRoot
  const { certificate: alone, x509CertificateChain: chain } = bundle.verificationMaterial
  const leaf = parseCertificate(fromBase64((alone ?? chain?.certificates[0])?.rawBytes ?? ''))
  return {
    leaf,
    chain: trust.certificateAuthorities.flatMap(({ certChain }) =>
      certChain.certificates.map(({ rawBytes }) => parseCertificate(fromBase64(rawBytes))),
    ),
    logs: trust.ctlogs
      .map(({ publicKey, logId }) => ({ spki: fromBase64(publicKey.rawBytes), id: fromBase64(logId.keyId) }))
      .filter(({ spki }) => isKeyAccepted(spki))
      .map(({ spki, id }) => ({ id, key: parsePublicKey(spki), validFor: { start: 0 } })),
  }
}
