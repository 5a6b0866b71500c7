// Keys and signatures on which the runtimes disagree, or which both take and nobody should.
import { constants, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto'
import { TAG } from '../../src/asn1/read.ts'
import {
  encodeBitString,
  encodeElement,
  encodeInteger,
  encodeNull,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/write.ts'
import { concatBytes, fromHex, toHex } from '../../src/bytes.ts'
import type { Hash } from '../../src/x509/key.ts'
import { type KeyPair, newEd25519Key, newKey, newRsaKey } from './build.ts'

export const DATA = new TextEncoder().encode('what was signed')
const ORDER_P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const ORDER_25519 = 2n ** 252n + 27742317777372353535851937790883648493n

const p256 = newKey()
const p384 = newKey('P-384')
const p521 = newKey('P-521')
const ed = newEd25519Key()
const rsa = newRsaKey(2048)

/** Name of the case, whether the key must be accepted, the key. */
export const KEYS: readonly (readonly [name: string, accepted: boolean, spki: Uint8Array])[] = [
  ['P-256', true, p256.spki],
  ['P-384', true, p384.spki],
  ['P-521', true, p521.spki],
  ['Ed25519', true, ed.spki],
  ['RSA 2048', true, rsa.spki],
  ['RSA 4096', true, rsaSpki(modulusOf(4096), 65537n)],
  ['RSA with exponent 3', true, rsaSpki(modulusOf(2048), 3n)],
  ['P-256 with a trailing byte', false, concatBytes(p256.spki, Uint8Array.of(0))],
  ['RSA with a trailing byte', false, concatBytes(rsa.spki, Uint8Array.of(0))],
  ['Ed25519 with a trailing byte', false, concatBytes(ed.spki, Uint8Array.of(0))],
  [
    'P-256 as a hybrid point',
    false,
    withPoint((p) => concatBytes(Uint8Array.of(6 + ((p[64] ?? 0) & 1)), p.subarray(1))),
  ],
  [
    'P-256 as a compressed point',
    false,
    withPoint((p) => concatBytes(Uint8Array.of(2 + ((p[64] ?? 0) & 1)), p.subarray(1, 33))),
  ],
  ['P-256 off the curve', false, withPoint((p) => concatBytes(p.subarray(0, 64), Uint8Array.of((p[64] ?? 0) ^ 1)))],
  ['P-256 at infinity', false, withPoint(() => Uint8Array.of(0))],
  ['P-256 with x not reduced', false, withPoint(() => unreducedPoint())],
  ['P-256 in BER', false, concatBytes(fromHex('308159'), p256.spki.subarray(2))],
  ['P-256 of indefinite length', false, concatBytes(fromHex('3080'), p256.spki.subarray(2), fromHex('0000'))],
  ['P-256 with its parameters written out', false, explicitCurve()],
  [
    'secp256k1',
    false,
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'der', type: 'spki' }),
  ],
  [
    'P-224',
    false,
    generateKeyPairSync('ec', { namedCurve: 'secp224r1' }).publicKey.export({ format: 'der', type: 'spki' }),
  ],
  ['X25519', false, generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' })],
  ['RSA 1024', false, rsaSpki(modulusOf(1024), 65537n)],
  ['RSA 2047', false, rsaSpki(modulusOf(2047), 65537n)],
  ['RSA 4104', false, rsaSpki(modulusOf(4104), 65537n)],
  ['RSA with an even modulus', false, rsaSpki(modulusOf(2048) - 1n, 65537n)],
  ['RSA with exponent 1', false, rsaSpki(modulusOf(2048), 1n)],
  ['RSA with an even exponent', false, rsaSpki(modulusOf(2048), 65536n)],
  ['RSA with exponent 2^32 + 1', false, rsaSpki(modulusOf(2048), 2n ** 32n + 1n)],
  ['RSA without NULL', false, rsaSpki(modulusOf(2048), 65537n, encodeSequence(encodeOid('1.2.840.113549.1.1.1')))],
  ['RSA with a number behind the exponent', false, rsaSpki(modulusOf(2048), 65537n, undefined, encodeInteger(1))],
  [
    'RSA with a third field',
    false,
    encodeSequence(encodeSequence(encodeOid('1.2.840.113549.1.1.1'), encodeNull()), rsaBits(), encodeNull()),
  ],
  ['RSA with a negative modulus', false, rsaSpkiRaw(encodeElement(TAG.integer, fromHex(`80${'01'.repeat(255)}`)))],
  [
    'RSA-PSS',
    false,
    generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' }),
  ],
  ...smallOrderKeys().map((spki, i) => [`Ed25519 of small order ${i}`, false, spki] as const),
  ['Ed25519 not canonical', false, edSpki(2n ** 255n - 19n + 3n)],
  ['nothing', false, new Uint8Array()],
]

/** Name of the case, whether it verifies, key, hash, signature. */
export const SIGNATURES: readonly (readonly [string, boolean, Uint8Array, Hash | undefined, Uint8Array])[] = [
  ...[p256, p384, p521].flatMap((key) => (['sha256', 'sha384', 'sha512'] as const).map((hash) => good(key, hash))),
  good(rsa, 'sha256'),
  good(rsa, 'sha512'),
  good(ed, undefined),
  ['ECDSA with s = n - s', true, p256.spki, 'sha256', ecdsa(([r, s]) => [r, ORDER_P256 - s])],
  ['ECDSA r = s = 0', false, p256.spki, 'sha256', ecdsa(() => [0n, 0n])],
  ['ECDSA r = 0', false, p256.spki, 'sha256', ecdsa(([, s]) => [0n, s])],
  ['ECDSA s = n', false, p256.spki, 'sha256', ecdsa(([r]) => [r, ORDER_P256])],
  ['ECDSA r = r + n', false, p256.spki, 'sha256', ecdsa(([r, s]) => [r + ORDER_P256, s])],
  ['ECDSA s = s + n', false, p256.spki, 'sha256', ecdsa(([r, s]) => [r, s + ORDER_P256])],
  [
    'ECDSA with a trailing byte',
    false,
    p256.spki,
    'sha256',
    concatBytes(
      ecdsa((x) => x),
      Uint8Array.of(0),
    ),
  ],
  ['ECDSA with a third number', false, p256.spki, 'sha256', ecdsa(([r, s]) => [r, s, 1n])],
  ['ECDSA in BER', false, p256.spki, 'sha256', longForm(ecdsa((x) => x))],
  ['ECDSA with a padded r', false, p256.spki, 'sha256', paddedR()],
  ['ECDSA with a negative r', false, p256.spki, 'sha256', negativeR()],
  [
    'ECDSA as two plain numbers',
    false,
    p256.spki,
    'sha256',
    sign('sha256', DATA, { key: p256.privateKey, dsaEncoding: 'ieee-p1363' }),
  ],
  ['ECDSA with another hash', false, p256.spki, 'sha384', ecdsa((x) => x)],
  ['ECDSA by another key', false, newKey().spki, 'sha256', ecdsa((x) => x)],
  ['ECDSA empty', false, p256.spki, 'sha256', new Uint8Array()],
  ['ECDSA without a hash', false, p256.spki, undefined, ecdsa((x) => x)],
  ['RSA short by its leading byte', false, rsa.spki, 'sha256', sign('sha256', DATA, rsa.privateKey).subarray(1)],
  [
    'RSA with a leading zero',
    false,
    rsa.spki,
    'sha256',
    concatBytes(Uint8Array.of(0), sign('sha256', DATA, rsa.privateKey)),
  ],
  ['RSA all ones', false, rsa.spki, 'sha256', new Uint8Array(256).fill(0xff)],
  ['RSA all zero', false, rsa.spki, 'sha256', new Uint8Array(256)],
  [
    'RSA PSS',
    false,
    rsa.spki,
    'sha256',
    sign('sha256', DATA, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }),
  ],
  ['RSA over bare bytes', false, rsa.spki, 'sha256', privateEncrypt(rsa.privateKey, DATA)],
  ['Ed25519 all zero', false, ed.spki, undefined, new Uint8Array(64)],
  ['Ed25519 with S + L', false, ed.spki, undefined, edPlusOrder()],
  [
    'Ed25519 with a trailing byte',
    false,
    ed.spki,
    undefined,
    concatBytes(sign(null, DATA, ed.privateKey), Uint8Array.of(0)),
  ],
  ['Ed25519 with a hash', false, ed.spki, 'sha256', sign(null, DATA, ed.privateKey)],
]

function good(key: KeyPair, hash: Hash | undefined) {
  const { asymmetricKeyType, asymmetricKeyDetails } = key.privateKey
  const name = `${asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType} with ${hash}`
  return [name, true, key.spki, hash, sign(hash ?? null, DATA, key.privateKey)] as const
}

function withPoint(change: (point: Uint8Array) => Uint8Array): Uint8Array {
  const algorithm = encodeSequence(encodeOid('1.2.840.10045.2.1'), encodeOid('1.2.840.10045.3.1.7'))
  return encodeSequence(algorithm, encodeBitString(change(p256.spki.subarray(26))))
}

/** x = 5 has a point; so has p + 5 for a reader that reduces. */
function unreducedPoint(): Uint8Array {
  const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n
  const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
  const y = power((125n - 15n + b) % p, (p + 1n) / 4n, p)
  return concatBytes(Uint8Array.of(4), bytes32(p + 5n), bytes32(y))
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function explicitCurve(): Uint8Array {
  const options = { namedCurve: 'prime256v1', paramEncoding: 'explicit' as const }
  return generateKeyPairSync('ec', options).publicKey.export({ format: 'der', type: 'spki' })
}

function modulusOf(bits: number): bigint {
  return 2n ** BigInt(bits) - 2n ** BigInt(bits - 3) + 1n
}

function rsaSpki(
  modulus: bigint,
  exponent: bigint,
  algorithm?: Uint8Array,
  ...more: readonly Uint8Array[]
): Uint8Array {
  return rsaSpkiRaw(encodeInteger(modulus), encodeInteger(exponent), algorithm, more)
}

function rsaSpkiRaw(
  modulus: Uint8Array,
  exponent = encodeInteger(65537),
  algorithm = encodeSequence(encodeOid('1.2.840.113549.1.1.1'), encodeNull()),
  more: readonly Uint8Array[] = [],
): Uint8Array {
  return encodeSequence(algorithm, encodeBitString(encodeSequence(modulus, exponent, ...more)))
}

function rsaBits(): Uint8Array {
  return encodeBitString(encodeSequence(encodeInteger(modulusOf(2048)), encodeInteger(65537)))
}

/** The eight points whose order divides 8. */
function smallOrderKeys(): readonly Uint8Array[] {
  const sign = 2n ** 255n
  const order8 = [
    0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
    0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  ]
  return [0n, sign, 1n, 2n ** 255n - 20n, ...order8, ...order8.map((y) => y + sign)].map(edSpki)
}

function edSpki(y: bigint): Uint8Array {
  return encodeSequence(encodeSequence(encodeOid('1.3.101.112')), encodeBitString(bytes32(y).reverse()))
}

function ecdsa(change: (numbers: readonly [bigint, bigint]) => readonly bigint[]): Uint8Array {
  const plain = toHex(sign('sha256', DATA, { key: p256.privateKey, dsaEncoding: 'ieee-p1363' }))
  return encodeSequence(
    ...change([BigInt(`0x${plain.slice(0, 64)}`), BigInt(`0x${plain.slice(64)}`)]).map((one) => encodeInteger(one)),
  )
}

function longForm(der: Uint8Array): Uint8Array {
  return concatBytes(der.subarray(0, 1), Uint8Array.of(0x81), der.subarray(1))
}

function paddedR(): Uint8Array {
  return rewriteR((content) => concatBytes(Uint8Array.of(0), content))
}

function negativeR(): Uint8Array {
  for (;;) {
    const changed = rewriteR((content) => (content[0] === 0 ? content.subarray(1) : content))
    if ((changed[4] ?? 0) >= 0x80) return changed
  }
}

function rewriteR(change: (content: Uint8Array) => Uint8Array): Uint8Array {
  const der = ecdsa((x) => x)
  const length = der[3] ?? 0
  return encodeSequence(encodeElement(TAG.integer, change(der.subarray(4, 4 + length))), der.subarray(4 + length))
}

function edPlusOrder(): Uint8Array {
  const signature = sign(null, DATA, ed.privateKey)
  const s = BigInt(`0x${toHex(Uint8Array.from(signature.subarray(32)).reverse())}`) + ORDER_25519
  return concatBytes(signature.subarray(0, 32), bytes32(s).reverse())
}

function bytes32(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0'))
}
