// What is no bundle, or none that Git could hold, and in which words: each from a vector's bundle with one thing changed.
import { describe, expect, test } from 'vitest'
import { parseBundle } from '../../src/bundle/bundle.ts'
import { importSignature } from '../../src/bundle/git.ts'
import { parseStatement } from '../../src/bundle/statement.ts'
import { exportedOf } from '../support/exported.ts'
import type { BundleMembers } from './make.ts'

const good = exportedOf('good-v1')
const stamped = exportedOf('good-v1-stamped')
const of = ({ bundle }: typeof good): BundleMembers => JSON.parse(Buffer.from(bundle).toString())
const parsed = (json: BundleMembers) => parseBundle(Buffer.from(JSON.stringify(json)))
const material = (json: BundleMembers) => json.verificationMaterial

function changed(change: (json: BundleMembers) => void, from = good): BundleMembers {
  const json = of(from)
  change(json)
  return json
}

const envelope = (json: BundleMembers, change: object = {}) => {
  delete json.messageSignature
  json.dsseEnvelope = { payloadType: 'text/plain', payload: '', signatures: [{ sig: 'AA==' }], ...change }
}
const numbered = (count: number, one: BundleMembers) =>
  Array.from({ length: count }, (_, i) => ({ ...one, logIndex: String(i) }))
const stampsOf = (json: BundleMembers) => material(json).timestampVerificationData.rfc3161Timestamps

describe('a bundle is refused with', () => {
  const cases: readonly (readonly [name: string, why: string, change: (json: BundleMembers) => void])[] = [
    ['an unknown media type', 'unknown media type', (json) => Object.assign(json, { mediaType: 'text/plain' })],
    [
      'an unknown digest algorithm',
      'unknown digest algorithm',
      (json) => Object.assign(json.messageSignature.messageDigest, { algorithm: 'MD5' }),
    ],
    [
      'a digest of a wrong length',
      'the digest is not a sha512',
      (json) => Object.assign(json.messageSignature.messageDigest, { algorithm: 'SHA2_512' }),
    ],
    ['an empty signature', 'the signature is empty', (json) => Object.assign(json.messageSignature, { signature: '' })],
    ['an envelope of no type', 'no payload type', (json) => envelope(json, { payloadType: '' })],
    [
      'an envelope of a type too long',
      'no payload type',
      (json) => envelope(json, { payloadType: 'x'.repeat(10_000) }),
    ],
    [
      'an envelope with an empty signature',
      'the signature is empty',
      (json) => envelope(json, { signatures: [{ sig: '' }] }),
    ],
    ['two kinds of content', 'not one of', (json) => Object.assign(json, { dsseEnvelope: {} })],
    ['two kinds of key', 'not one of', (json) => Object.assign(material(json), { publicKey: {} })],
    [
      'nine certificates',
      'too many certificates',
      (json) => {
        const { certificate } = material(json)
        delete material(json).certificate
        json.mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.2'
        material(json).x509CertificateChain = { certificates: Array(9).fill(certificate) }
      },
    ],
    [
      '33 log entries',
      'too many log entries',
      (json) => Object.assign(material(json), { tlogEntries: numbered(33, material(json).tlogEntries[0]) }),
    ],
    [
      'an entry twice',
      'a log entry is there twice',
      (json) => material(json).tlogEntries.push(material(json).tlogEntries[0]),
    ],
    [
      'an entry without proof',
      'the log entry has no inclusion proof',
      (json) => delete material(json).tlogEntries[0].inclusionProof,
    ],
    [
      'an entry of version 0.1 without promise',
      'the log entry has no inclusion promise',
      (json) => {
        json.mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.1'
        delete material(json).tlogEntries[0].inclusionPromise
      },
    ],
  ]

  test.each(cases)('%s', (_, why, change) => {
    expect(() => parsed(of(good))).not.toThrow()
    expect(() => parsed(changed(change))).toThrow(why)
  })

  test.each([
    [
      '33 timestamps',
      'too many timestamps',
      (json: BundleMembers) => stampsOf(json).push(...Array(32).fill(stampsOf(json)[0])),
    ],
    [
      'a timestamp twice',
      'a timestamp is there twice',
      (json: BundleMembers) => stampsOf(json).push(stampsOf(json)[0]),
    ],
    [
      'a timestamp that was refused',
      'bundle: the timestamp authority refused',
      (json: BundleMembers) => Object.assign(stampsOf(json)[0], { signedTimestamp: 'MAUwAwIBAg==' }),
    ],
  ])('%s', (_, why, change) => {
    expect(() => parsed(of(stamped))).not.toThrow()
    expect(() => parsed(changed(change, stamped))).toThrow(why)
  })
})

describe('no signature of Git is made of', () => {
  const taken = (json: BundleMembers) => () => importSignature(parsed(json), good.artifact)

  test('a bundle by a managed key', () => {
    const json = changed((members) => {
      delete material(members).certificate
      material(members).publicKey = {}
    })
    expect(taken(json)).toThrow('it was signed with a managed key')
  })

  test('an envelope', () => {
    expect(taken(changed((json) => envelope(json)))).toThrow('it holds a DSSE envelope')
  })

  test('a key of another curve', () => {
    const { bundle, artifact } = exportedOf('good-p384-v2')
    expect(() => importSignature(parseBundle(bundle), artifact)).toThrow('bundle: its key is not P-256')
  })

  test('a bundle without an entry, with two, or with two timestamps', () => {
    const why = 'one log entry and at most one timestamp'
    const entry = material(of(good)).tlogEntries[0]
    expect(taken(changed((json) => Object.assign(material(json), { tlogEntries: [] })))).toThrow(why)
    expect(taken(changed((json) => Object.assign(material(json), { tlogEntries: numbered(2, entry) })))).toThrow(why)
    const two = changed((json) => {
      stampsOf(json).push({ signedTimestamp: retold(stampsOf(json)[0].signedTimestamp) })
    }, stamped)
    expect(() => importSignature(parsed(two), stamped.artifact)).toThrow(why)
  })
})

/** The same token with the last bit of its signature turned: another, as a bundle sees it. */
function retold(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  return bytes.fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1).toString('base64')
}

describe('a statement is refused', () => {
  const type = 'https://in-toto.io/Statement/v1'
  const statement = (change: object) =>
    Buffer.from(JSON.stringify({ _type: type, predicateType: 'p', subject: [{ digest: {} }], ...change }))

  test.each([
    ['of an unknown type', { _type: 'https://in-toto.io/Statement/v9' }, 'unknown type'],
    ['about nothing', { subject: [] }, 'no subject'],
    ['with a digest of a wrong length', { subject: [{ digest: { sha256: 'ab' } }] }, 'sha256 has not 32 bytes'],
    ['without a predicate type', { predicateType: 1 }, 'predicateType is not a string'],
  ])('%s', (_, change, why) => {
    expect(() => parseStatement(statement({}))).not.toThrow()
    expect(() => parseStatement(statement(change))).toThrow(why)
  })
})
