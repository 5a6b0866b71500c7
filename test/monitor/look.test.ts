import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { STRANGERS } from '../../scripts/forge/instance.ts'
import { ed25519Key } from '../../scripts/forge/key.ts'
import { forgeLeaf } from '../../scripts/forge/recipe.ts'
import { encodeUtf8, fromHex, toBase64 } from '../../src/bytes.ts'
import { joinCommit, splitCommit } from '../../src/git/object.ts'
import { certificateDigest, claimsOf } from '../../src/monitor/claim.ts'
import { readEntry } from '../../src/monitor/entry.ts'
import { type Looking, lookAtEntry } from '../../src/monitor/look.ts'
import { SignedObjects } from '../../src/monitor/objects.ts'
import { prepareWatch } from '../../src/monitor/watch.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { attestationBy, FORGED_TRUST, type ForgedEntry, forgeEntry } from '../support/forged-entry.ts'

const ISSUER = 'https://accounts.example.com'
const watch = await prepareWatch([{ name: 'alice', subject: { exact: 'alice@example.com' } }])
const nothing = async () => ({ objects: [], near: [] })

async function look(body: Uint8Array, changes: Partial<Looking> = {}) {
  const looking: Looking = {
    watch,
    trust: FORGED_TRUST,
    log: 'https://log.example',
    prefix: 'log',
    firstIndex: 100n,
    alertOn: [],
    first: () => undefined,
    find: nothing,
    now: () => 0,
    ...changes,
  }
  return (await lookAtEntry(body, 3, looking)).sighting
}

const spec = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString())
const encode = (document: object) => encodeUtf8(JSON.stringify(document))
const attestation = () => attestationBy(forgeLeaf({}))

test('an entry of no object is an alert', async () => {
  expect(await look(forgeEntry('one').body)).toMatchObject({
    id: 'log:3',
    kind: 'uncovered',
    alert: true,
    logIndex: '103',
    subject: 'alice@example.com',
    issuer: ISSUER,
    watched: 'alice',
  })
})

test('an entry by nobody who is watched is none', async () => {
  const others = await prepareWatch([{ name: 'bob', subject: { exact: 'bob@example.com' } }])
  expect(await look(forgeEntry('one').body, { watch: others })).toBeUndefined()
})

describe('whoever signs chooses the key, and no choice of it makes an alert a note', () => {
  const small = '302a300506032b65700321000100000000000000000000000000000000000000000000000000000000000000'
  test.each([
    ['Ed25519, prehashed as Rekor v1 takes it', ed25519Key('forger')],
    ['Ed25519 of small order, which is not accepted here', { ...ed25519Key('forger'), spki: fromHex(small) }],
  ])('%s', async (_, key) => {
    const document = spec(forgeEntry('one').body)
    document.spec.data.hash = { algorithm: 'sha512', value: 'ab'.repeat(64) }
    document.spec.signature.content = toBase64(new Uint8Array(64))
    document.spec.signature.publicKey.content = toBase64(encodeUtf8(encodePem('CERTIFICATE', forgeLeaf({ key }))))
    expect(await look(encode(document))).toMatchObject({ kind: 'uncovered', alert: true, subject: 'alice@example.com' })
  })
})

test('an attestation is a note, and an alert where somebody asks', async () => {
  expect(await look(attestation())).toMatchObject({ kind: 'attestation', alert: false, entryKind: 'dsse 0.0.1' })
  expect(await look(attestation(), { alertOn: ['attestation'] })).toMatchObject({ alert: true })
})

describe('who only claims the name is doubtful', () => {
  test('by a certificate of a CA that the trusted root does not list', async () => {
    const { body } = forgeEntry('one', { instance: STRANGERS })
    expect(await look(body)).toMatchObject({ kind: 'doubtful', alert: false, why: expect.stringContaining('no CA') })
    expect(await look(body, { alertOn: ['doubtful'] })).toMatchObject({ alert: true })
  })

  test('by a signature that is not the key’s: a log that takes what it should not', async () => {
    const document = spec(forgeEntry('one').body)
    document.spec.data.hash.value = 'ab'.repeat(32)
    expect(await look(encode(document))).toMatchObject({
      kind: 'doubtful',
      why: expect.stringContaining('does not verify'),
    })
  })
})

test('a body that was seen before is a repeat of the first', async () => {
  const { body } = forgeEntry('one')
  const first = (leaf: string) => (leaf === Buffer.from(leafHash(body)).toString('hex') ? 1 : undefined)
  expect(await look(body, { first })).toMatchObject({ kind: 'repeat', repeats: 1, alert: false })
})

describe('who is watched', () => {
  const matches = async (watched: Parameters<typeof prepareWatch>[0][number], subject: string, issuer = ISSUER) =>
    (await prepareWatch([watched])).match({ subject, issuer }) !== undefined

  test.each([
    [{ subject: { exact: 'alice@example.com' } }, 'Alice@Example.com', true],
    [{ subject: { exact: 'alice@example.com' } }, 'malice@example.com', false],
    [{ subject: { regexp: '.*@example\\.com' } }, 'anybody@example.com', true],
    [{ subject: { regexp: 'alice' } }, 'alice@example.com', false],
    [{ issuer: { exact: ISSUER } }, 'anybody', true],
    [{ issuer: { exact: 'https://else.example' } }, 'anybody', false],
    [{ issuer: { regexp: 'https://.*' }, subject: { exact: 'b' } }, 'a', false],
  ])('%j and %s: %s', async (watched, subject, expected) => {
    expect(await matches({ name: 'x', ...watched }, subject)).toBe(expected)
  })

  test('a pattern that is not RE2 is refused', async () => {
    await expect(prepareWatch([{ name: 'x', subject: { regexp: '(?=a)' } }])).rejects.toThrow('not an RE2')
  })
})

describe('an object accounts for an entry', () => {
  const objects = (entry: ForgedEntry, payload = entry.payload) => {
    const known = new SignedObjects()
    const bytes = joinCommit(payload, entry.armored, 'sha1')
    const place = { kind: 'commit', oid: 'ab'.repeat(20), bytes, split: splitCommit(bytes, 'sha1') } as const
    for (const claim of claimsOf(place, { algorithm: 'sha1', compatible: false }))
      known.add({ repository: '/r', kind: 'commit', oid: place.oid }, claim)
    return known
  }
  const covering = (known: SignedObjects, body: Uint8Array) => {
    const { facts, claimants } = readEntry(body)
    const [claimant] = claimants
    if (facts === undefined || claimant === undefined) throw new Error('nobody')
    const signature = Buffer.from(claimant.signature ?? []).toString('hex')
    const signer = { certificate: certificateDigest(claimant.certificate), signature }
    return known.find(facts.hashes, signer)
  }

  test.each(['v1', 'v2'] as const)('of its signature, in a log of %s', (log) => {
    const entry = forgeEntry('one', { log })
    expect(covering(objects(entry), entry.body)).toMatchObject({ objects: [{ how: 'embedded' }], near: [] })
  })

  test('and for none where the signature is of other bytes', () => {
    const entry = forgeEntry('one')
    expect(objects(entry, forgeEntry('two').payload).size).toBe(0)
  })

  test('and for none by another signature of the same key', () => {
    const entry = forgeEntry('one')
    const document = spec(entry.body)
    document.spec.signature.content = toBase64(encodeUtf8('another'))
    expect(covering(objects(entry), encode(document))).toMatchObject({ objects: [], near: [{ oid: 'ab'.repeat(20) }] })
  })

  test('and, where its entry is inside, for none under an id that gitsign computed wrongly', () => {
    const entry = forgeEntry('one')
    const online = forgeEntry('one', { log: 'v1' })
    expect(hash('sha256', online.payload)).toBe(hash('sha256', entry.payload))
    // Its attributes, and its own id.
    expect(objects(entry).size).toBe(2)
  })
})
