// Vectors of the `signature` check: values that are not by the key, and second forms of one that is.
import { encodeInteger, encodeSequence } from '../../src/asn1/write.ts'
import { concatBytes } from '../../src/bytes.ts'
import { algorithm } from '../forge/cms.ts'
import { CURVES, curveKey, encodeEcdsa, numberOf, octetsOf } from '../forge/key.ts'
import { commitPayload } from '../forge/object.ts'
import { forgeCubeRoot, padded, rsaKey } from '../forge/rsa.ts'
import { flipped, raw } from './edit.ts'
import { RSA_2048, signature } from './key.ts'
import { ALL_KINDS, type Making, type Vector } from './vector.ts'

const ORDER = CURVES['P-256'].order

type Numbers = readonly [r: bigint, s: bigint]

const numbers = (change: (numbers: Numbers) => Numbers): Making => ({
  signature: (value) => encodeEcdsa(...change(numbersOf(value))),
})

const ECDSA: readonly Vector[] = [
  ...signature('other-key', "another key signed, under the victim's certificate", {
    kinds: ALL_KINDS,
    signer: curveKey('mallory'),
  }),
  ...signature('over-payload', 'a signature over the content and not over the attributes', {
    signed: () => commitPayload(),
  }),
  ...signature('over-field', 'a signature over the attributes with the tag that stands in the file', {
    signed: (set) => concatBytes(Uint8Array.of(0xa0), set.subarray(1)),
  }),
  ...signature('over-other-attributes', "the signature of another object's attributes", {
    signed: (set) => flipped(set, -1),
  }),
  ...signature('bit-flipped', 'one bit turned', { kinds: ALL_KINDS, signature: (value) => flipped(value, -1) }),
  ...signature(
    'zero',
    'r = s = 0 verified under any key elsewhere (CVE-2022-21449)',
    numbers(() => [0n, 0n]),
  ),
  ...signature(
    'r-zero',
    'r = 0',
    numbers(([, s]) => [0n, s]),
  ),
  ...signature(
    's-zero',
    's = 0',
    numbers(([r]) => [r, 0n]),
  ),
  ...signature(
    'r-not-reduced',
    "r above the group's order: a second form of the same signature",
    numbers(([r, s]) => [r + ORDER, s]),
  ),
  ...signature(
    's-not-reduced',
    "s above the group's order: a second form of the same signature",
    numbers(([r, s]) => [r, s + ORDER]),
  ),
  ...signature(
    'r-is-order',
    "r is the group's order",
    numbers(([, s]) => [ORDER, s]),
  ),
  ...signature('ber-length', 'BER instead of DER: a long length', {
    signature: (value) => concatBytes(Uint8Array.of(0x30, 0x81), value.subarray(1)),
  }),
  ...signature('padded-number', 'BER instead of DER: a leading zero', {
    signature: (value) =>
      encodeSequence(raw(`02220000${hexOf(numbersOf(value)[0])}`), encodeInteger(numbersOf(value)[1])),
  }),
  ...signature('negative-number', 'a number without its leading zero', {
    signature: (value) =>
      encodeSequence(raw(`0220${hexOf(numbersOf(value)[0] | (1n << 255n))}`), encodeInteger(numbersOf(value)[1])),
  }),
  ...signature('trailing-byte', 'a byte behind the signature', {
    signature: (value) => concatBytes(value, Uint8Array.of(0)),
  }),
  ...signature('third-number', 'a third number inside the signature', {
    signature: (value) => encodeSequence(...numbersOf(value).map(encodeInteger), encodeInteger(1)),
  }),
  ...signature('raw', 'r and s one after the other, as in IEEE P1363', {
    signature: (value) => concatBytes(...numbersOf(value).map((number) => octetsOf(number, 32))),
  }),
  ...signature('empty', 'a signature of no octets', { signature: () => new Uint8Array() }),
]

const RSA: readonly Vector[] = [
  ...signature('rsa-bit-flipped', 'one bit turned', { key: RSA_2048, signature: (value) => flipped(value, -1) }),
  ...signature('rsa-leading-zero', 'an octet in front: a second form of the same signature', {
    key: RSA_2048,
    signature: (value) => concatBytes(Uint8Array.of(0), value),
  }),
  ...signature('rsa-not-reduced', 'a number above the modulus: a second form of the same signature', {
    key: RSA_2048,
    signature: (value) => octetsOf(numberOf(value) + RSA_2048.modulus, 257).subarray(-256),
  }),
  ...signature(
    'rsa-exponent-3-forged',
    'nobody signed: a cube root whose padding a careless verifier takes (Bleichenbacher 2006)',
    {
      key: rsaKey('leaf', 2048, { exponent: 3n }),
      signature: (_, attributes) => forgeCubeRoot(attributes, 256),
    },
  ),
  ...signature('rsa-unsigned-padding', 'the padded digest itself, as if the exponent were 1', {
    key: RSA_2048,
    signature: (_, attributes) => padded(attributes, 'sha256', 256),
  }),
  ...signature('rsa-other-hash', 'a signature by SHA-512 under the name of SHA-256', {
    key: RSA_2048,
    signatureHash: 'sha512',
    signatureAlgorithm: algorithm('1.2.840.113549.1.1.11'),
  }),
]

function numbersOf(value: Uint8Array): Numbers {
  const r = value.subarray(4, 4 + (value[3] ?? 0))
  return [numberOf(r), numberOf(value.subarray(6 + r.length))]
}

function hexOf(number: bigint): string {
  return number.toString(16).padStart(64, '0')
}

export const VALUES: readonly Vector[] = [...ECDSA, ...RSA]
