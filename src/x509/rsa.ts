// Which RSA keys and signatures are accepted (RFC 8017, RFC 3279 2.3.1), decided before the runtime's crypto sees a byte.
import { readDer, TAG } from '../asn1/read.ts'
import { parseBitString, parseIntegerBytes } from '../asn1/value.ts'
import { compareBytes, equalBytes, fromHex } from '../bytes.ts'
import { malformed } from '../errors.ts'

/** rsaEncryption with its NULL. */
const RSA_ALGORITHM = fromHex('300d06092a864886f70d0101010500')

/** Reads a SubjectPublicKeyInfo. Throws `parse` for anything but an RSA key that is accepted. */
export function parseRsaKey(spki: Uint8Array): { readonly bits: number; readonly modulus: Uint8Array } {
  const outer = readDer(spki, TAG.sequence).reader()
  if (!equalBytes(outer.read(TAG.sequence).bytes, RSA_ALGORITHM))
    throw malformed('public key', 'algorithm not accepted')
  const inner = readDer(parseBitString(outer.read(TAG.bitString)), TAG.sequence).reader()
  outer.finish()
  const modulus = positive(parseIntegerBytes(inner.read(TAG.integer)))
  const exponent = positive(parseIntegerBytes(inner.read(TAG.integer)))
  inner.finish()
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24
  // Short moduli can be factored; long ones only cost time.
  if (bits < 2048 || bits > 4096) throw malformed('public key', 'RSA modulus is not of 2048 to 4096 bits')
  // An even modulus or exponent is no RSA key; e = 1 makes every padded message its own signature.
  if (!isOdd(modulus) || !isOdd(exponent)) throw malformed('public key', 'RSA modulus or exponent is even')
  if (exponent.length > 4 || (exponent.length === 1 && exponent[0] === 1))
    throw malformed('public key', 'RSA exponent is not between 3 and 2^32')
  return { bits, modulus }
}

/** Whether `signature` is a number below the modulus in as many octets: any other is a second form of one signature. */
export function isRsaSignature(modulus: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === modulus.length && compareBytes(signature, modulus) < 0
}

function positive(integer: Uint8Array): Uint8Array {
  if ((integer[0] ?? 0x80) >= 0x80) throw malformed('public key', 'negative number')
  return integer[0] === 0 ? integer.subarray(1) : integer
}

function isOdd(integer: Uint8Array): boolean {
  return ((integer.at(-1) ?? 0) & 1) === 1
}
