import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../src/bytes.ts'
import { type PublicKey, parsePublicKey, verifyWithKey } from '../../src/x509/key.ts'
import { type Case, isKeyAccepted } from './answer.ts'
import { newKey } from './build.ts'
import { DATA, KEYS, SIGNATURES } from './hostile.ts'

const bun = fileURLToPath(new URL('../../scripts/runtimes/node_modules/bun-linux-x64/bin/bun', import.meta.url))
const program = fileURLToPath(new URL('./answer.ts', import.meta.url))

/** Signatures that are refused for their form alone. */
const GOOD_FORM = [
  'ECDSA with another hash',
  'ECDSA by another key',
  'RSA all zero',
  'RSA PSS',
  'RSA over bare bytes',
  'Ed25519 all zero',
]
const SHAPES = SIGNATURES.filter(([name, verified]) => !verified && !GOOD_FORM.includes(name)).map(
  ([name, , ...rest]) => [name, ...rest] as const,
)

describe('parsePublicKey', () => {
  test.each(KEYS.filter(([, accepted]) => accepted))('takes %s', (_, __, spki) => {
    const key = parsePublicKey(spki)
    expect(key.spki).toBe(spki)
    expect(key.handle.equals(createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }))).toBe(true)
  })

  test.each(KEYS.filter(([, accepted]) => !accepted))('refuses %s', (_, __, spki) => {
    expect(isKeyAccepted(spki)).toBe(false)
  })

  test('a flipped bit never crashes, and never gives the same key', () => {
    const { spki } = newKey()
    fc.assert(
      fc.property(fc.nat(spki.length * 8 - 1), (bit) => {
        const flipped = Uint8Array.from(spki)
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(isKeyAccepted(flipped)).toBe(false)
      }),
      { numRuns: 728 },
    )
  })

  test('algorithm and size are told', () => {
    const told = KEYS.filter(([, accepted]) => accepted).map(([, , spki]) => {
      const { algorithm, bits } = parsePublicKey(spki)
      return `${algorithm} ${bits}`
    })
    expect(told).toEqual(['P-256 256', 'P-384 384', 'P-521 521', 'Ed25519 256', 'RSA 2048', 'RSA 4096', 'RSA 2048'])
  })
})

describe('verifyWithKey', () => {
  test.each(SIGNATURES.filter(([, verified]) => verified))('verifies %s', (_, __, spki, hash, signature) => {
    expect(verifyWithKey(parsePublicKey(spki), hash, DATA, signature)).toBe(true)
  })

  test.each(SIGNATURES.filter(([, verified]) => !verified))('does not verify %s', (_, __, spki, hash, signature) => {
    expect(verifyWithKey(parsePublicKey(spki), hash, DATA, signature)).toBe(false)
  })

  test('whatever the signature is, the answer is false and no fault', () => {
    const key = parsePublicKey(newKey().spki)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (signature) => {
        expect(verifyWithKey(key, 'sha256', new Uint8Array(3), signature)).toBe(false)
      }),
    )
  })

  test.each(SHAPES)('the runtime is not asked about %s', (_, spki, hash, signature) => {
    let asked = false
    const key = parsePublicKey(spki)
    const watched: PublicKey = {
      algorithm: key.algorithm,
      bits: key.bits,
      spki,
      ...(key.modulus === undefined ? {} : { modulus: key.modulus }),
      get handle() {
        asked = true
        return key.handle
      },
    }
    expect([verifyWithKey(watched, hash, DATA, signature), asked]).toEqual([false, false])
  })

  test('the cases are the ones that the runtime alone gets wrong', () => {
    // Node 24 and Bun both take an ECDSA key with a byte behind it; should that change, this test says so.
    const trailing = KEYS.find(([name]) => name === 'P-256 with a trailing byte')?.[2] ?? new Uint8Array()
    const good = SIGNATURES[0]
    const handle = createPublicKey({ key: Buffer.from(trailing), format: 'der', type: 'spki' })
    expect(verify('sha256', DATA, handle, good?.[4] ?? new Uint8Array())).toBe(true)
  })
})

test.skipIf(!existsSync(bun))('Bun gives the same answers to the same bytes', () => {
  const cases: readonly Case[] = [
    ...KEYS.map(([, , spki]) => ({ spki: toHex(spki) })),
    ...SIGNATURES.map(([, , spki, hash, signature]) => ({
      spki: toHex(spki),
      signature: toHex(signature),
      data: toHex(DATA),
      ...(hash === undefined ? {} : { hash }),
    })),
  ]
  const told = JSON.parse(execFileSync(bun, [program], { encoding: 'utf8', input: JSON.stringify(cases) })) as boolean[]
  const names = [...KEYS, ...SIGNATURES].map(([name]) => name)
  expect(names.map((name, i) => [name, told[i]])).toEqual([...KEYS, ...SIGNATURES].map(([name, good]) => [name, good]))
})

test('a runtime that throws over a key or a signature has not verified it', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = parsePublicKey(publicKey.export({ format: 'der', type: 'spki' }))
  const data = Uint8Array.of(1)
  const good = sign('sha256', data, privateKey)
  expect(verifyWithKey(key, 'sha256', data, good)).toBe(true)
  const broken = {
    algorithm: key.algorithm,
    bits: key.bits,
    spki: key.spki,
    handle: privateKey.asymmetricKeyType as never,
  }
  expect(verifyWithKey(broken, 'sha256', data, good)).toBe(false)
})
