// RSA keys of the vectors, good ones and those that must be refused, and PKCS #1 v1.5 signatures (RFC 8017 8.2).
import { checkPrimeSync } from 'node:crypto'
import { encodeInteger, encodeNull, encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { concatBytes, fromHex } from '../../src/bytes.ts'
import type { Hash } from '../../src/x509/key.ts'
import { bytesFrom, digest, encodeSpki, type ForgeKey, inverse, numberOf, octetsOf } from './key.ts'

interface RsaOptions {
  readonly exponent?: bigint
  /** More than two where the modulus is long, which is quicker to find. */
  readonly primes?: number
}

interface RsaKey extends ForgeKey {
  readonly modulus: bigint
}

const DIGEST_INFO: Readonly<Record<Hash, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
}

/** A key of `bits` with signatures that any RSA verifier takes, whatever the exponent (one that is even has none). */
export function rsaKey(name: string, bits: number, options: RsaOptions = {}): RsaKey {
  const { exponent = 65537n, primes: count = 2 } = options
  const factors = Array.from({ length: count }, (_, i) =>
    prime(`${bits} ${exponent} ${name} ${i}`, bits / count, exponent),
  )
  const modulus = factors.reduce((product, factor) => product * factor, 1n)
  const phi = factors.reduce((product, factor) => product * (factor - 1n), 1n)
  const secret = exponent % 2n === 0n ? 3n : inverse(exponent, phi)
  const size = Math.ceil(bits / 8)
  return {
    kind: 'RSA',
    modulus,
    hash: 'sha256',
    spki: encodeRsaSpki(modulus, exponent),
    sign: (data, hash = 'sha256') => octetsOf(power(numberOf(padded(data, hash, size)), secret, modulus), size),
  }
}

const RSA_ALGORITHM: Uint8Array = encodeSequence(encodeOid('1.2.840.113549.1.1.1'), encodeNull())

export function encodeRsaSpki(modulus: bigint, exponent: bigint, algorithm: Uint8Array = RSA_ALGORITHM): Uint8Array {
  return encodeSpki(algorithm, encodeSequence(encodeInteger(modulus), encodeInteger(exponent)))
}

/** EMSA-PKCS1-v1_5. */
export function padded(data: Uint8Array, hash: Hash, size: number): Uint8Array {
  const tail = concatBytes(fromHex(`00${DIGEST_INFO[hash]}`), digest(hash, data))
  return concatBytes(Uint8Array.of(0, 1), new Uint8Array(size - 2 - tail.length).fill(0xff), tail)
}

/**
 * A signature that nobody's private key made: the cube root of a padding whose rest a careless verifier does not look at
 * (Bleichenbacher 2006, for keys of exponent 3).
 */
export function forgeCubeRoot(data: Uint8Array, size: number): Uint8Array {
  const tail = concatBytes(fromHex(`00${DIGEST_INFO.sha256}`), digest('sha256', data))
  const head = concatBytes(Uint8Array.of(0, 1), new Uint8Array(8).fill(0xff), tail)
  const target = concatBytes(head, new Uint8Array(size - head.length).fill(0xff))
  return octetsOf(cubeRoot(numberOf(target)), size)
}

function cubeRoot(value: bigint): bigint {
  let [low, high] = [0n, 1n << BigInt(Math.ceil(value.toString(2).length / 3) + 1)]
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (middle ** 3n <= value) low = middle
    else high = middle - 1n
  }
  return low
}

function prime(name: string, bits: number, exponent: bigint): bigint {
  const length = Math.ceil(bits / 8)
  const top = 3n << BigInt(bits - 2)
  const start = (numberOf(bytesFrom(`prime ${name}`, length)) & ((1n << BigInt(bits)) - 1n)) | top | 1n
  for (let candidate = start; ; candidate += 2n)
    if ((candidate - 1n) % exponent !== 0n || exponent % 2n === 0n || exponent === 1n)
      if (checkPrimeSync(candidate)) return candidate
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}
