// The NIST prime curves (FIPS 186-5, SEC 2) as far as a reader needs them: is this a point, is this a signature value.
// Decided here, before the runtime's crypto sees a byte, because Node and Bun disagree on what is malformed.
import { type Element, readDer, TAG } from '../asn1/read.ts'
import { checkInteger } from '../asn1/value.ts'
import { fromHex, toHex } from '../bytes.ts'

export type CurveName = 'P-256' | 'P-384' | 'P-521'

interface Curve {
  /** Octets of a coordinate. */
  readonly size: number
  readonly p: bigint
  readonly b: bigint
  /** The group's order, big-endian, `size` octets. */
  readonly order: Uint8Array
}

const CURVES: Readonly<Record<CurveName, Curve>> = {
  'P-256': {
    size: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    order: fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  },
  'P-384': {
    size: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    order: fromHex('ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
  },
  'P-521': {
    size: 66,
    p: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    order: fromHex(`01ff${'ff'.repeat(31)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`),
  },
}

/** Whether `point` is uncompressed, its coordinates reduced, and on the curve: the runtime is given no invalid-curve point. */
export function isCurvePoint(name: CurveName, point: Uint8Array): boolean {
  const { size, p, b } = CURVES[name]
  if (point.length !== 1 + 2 * size || point[0] !== 0x04) return false
  const x = BigInt(`0x${toHex(point.subarray(1, 1 + size))}`)
  const y = BigInt(`0x${toHex(point.subarray(1 + size))}`)
  return x < p && y < p && (y * y - (x * x - 3n) * x - b) % p === 0n
}

/** Whether `signature` is a minimal DER SEQUENCE of r and s, both in 1..n-1: r = s = 0 verified under any key elsewhere. */
export function isEcdsaSignature(name: CurveName, signature: Uint8Array): boolean {
  const { order } = CURVES[name]
  try {
    const reader = readDer(signature, TAG.sequence).reader()
    const r = checkInteger(reader.read(TAG.integer))
    const s = checkInteger(reader.read(TAG.integer))
    reader.finish()
    return isScalar(r, order) && isScalar(s, order)
  } catch {
    return false
  }
}

/** Whether a minimal INTEGER is in 1..n-1. */
function isScalar(integer: Element, order: Uint8Array): boolean {
  const first = integer.at(0) ?? 0x80
  if (first >= 0x80 || (first === 0 && integer.length === 1)) return false
  const start = first === 0 ? 1 : 0
  if (integer.length - start !== order.length) return integer.length - start < order.length
  for (const [i, limit] of order.entries()) {
    const octet = integer.at(start + i) ?? 0xff
    if (octet !== limit) return octet < limit
  }
  return false
}
