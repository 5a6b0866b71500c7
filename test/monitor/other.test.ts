// Entries of kinds that are not known here, of several signers, and of names that are not ASCII.
import { describe, expect, test } from 'vitest'
import { STRANGERS } from '../../scripts/forge/instance.ts'
import { forgeLeaf } from '../../scripts/forge/recipe.ts'
import { encodeUtf8, toBase64 } from '../../src/bytes.ts'
import { certificateDigest } from '../../src/monitor/claim.ts'
import { readEntry } from '../../src/monitor/entry.ts'
import { lookAtEntry } from '../../src/monitor/look.ts'
import { screenFor } from '../../src/monitor/screen.ts'
import { prepareWatch } from '../../src/monitor/watch.ts'
import { blockOf } from '../../src/rekor/entry-bundle.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { attestationBy, FORGED_TRUST } from '../support/forged-entry.ts'

const watch = await prepareWatch([{ name: 'alice', subject: { exact: 'alice@example.com' } }])
const encode = (document: object) => encodeUtf8(JSON.stringify(document))
const pem = (der: Uint8Array) => encodePem('CERTIFICATE', der)
const genuine = forgeLeaf({})
const stranger = forgeLeaf({ instance: STRANGERS })
const broken = Buffer.from(genuine).map((byte, at) => (at === 0 ? 0x31 : byte))
const coseOf = (publicKey: string) =>
  encode({ apiVersion: '0.0.1', kind: 'cose', spec: { data: { payloadHash: {} }, publicKey } })

async function look(body: Uint8Array, watched = watch) {
  const kept = screenFor(watched)(blockOf([body])).length === 1
  const looked = await lookAtEntry(body, 3, {
    watch: watched,
    trust: FORGED_TRUST,
    log: 'https://log.example',
    prefix: 'log',
    firstIndex: 0n,
    alertOn: [],
    first: () => undefined,
    find: async () => ({ objects: [], near: [] }),
    now: () => 0,
  })
  return { ...looked, kept }
}

describe('a certificate in an entry of a kind that is not known here is an alert', () => {
  test.each([
    ['as base64 of PEM', coseOf(toBase64(encodeUtf8(pem(genuine))))],
    ['as base64 of DER', coseOf(toBase64(genuine))],
    ['in the other alphabet, without its end', coseOf(Buffer.from(genuine).toString('base64url'))],
    ['as PEM itself', coseOf(pem(genuine))],
    ['in a later version of a kind that is', encode({ apiVersion: '0.0.9', kind: 'hashedrekord', s: [pem(genuine)] })],
    [
      'in a statement in an envelope',
      encode({
        kind: 'tuf',
        apiVersion: '0.0.1',
        spec: toBase64(encode({ keys: [toBase64(encode({ pem: pem(genuine) }))] })),
      }),
    ],
    [
      'in a timestamp or archive of DER',
      coseOf(toBase64(Buffer.concat([Buffer.alloc(99, 0x30), genuine, Buffer.alloc(9)]))),
    ],
    ['in a body that is no entry', encodeUtf8(`{"kind":"cose",${pem(genuine)}`)],
  ])('%s', async (_, body) => {
    const { sighting, kept } = await look(body)
    expect(kept).toBe(true)
    expect(sighting).toMatchObject({ kind: 'other', alert: true, subject: 'alice@example.com', watched: 'alice' })
  })
})

test('of no CA of the trusted root it is doubtful there too', async () => {
  expect(await look(coseOf(toBase64(stranger)))).toMatchObject({ sighting: { kind: 'doubtful' }, kept: true })
})

test('what may be a certificate and cannot be read is said to be so, and searched for names', async () => {
  const { unreadable, sighting, kept } = await look(coseOf(toBase64(encodeUtf8(pem(broken)))))
  expect([unreadable, kept]).toEqual(['cose 0.0.1 is not known here', true])
  expect(sighting).toMatchObject({ kind: 'doubtful', why: expect.stringContaining('a watched name is in it') })
})

test('keys, and certificates of nobody who is watched, are none of it', async () => {
  expect(await look(coseOf(toBase64(encodeUtf8('-----BEGIN PUBLIC KEY-----\nAAAA\n'))))).toEqual({ kept: false })
  const others = await prepareWatch([{ name: 'bob', subject: { exact: 'bob@example.com' } }])
  expect(await look(coseOf(toBase64(genuine)), others)).toEqual({ kept: false })
})

test('an entry of more certificates than can be read is unreadable, in bounded time', async () => {
  const many = Buffer.concat(
    Array.from({ length: 20_000 }, (_, at) =>
      Buffer.from(`3082fff03082ffe0a00302010202${at.toString(16).padStart(6, '0')}`, 'hex'),
    ),
  )
  const began = performance.now()
  expect(readEntry(coseOf(toBase64(many))).unreadable).toBeUndefined()
  expect(readEntry(coseOf(toBase64(Buffer.concat([many, genuine])))).unreadable).toBeDefined()
  expect(performance.now() - began).toBeLessThan(10_000)
})

describe('each signer of an entry is read, and the gravest is told', () => {
  test('behind one who cannot be read', async () => {
    const { sighting, unreadable } = await look(attestationBy(broken, genuine))
    expect(sighting).toMatchObject({ kind: 'attestation', subject: 'alice@example.com' })
    expect(unreadable).toBeDefined()
  })

  test.each([[[stranger, genuine]], [[genuine, stranger]]])('beside one that somebody made', async (signers) => {
    expect((await look(attestationBy(...signers))).sighting).toMatchObject({
      kind: 'attestation',
      certificate: certificateDigest(parseCertificate(genuine)),
    })
  })
})

describe('a name in bytes that cannot be read', () => {
  test.each([
    ['UTF-8', { subject: { exact: 'Jörg' } }, encodeUtf8('..\u0001jörg0'), true],
    ['UTF-8 in other letters', { subject: { exact: 'JÖRG' } }, encodeUtf8('jörg'), true],
    ['Latin-1', { subject: { exact: 'jörg' } }, Buffer.from('jörg', 'latin1'), true],
    ['two bytes a character', { subject: { exact: 'jörg' } }, Buffer.from('\u0100jörg', 'utf16le').swap16(), true],
    ['a pattern', { subject: { regexp: '^.*@example\\.com$' } }, encodeUtf8('\u00010\u0012kim@Example.com0'), true],
    ['a pattern of others', { subject: { regexp: '.*@example\\.com' } }, encodeUtf8('kim@example.org'), false],
    ['an issuer', { issuer: { exact: 'https://a.example' } }, encodeUtf8('0https://a.example\u0000'), true],
    ['another issuer', { issuer: { exact: 'https://a.example' } }, encodeUtf8('https://b.example'), false],
  ])('%s', async (_, watched, bytes, expected) => {
    expect((await prepareWatch([{ name: 'x', ...watched }])).isNamedIn(bytes)).toBe(expected)
  })
})
