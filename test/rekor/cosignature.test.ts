import { describe, expect, test } from 'vitest'
import { toBase64, toHex } from '../../src/bytes.ts'
import { encodeCheckpoint, encodeNote, type NoteSignature, parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import { cosignatureHint, cosignaturesOf, parseWitness, parseWitnesses } from '../../src/rekor/cosignature.ts'
import { makeWitness } from '../support/witness.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const one = makeWitness('witness.example/one')
const two = makeWitness('witness.example/two')
const body = encodeCheckpoint({ origin: 'log.example', size: 7n, rootHash: new Uint8Array(32), extensions: ['more'] })
const signed = (...signatures: readonly NoteSignature[]) => parseCheckpoint(encodeNote(body, signatures))
const own: NoteSignature = { name: 'log.example', hint: new Uint8Array(4), signature: new Uint8Array(64) }
const counted = (...signatures: readonly NoteSignature[]) =>
  cosignaturesOf(signed(own, ...signatures), parseWitnesses([one.vkey, two.vkey]), NOW).map(({ witness, time }) => [
    witness.name,
    time,
  ])

test('a cosignature is over the time and all of the checkpoint, further lines included', () => {
  expect(counted(one.cosign(body, NOW), two.cosign(body, NOW - 60_000))).toEqual([
    ['witness.example/one', NOW],
    ['witness.example/two', NOW - 60_000],
  ])
})

describe('none is counted', () => {
  test('of another checkpoint', () => {
    expect(counted(one.cosign(body.replace('more', 'less'), NOW))).toEqual([])
  })

  test('with another time than was signed', () => {
    const { signature, ...rest } = one.cosign(body, NOW)
    const changed = Buffer.from(signature)
    changed.writeBigUInt64BE(BigInt(NOW / 1000 - 1))
    expect(counted({ ...rest, signature: changed })).toEqual([])
  })

  test('from the future', () => {
    expect(counted(one.cosign(body, NOW + 1000))).toEqual([])
  })

  test('by a witness that nobody asked for, under the name of one', () => {
    const stranger = makeWitness('witness.example/one').cosign(body, NOW)
    expect(counted(stranger, { ...stranger, hint: one.cosign(body, NOW).hint })).toEqual([])
  })

  test('under another name or another id than the key has', () => {
    expect(counted({ ...one.cosign(body, NOW), name: 'witness.example/else' })).toEqual([])
    expect(counted({ ...one.cosign(body, NOW), hint: new Uint8Array(4) })).toEqual([])
  })

  test('without its time, or with more behind it', () => {
    const { signature, ...rest } = one.cosign(body, NOW)
    expect(counted({ ...rest, signature: signature.subarray(8) })).toEqual([])
    expect(counted({ ...rest, signature: Buffer.concat([signature, Buffer.of(0)]) })).toEqual([])
  })
})

test('a witness that cosigned twice is one, at its latest time', () => {
  expect(counted(one.cosign(body, NOW - 5000), one.cosign(body, NOW - 2000))).toEqual([
    ['witness.example/one', NOW - 2000],
  ])
})

const vkeyOf = (name: string, kind: number, point: Uint8Array) =>
  `${name}+${toHex(cosignatureHint(name, point))}+${toBase64(Uint8Array.of(kind, ...point))}`
// The key itself may have a plus in it.
const point = Buffer.from(one.vkey.split('+').slice(2).join('+'), 'base64').subarray(1)

test.each([
  ['without its parts', 'witness.example/one', 'not NAME+ID+KEY'],
  ['with another id', one.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+'), 'its id is not that of its name and key'],
  ['of another kind', vkeyOf('w.example', 1, point), 'not one of Ed25519 cosignatures'],
  ['of small order', vkeyOf('w.example', 4, new Uint8Array(32)), 'of small order'],
  ['of another length', vkeyOf('w.example', 4, point.subarray(1)), 'wrong length'],
])('a vkey %s is refused', (_, vkey, why) => {
  expect(() => parseWitness(vkey)).toThrow(
    expect.objectContaining({ code: 'parse', message: expect.stringContaining(why) }),
  )
})

test.each([
  ['one key under two names', [vkeyOf('a.example', 4, point), vkeyOf('b.example', 4, point)]],
  ['two keys under one name', [one.vkey, makeWitness('witness.example/one').vkey]],
])('%s are refused: they would be two heads', (_, vkeys) => {
  expect(() => parseWitnesses(vkeys)).toThrow('one is there twice')
})
