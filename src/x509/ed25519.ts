// Which Ed25519 keys and signatures are accepted (RFC 8032 5.1), decided before the runtime's crypto sees a byte:
// Bun takes an all-zero signature under a key of small order for any message.
import { fromHex } from '../bytes.ts'

/** 2^255 - 19 and the order of the base point, little-endian. */
const FIELD = fromHex(`ed${'ff'.repeat(30)}7f`)
const ORDER = fromHex(`edd3f55c1a631258d69cf7a2def9de14${'00'.repeat(15)}10`)

/** The y coordinates, little-endian, of the points whose order divides 8. */
const SMALL_ORDER = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => fromHex(hex))

/** Why 32 octets are not accepted as a public key. That they decode to a point at all is left to verification, which fails. */
export function checkEd25519Point(point: Uint8Array): string | undefined {
  const y = Uint8Array.from(point)
  y[31] = (y[31] ?? 0) & 0x7f
  // A second encoding of the same key would have another log id and another fingerprint.
  if (compareLittleEndian(y, FIELD) >= 0) return 'not canonical'
  // Under a key of small order one signature fits many messages.
  if (SMALL_ORDER.some((small) => compareLittleEndian(y, small) === 0)) return 'of small order'
  return undefined
}

/** Whether `signature` is 64 octets with S below the group's order: S + L would be a second signature by nobody. */
export function isEd25519Signature(signature: Uint8Array): boolean {
  return signature.length === 64 && compareLittleEndian(signature.subarray(32), ORDER) < 0
}

function compareLittleEndian(a: Uint8Array, b: Uint8Array): number {
  for (let i = 31; i >= 0; i--) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
