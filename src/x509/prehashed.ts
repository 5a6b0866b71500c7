// Verification over a digest instead of the data (FIPS 186-5 6.4.2, RFC 8017 8.2.2): who has a digest alone never sees the
// data, and Node's crypto hashes whatever it is given. Slow and not constant-time, which public values do not need.
import { Buffer } from 'node:buffer'
import { readDer, TAG } from '../asn1/read.ts'
import { parseIntegerBytes } from '../asn1/value.ts'
import { toHex } from '../bytes.ts'
import { type CurveName, isEcdsaSignature } from './ecdsa.ts'
import type { PublicKey } from './key.ts'

/** Whether `signature` over data with this SHA-2 digest is by `key`. False for Ed25519, which signs data alone. */
export function verifyDigest(key: PublicKey, digest: Uint8Array, signature: Uint8Array): boolean {
  if (key.algorithm === 'Ed25519') return false
  if (key.algorithm === 'RSA') return verifyRsa(key, digest, signature)
  return isEcdsaSignature(key.algorithm, signature) && verifyEcdsa(key, key.algorithm, digest, signature)
}

/** DigestInfo up to the digest, by the digest's length. */
const DIGEST_INFO: Readonly<Record<number, string>> = {
  32: '3031300d060960864801650304020105000420',
  48: '3041300d060960864801650304020205000430',
  64: '3051300d060960864801650304020305000440',
}

function verifyRsa(key: PublicKey, digest: Uint8Array, signature: Uint8Array): boolean {
  const { n, e } = key.handle.export({ format: 'jwk' })
  const info = DIGEST_INFO[digest.length]
  const size = key.bits / 8
  if (n === undefined || e === undefined || info === undefined || signature.length !== size) return false
  const [value, modulus] = [number(signature), fromJwk(n)]
  // RFC 8017 5.2.2: the same number a modulus higher would be a second signature.
  if (value >= modulus) return false
  const tail = `00${info}${toHex(digest)}`
  const expected = `0001${tail.padStart(2 * size - 4, 'f')}`
  return power(value, fromJwk(e), modulus) === BigInt(`0x${expected}`)
}

interface Curve {
  readonly p: bigint
  readonly n: bigint
  readonly g: Point
}

/** Jacobian coordinates; z is 0 at infinity. */
interface Point {
  readonly x: bigint
  readonly y: bigint
  readonly z: bigint
}

const INFINITY: Point = { x: 1n, y: 1n, z: 0n }

const CURVES: Readonly<Record<CurveName, Curve>> = {
  'P-256': {
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    g: {
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
      z: 1n,
    },
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    g: {
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
      z: 1n,
    },
  },
  'P-521': {
    p: 2n ** 521n - 1n,
    n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    g: {
      x: 0xc6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
      y: 0x11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
      z: 1n,
    },
  },
}

function verifyEcdsa(key: PublicKey, name: CurveName, digest: Uint8Array, signature: Uint8Array): boolean {
  const { p, n, g } = CURVES[name]
  const { x = '', y = '' } = key.handle.export({ format: 'jwk' })
  const [r, s] = readSignature(signature)
  // A digest longer than the order is cut to its length; all orders but P-521's are whole bytes, and no digest reaches that.
  const e = number(digest.subarray(0, Math.ceil(key.bits / 8)))
  const w = invert(s, n)
  const sum = multiplyTwo((e * w) % n, g, (r * w) % n, { x: fromJwk(x), y: fromJwk(y), z: 1n }, p)
  // A key can be chosen so that the sum for one digest is no point: that is no signature of any r.
  if (sum.z === 0n) return false
  const inverse = invert(sum.z, p)
  return modulo(sum.x * inverse * inverse, p) % n === r
}

function readSignature(signature: Uint8Array): readonly [bigint, bigint] {
  const reader = readDer(signature, TAG.sequence).reader()
  const read = (): bigint => number(parseIntegerBytes(reader.read(TAG.integer)))
  return [read(), read()]
}

/** a times P plus b times Q, both scalars walked together. */
function multiplyTwo(a: bigint, P: Point, b: bigint, Q: Point, p: bigint): Point {
  const both = add(P, Q, p)
  let sum = INFINITY
  const left = a.toString(2)
  const right = b.toString(2)
  const length = Math.max(left.length, right.length)
  const bits = [left.padStart(length, '0'), right.padStart(length, '0')] as const
  for (let i = 0; i < length; i++) {
    sum = double(sum, p)
    const term = bits[0][i] === '1' ? (bits[1][i] === '1' ? both : P) : bits[1][i] === '1' ? Q : undefined
    if (term !== undefined) sum = add(sum, term, p)
  }
  return sum
}

/** dbl-2001-b, for curves with a = -3. */
function double({ x, y, z }: Point, p: bigint): Point {
  if (z === 0n) return INFINITY
  const delta = (z * z) % p
  const gamma = (y * y) % p
  const beta = (x * gamma) % p
  const alpha = (3n * (x - delta) * (x + delta)) % p
  const x3 = modulo(alpha * alpha - 8n * beta, p)
  const z3 = modulo((y + z) * (y + z) - gamma - delta, p)
  return { x: x3, y: modulo(alpha * (4n * beta - x3) - 8n * gamma * gamma, p), z: z3 }
}

/** add-1998-cmo-2. */
function add(P: Point, Q: Point, p: bigint): Point {
  if (P.z === 0n) return Q
  if (Q.z === 0n) return P
  const pz2 = (P.z * P.z) % p
  const qz2 = (Q.z * Q.z) % p
  const u = (P.x * qz2) % p
  const s = (P.y * qz2 * Q.z) % p
  const h = modulo(Q.x * pz2 - u, p)
  const r = modulo(Q.y * pz2 * P.z - s, p)
  if (h === 0n) return r === 0n ? double(P, p) : INFINITY
  const h2 = (h * h) % p
  const h3 = (h * h2) % p
  const x = modulo(r * r - h3 - 2n * u * h2, p)
  return { x, y: modulo(r * (u * h2 - x) - s * h3, p), z: (P.z * Q.z * h) % p }
}

function modulo(value: bigint, m: bigint): bigint {
  const rest = value % m
  return rest < 0n ? rest + m : rest
}

function invert(value: bigint, m: bigint): bigint {
  let [a, b, x, y] = [modulo(value, m), m, 1n, 0n]
  while (a > 1n) {
    const quotient = a / b
    ;[a, b] = [b, a % b]
    ;[x, y] = [y, x - quotient * y]
  }
  return modulo(x, m)
}

function power(base: bigint, exponent: bigint, m: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % m
    if (bit === '1') result = (result * base) % m
  }
  return result
}

function number(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`)
}

function fromJwk(text: string): bigint {
  return number(Buffer.from(text, 'base64url'))
}
