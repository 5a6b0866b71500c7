// Keys of the vectors, each derived from its name, and signatures without chance (RFC 6979, RFC 8017, RFC 8032): the same
// sources give the same bytes. Everybody can make these keys, so nothing may ever trust them.
import { createECDH, createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { TAG } from '../../src/asn1/read.ts'
import { encodeBitString, encodeElement, encodeInteger, encodeSequence } from '../../src/asn1/write.ts'
import { concatBytes, encodeUtf8, fromHex, toHex } from '../../src/bytes.ts'
import type { Hash } from '../../src/x509/key.ts'

export type CurveKind = 'P-256' | 'P-384' | 'P-521'

/** A key pair. */
export interface ForgeKey {
  readonly kind: CurveKind | 'Ed25519' | 'RSA'
  readonly spki: Uint8Array
  /** The hash that goes with the key; Ed25519 has none. */
  readonly hash: Hash
  /** Over `data`, by the key's own hash unless one is given. */
  sign(data: Uint8Array, hash?: Hash): Uint8Array
}

interface Curve {
  readonly openssl: string
  readonly bits: number
  readonly order: bigint
  /** SubjectPublicKeyInfo up to the point. */
  readonly prefix: string
  readonly hash: Hash
}

export const CURVES: Readonly<Record<CurveKind, Curve>> = {
  'P-256': {
    openssl: 'prime256v1',
    bits: 256,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    prefix: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
    hash: 'sha256',
  },
  'P-384': {
    openssl: 'secp384r1',
    bits: 384,
    order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    prefix: '3076301006072a8648ce3d020106052b81040022036200',
    hash: 'sha384',
  },
  'P-521': {
    openssl: 'secp521r1',
    bits: 521,
    order: BigInt(`0x1ff${'ff'.repeat(31)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`),
    prefix: '30819b301006072a8648ce3d020106052b8104002303818600',
    hash: 'sha512',
  },
}

/** So many bytes that depend on `name` alone. */
export function bytesFrom(name: string, length: number): Uint8Array {
  const blocks: Uint8Array[] = []
  for (let i = 0; i * 32 < length; i++) blocks.push(digest('sha256', encodeUtf8(`gitsigil vectors: ${name}: ${i}`)))
  return concatBytes(...blocks).subarray(0, length)
}

export function curveKey(name: string, kind: CurveKind = 'P-256'): ForgeKey {
  const { bits, order, prefix, hash } = CURVES[kind]
  const secret = (numberOf(bytesFrom(`${kind} ${name}`, 72)) % (order - 1n)) + 1n
  return {
    kind,
    spki: concatBytes(fromHex(prefix), pointOf(kind, secret)),
    hash,
    sign(data, by = hash) {
      const digested = digest(by, data)
      const nonce = nonceFor(order, bits, secret, digested, by)
      const r = numberOf(pointOf(kind, nonce).subarray(1, 1 + Math.ceil(bits / 8))) % order
      const s = (inverse(nonce, order) * (truncate(digested, bits) + r * secret)) % order
      return encodeEcdsa(r, s)
    },
  }
}

export function ed25519Key(name: string): ForgeKey {
  const der = concatBytes(fromHex('302e020100300506032b657004220420'), bytesFrom(`Ed25519 ${name}`, 32))
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return { kind: 'Ed25519', spki, hash: 'sha256', sign: (data) => sign(null, data, key) }
}

/** Ecdsa-Sig-Value. */
export function encodeEcdsa(r: bigint, s: bigint): Uint8Array {
  return encodeSequence(encodeInteger(r), encodeInteger(s))
}

/** A SubjectPublicKeyInfo of this algorithm and these bits. */
export function encodeSpki(algorithm: Uint8Array, key: Uint8Array): Uint8Array {
  return encodeElement(TAG.sequence, algorithm, encodeBitString(key))
}

export function digest(hash: string, data: Uint8Array): Uint8Array {
  return createHash(hash).update(data).digest()
}

export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`)
}

/** Big-endian in so many octets. */
export function octetsOf(value: bigint, length: number): Uint8Array {
  return fromHex(value.toString(16).padStart(length * 2, '0'))
}

export function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b, x, y] = [b % a, a, y - quotient * x, x]
  }
  return ((x % modulus) + modulus) % modulus
}

function pointOf(kind: CurveKind, scalar: bigint): Uint8Array {
  const curve = CURVES[kind]
  const ecdh = createECDH(curve.openssl)
  ecdh.setPrivateKey(octetsOf(scalar, Math.ceil(curve.bits / 8)))
  return ecdh.getPublicKey()
}

function truncate(digested: Uint8Array, bits: number): bigint {
  const spare = digested.length * 8 - bits
  return spare > 0 ? numberOf(digested) >> BigInt(spare) : numberOf(digested)
}

/** RFC 6979 3.2. */
function nonceFor(order: bigint, bits: number, secret: bigint, digested: Uint8Array, hash: Hash): bigint {
  const size = Math.ceil(bits / 8)
  const seed = concatBytes(octetsOf(secret, size), octetsOf(truncate(digested, bits) % order, size))
  const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array =>
    createHmac(hash, key)
      .update(concatBytes(...parts))
      .digest()
  let key: Uint8Array = new Uint8Array(digested.length)
  let value: Uint8Array = new Uint8Array(digested.length).fill(1)
  for (const round of [0, 1]) {
    key = hmac(key, value, Uint8Array.of(round), seed)
    value = hmac(key, value)
  }
  for (;;) {
    let drawn: Uint8Array = new Uint8Array()
    while (drawn.length < size) {
      value = hmac(key, value)
      drawn = concatBytes(drawn, value)
    }
    const nonce = truncate(drawn.subarray(0, size), bits)
    if (nonce > 0n && nonce < order) return nonce
    key = hmac(key, value, Uint8Array.of(0))
    value = hmac(key, value)
  }
}
