// Public keys (SubjectPublicKeyInfo, RFC 5280 4.1.2.7, RFC 5480, RFC 8410) and the verification of signatures with them.
// One exact form of each key is accepted, and decided before the runtime's crypto sees it: Node takes hybrid points and
// BER, Bun takes keys of small order, both take trailing bytes.
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { concatBytes, equalBytes, fromHex } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { type CurveName, isCurvePoint, isEcdsaSignature } from './ecdsa.ts'
import { checkEd25519Point, isEd25519Signature } from './ed25519.ts'
import { encodePem } from './pem.ts'
import { isRsaSignature, parseRsaKey } from './rsa.ts'

export type KeyAlgorithm = CurveName | 'RSA' | 'Ed25519'
export type Hash = 'sha256' | 'sha384' | 'sha512'

/** A public key that passed the strict reader. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm
  /** RSA modulus length, or the curve's size. */
  readonly bits: number
  /** The SubjectPublicKeyInfo that was read. */
  readonly spki: Uint8Array
  /** RSA modulus, big-endian without leading zero; absent for curves. */
  readonly modulus?: Uint8Array
  /** Made on first use. */
  readonly handle: KeyObject
}

/** All that stands before the point: DER leaves one encoding of a named curve's key, so it is compared, not parsed. */
const CURVE_PREFIXES: readonly { readonly algorithm: CurveName; readonly bits: number; readonly prefix: Uint8Array }[] =
  [
    { algorithm: 'P-256', bits: 256, prefix: fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200') },
    { algorithm: 'P-384', bits: 384, prefix: fromHex('3076301006072a8648ce3d020106052b81040022036200') },
    { algorithm: 'P-521', bits: 521, prefix: fromHex('30819b301006072a8648ce3d020106052b8104002303818600') },
  ]
const ED25519_PREFIX = fromHex('302a300506032b6570032100')

class ParsedKey implements PublicKey {
  readonly algorithm: KeyAlgorithm
  readonly bits: number
  readonly spki: Uint8Array
  declare readonly modulus?: Uint8Array
  #handle: KeyObject | undefined

  constructor(algorithm: KeyAlgorithm, bits: number, spki: Uint8Array, modulus?: Uint8Array) {
    this.algorithm = algorithm
    this.bits = bits
    this.spki = spki
    if (modulus !== undefined) this.modulus = modulus
  }

  get handle(): KeyObject {
    // As PEM, because OpenSSL tries every decoder that it has on bare DER: half the time of each leaf's key.
    this.#handle ??= createPublicKey(encodePem('PUBLIC KEY', this.spki))
    return this.#handle
  }
}

/**
 * Reads a SubjectPublicKeyInfo: P-256, P-384 or P-521 as a named curve with an uncompressed point on it, RSA of 2048 to
 * 4096 bits with an odd exponent below 2^32, Ed25519 canonical and not of small order. Throws `parse` on anything else.
 */
export function parsePublicKey(spki: Uint8Array): PublicKey {
  for (const { algorithm, bits, prefix } of CURVE_PREFIXES)
    if (startsWith(spki, prefix)) {
      if (!isCurvePoint(algorithm, spki.subarray(prefix.length)))
        throw malformed('public key', 'not a point of the curve')
      return new ParsedKey(algorithm, bits, spki)
    }
  if (startsWith(spki, ED25519_PREFIX)) return parseEd25519(spki)
  const { bits, modulus } = parseRsaKey(spki)
  return new ParsedKey('RSA', bits, spki, modulus)
}

/**
 * Whether `signature` over `data` is by `key`: ECDSA in minimal DER with r and s in range, RSA PKCS #1 v1.5, or Ed25519
 * (`hash` undefined). False, never a fault, for whatever is malformed or does not fit the key.
 */
export function verifyWithKey(
  key: PublicKey,
  hash: Hash | undefined,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  // No Ed25519ph and no guessed hash: a signature means one thing.
  if ((key.algorithm === 'Ed25519') !== (hash === undefined)) return false
  if (!isSignatureFor(key, signature)) return false
  try {
    return verify(hash ?? null, data, key.handle, signature)
  } catch {
    return false
  }
}

function isSignatureFor(key: PublicKey, signature: Uint8Array): boolean {
  if (key.algorithm === 'Ed25519') return isEd25519Signature(signature)
  if (key.algorithm !== 'RSA') return isEcdsaSignature(key.algorithm, signature)
  return key.modulus !== undefined && isRsaSignature(key.modulus, signature)
}

/** The key of 32 octets, where they stand without what names their algorithm. Throws `parse`. */
export function parseEd25519Key(point: Uint8Array): PublicKey {
  return parseEd25519(concatBytes(ED25519_PREFIX, point))
}

function parseEd25519(spki: Uint8Array): PublicKey {
  const point = spki.subarray(ED25519_PREFIX.length)
  if (point.length !== 32) throw malformed('public key', 'wrong length')
  const why = checkEd25519Point(point)
  if (why !== undefined) throw malformed('public key', why)
  return new ParsedKey('Ed25519', 256, spki)
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length > prefix.length && equalBytes(bytes.subarray(0, prefix.length), prefix)
}
