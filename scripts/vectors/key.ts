// Vectors about public keys: each form that is accepted has neighbours that are not, and the runtimes' own crypto takes many.
import { encodeElement, encodeInteger, encodeNull, encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { concatBytes, fromHex } from '../../src/bytes.ts'
import { algorithm, HASH_OID } from '../forge/cms.ts'
import {
  CURVES,
  type CurveKind,
  curveKey,
  ed25519Key,
  encodeSpki,
  type ForgeKey,
  numberOf,
  octetsOf,
} from '../forge/key.ts'
import { LEAF_KEY } from '../forge/recipe.ts'
import { encodeRsaSpki, rsaKey } from '../forge/rsa.ts'
import { flipped, raw } from './edit.ts'
import { bad, type Making, type Vector } from './vector.ts'

export const SHA256 = HASH_OID.sha256

const WRONG = 'the signature does not verify with the key of its certificate'

const NO_POINT = 'public key: not a point of the curve'

const NOT_ACCEPTED = 'public key: algorithm not accepted'

export const RSA_2048 = rsaKey('leaf', 2048)

/** The usual key under another SubjectPublicKeyInfo: the signature is good to whoever reads that laxly. */
function disguised(spki: Uint8Array, key: ForgeKey = LEAF_KEY): Making {
  return { key, leaf: (leaf) => ({ ...leaf, spki }) }
}

const key = (name: string, reason: string, says: string, making: Making): readonly Vector[] =>
  bad('format', `key-${name}`, reason, says, making)

const point = (kind: CurveKind = 'P-256', leaf: ForgeKey = LEAF_KEY): Uint8Array =>
  leaf.spki.subarray(CURVES[kind].prefix.length / 2)

const prefix = fromHex(CURVES['P-256'].prefix)

const P256_ALGORITHM = raw('301306072a8648ce3d020106082a8648ce3d030107')

const x = point().subarray(1, 33)

const y = point().subarray(33)

const oddness = (y[31] ?? 0) & 1

const FIELD_521 = 2n ** 521n - 1n

const CURVE_KEYS: readonly Vector[] = [
  ...key(
    'compressed-point',
    NOT_ACCEPTED,
    'a compressed point',
    disguised(encodeSpki(P256_ALGORITHM, concatBytes(Uint8Array.of(2 + oddness), x))),
  ),
  ...key(
    'hybrid-point',
    NO_POINT,
    'a hybrid point, which Node takes',
    disguised(concatBytes(prefix, Uint8Array.of(6 + oddness), x, y)),
  ),
  ...key('off-curve', NO_POINT, 'a point that is not on the curve', disguised(flipped(LEAF_KEY.spki, -1))),
  ...key('at-infinity', NOT_ACCEPTED, 'the point at infinity', disguised(encodeSpki(P256_ALGORITHM, Uint8Array.of(0)))),
  ...key(
    'coordinate-not-reduced',
    NO_POINT,
    "a coordinate above the field's prime: a second form of the same key",
    bigCoordinate(),
  ),
  ...key(
    'bytes-behind-point',
    NOT_ACCEPTED,
    'bytes behind the point, which both runtimes take',
    disguised(encodeSpki(P256_ALGORITHM, concatBytes(point(), Uint8Array.of(0)))),
  ),
  ...key(
    'bytes-behind-key',
    NOT_ACCEPTED,
    'an element behind the key',
    disguised(encodeSequence(P256_ALGORITHM, encodeElement(3, Uint8Array.of(0), point()), encodeNull())),
  ),
  ...key(
    'ber-length',
    'DER: length not minimal',
    'BER instead of DER, which both runtimes take',
    disguised(concatBytes(raw('308159'), LEAF_KEY.spki.subarray(2))),
  ),
  ...key(
    'explicit-parameters',
    NOT_ACCEPTED,
    'the curve written out instead of named (CVE-2020-0601)',
    disguised(encodeSpki(explicitCurve(), point())),
  ),
  ...key(
    'secp256k1',
    NOT_ACCEPTED,
    'another curve',
    disguised(encodeSpki(raw('301006072a8648ce3d020106052b8104000a'), point())),
  ),
]

const rsa = (name: string, reason: string, says: string, bits: number, options = {}): readonly Vector[] =>
  key(`rsa-${name}`, reason, says, { key: rsaKey('leaf', bits, options) })

const EXPONENT = 'public key: RSA exponent is not between 3 and 2^32'

const LENGTH = 'public key: RSA modulus is not of 2048 to 4096 bits'

const EVEN = 'public key: RSA modulus or exponent is even'

const RSA_KEYS: readonly Vector[] = [
  ...rsa('1024', LENGTH, 'a modulus that can be factored', 1024),
  ...rsa('2040', LENGTH, 'a modulus just too short', 2040),
  ...rsa('4104', LENGTH, 'a modulus just too long', 4104, { primes: 4 }),
  ...rsa('exponent-1', EXPONENT, 'exponent 1: every padded message is its own signature', 2048, { exponent: 1n }),
  ...rsa('exponent-2', EVEN, 'an even exponent', 2048, { exponent: 2n }),
  ...rsa('exponent-33-bits', EXPONENT, 'an exponent above 2^32', 2048, { exponent: 2n ** 32n + 15n }),
  ...key(
    'rsa-even-modulus',
    EVEN,
    'an even modulus',
    disguised(encodeRsaSpki(RSA_2048.modulus - 1n, 65537n), RSA_2048),
  ),
  ...key(
    'rsa-negative-modulus',
    'public key: negative number',
    'a modulus without its leading zero',
    disguised(negativeModulus(), RSA_2048),
  ),
  ...key(
    'rsa-bytes-behind-key',
    'DER: trailing bytes',
    'an element behind modulus and exponent',
    disguised(
      encodeSpki(
        raw('300d06092a864886f70d0101010500'),
        concatBytes(encodeSequence(encodeInteger(RSA_2048.modulus), encodeInteger(65537)), encodeNull()),
      ),
      RSA_2048,
    ),
  ),
  ...key(
    'rsa-third-number',
    'DER: trailing bytes',
    'a third number inside the key',
    disguised(
      encodeSpki(
        raw('300d06092a864886f70d0101010500'),
        encodeSequence(encodeInteger(RSA_2048.modulus), encodeInteger(65537), encodeInteger(1)),
      ),
      RSA_2048,
    ),
  ),
  ...key(
    'rsa-without-null',
    NOT_ACCEPTED,
    'rsaEncryption without its NULL: a second form of the same key',
    disguised(encodeRsaSpki(RSA_2048.modulus, 65537n, algorithm('1.2.840.113549.1.1.1')), RSA_2048),
  ),
  ...key(
    'rsa-pss',
    NOT_ACCEPTED,
    'a key for PSS',
    disguised(encodeRsaSpki(RSA_2048.modulus, 65537n, algorithm('1.2.840.113549.1.1.10')), RSA_2048),
  ),
  ...key(
    'bit-string-unused',
    'BIT STRING: unused bits',
    'unused bits in the key',
    disguised(encodeSequence(raw('300d06092a864886f70d0101010500'), raw('030201 00')), RSA_2048),
  ),
]

const ED25519 = ed25519Key('leaf')

const edSpki = (hex: string): Uint8Array => concatBytes(raw('302a300506032b6570032100'), raw(hex))

const EDWARDS_KEYS: readonly Vector[] = [
  ...key(
    'ed25519',
    `signature: Ed25519 with ${SHA256} and 1.3.101.112 is not an accepted combination`,
    'a good Ed25519 key and signature, which no hashedrekord can hold',
    { key: ED25519 },
  ),
  ...key(
    'ed25519-small-order',
    'public key: of small order',
    'a key of small order: an all-zero signature fits every message (Bun takes it)',
    {
      ...disguised(edSpki('00'.repeat(32)), ED25519),
      signature: () => new Uint8Array(64),
    },
  ),
  ...key(
    'ed25519-identity',
    'public key: of small order',
    "the group's neutral element as a key",
    disguised(edSpki(`01${'00'.repeat(31)}`), ED25519),
  ),
  ...key(
    'ed25519-not-canonical',
    'public key: not canonical',
    'the neutral element in a second form',
    disguised(edSpki(`ee${'ff'.repeat(30)}7f`), ED25519),
  ),
  ...key(
    'ed25519-long',
    NOT_ACCEPTED,
    'bytes behind the point',
    disguised(encodeSpki(algorithm('1.3.101.112'), concatBytes(ED25519.spki.subarray(-32), Uint8Array.of(0))), ED25519),
  ),
]

export const signature = (name: string, says: string, making: Making): readonly Vector[] =>
  bad('signature', name, WRONG, says, making)

function bigCoordinate(): Making {
  const leaf = curveKey('leaf', 'P-521')
  const coordinates = point('P-521', leaf)
  const above = octetsOf(numberOf(coordinates.subarray(1, 67)) + FIELD_521, 66)
  return disguised(
    concatBytes(fromHex(CURVES['P-521'].prefix), Uint8Array.of(4), above, coordinates.subarray(67)),
    leaf,
  )
}

/** The usual curve with its usual generator, in numbers. */
function explicitCurve(): Uint8Array {
  const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
  const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
  const generator = raw(
    '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  )
  const octets = (bytes: Uint8Array): Uint8Array => encodeElement(4, bytes)
  const parameters = encodeSequence(
    encodeInteger(1),
    encodeSequence(encodeOid('1.2.840.10045.1.1'), encodeInteger(p)),
    encodeSequence(octets(octetsOf(p - 3n, 32)), octets(octetsOf(b, 32))),
    octets(generator),
    encodeInteger(CURVES['P-256'].order),
    encodeInteger(1),
  )
  return encodeSequence(encodeOid('1.2.840.10045.2.1'), parameters)
}

function negativeModulus(): Uint8Array {
  const modulus = octetsOf(RSA_2048.modulus, 256)
  return encodeSpki(
    raw('300d06092a864886f70d0101010500'),
    encodeSequence(encodeElement(2, modulus), encodeInteger(65537)),
  )
}

export const KEYS: readonly Vector[] = [...CURVE_KEYS, ...RSA_KEYS, ...EDWARDS_KEYS]
