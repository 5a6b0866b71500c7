// Bundles of every kind that the specification allows, and what is refused with one thing changed: at which check.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { type Artifact, verifyBundle, verifyBundleWithKey } from '../../src/verify/bundle.ts'
import type { Check, KeyVerdict, Verdict } from '../../src/verify/verdict.ts'
import type { PublicKey } from '../../src/x509/key.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { ARTIFACT, type BundleMembers, EMAIL, type KeyKind, type Made, makeBundle, statementOf } from './make.ts'

const digest = (hash: string) => createHash(hash).update(ARTIFACT).digest()
const sha256 = digest('sha256').toString('hex')
const other = 'ff'.repeat(32)
const statement = statementOf({ sha256 })

let sandbox: TestSandbox
let v1: Made
let v2: Made
let stamped: Made
let envelope: Made
let envelopeAgain: Made
let envelopeV2: Made
beforeAll(async () => {
  sandbox = await startTestSandbox()
  v1 = await makeBundle(sandbox)
  v2 = await makeBundle(sandbox, { version: 2 })
  stamped = await makeBundle(sandbox, { timestamp: true })
  envelope = await makeBundle(sandbox, { statement })
  envelopeAgain = await makeBundle(sandbox, { statement })
  envelopeV2 = await makeBundle(sandbox, { statement, version: 2 })
})
afterAll(() => sandbox.close())

const options = () => ({ trust: parseTrustedRoot(sandbox.trustedRoot), now: Date.now() })
const bytes = (json: BundleMembers) => Buffer.from(JSON.stringify(json))

function verdictOn({ json }: Pick<Made, 'json'>, artifact: Artifact = ARTIFACT): Verdict {
  return verifyBundle(bytes(json), artifact, options())
}

function keyVerdictOn({ json }: Made, key: PublicKey, artifact: Artifact = ARTIFACT): KeyVerdict {
  return verifyBundleWithKey(bytes(json), artifact, key, options())
}

function changed({ json }: Made, change: (json: BundleMembers) => void): Pick<Made, 'json'> {
  const copy = structuredClone(json)
  change(copy)
  return { json: copy }
}

function expectAccepted(verdict: Verdict | KeyVerdict): void {
  if (!verdict.ok) expect.fail(`${verdict.rejection.check}: ${verdict.rejection.why}`)
}

function expectRejected(verdict: Verdict | KeyVerdict, check: Check, why = ''): void {
  expect(verdict).toMatchObject({ ok: false, rejection: { check, why: expect.stringContaining(why) } })
}

describe('a good bundle', () => {
  test.each([
    ['with Rekor v1', () => v1, 'log'],
    ['with Rekor v1 and a timestamp', () => stamped, 'timestamp log'],
    ['with Rekor v2', () => v2, 'timestamp'],
    ['of a statement with Rekor v1', () => envelope, 'log'],
    ['of a statement with Rekor v2', () => envelopeV2, 'timestamp'],
  ])('%s is accepted, its signer named', (_, made, sources) => {
    const verdict = verdictOn(made())
    expectAccepted(verdict)
    expect(verdict).toMatchObject({ signer: { identity: { subject: EMAIL, issuer: sandbox.urls.issuer } } })
    expect(verdict.ok && verdict.times.map(({ source }) => source).join(' ')).toBe(sources)
  })

  test('is accepted by the digest of its artifact, and refused by another', () => {
    for (const made of [v1, v2, envelope, envelopeV2]) {
      expectAccepted(verdictOn(made, { hash: 'sha256', digest: digest('sha256') }))
      expectRejected(verdictOn(made, { hash: 'sha256', digest: Buffer.from(other, 'hex') }), 'digest')
    }
  })

  test('may have members that nobody knows', () => {
    expectAccepted(
      verdictOn(
        changed(v1, (json) => {
          json.future = { a: 1 }
          json.verificationMaterial.future = []
          json.verificationMaterial.timestampVerificationData = null
        }),
      ),
    )
  })

  const both = ['P-256', 'P-384', 'P-521', 'RSA'] as const
  const kinds = both.flatMap((key) => ([1, 2] as const).map((version) => ({ key, version })))
  test.each(kinds)('may be by a certificate for $key, Rekor v$version', async ({ key, version }) => {
    const made = await makeBundle(sandbox, { key, version })
    expectAccepted(verdictOn(made))
    const { algorithm } = made.json.messageSignature.messageDigest
    const hash = ({ SHA2_256: 'sha256', SHA2_384: 'sha384', SHA2_512: 'sha512' } as const)[algorithm as 'SHA2_256']
    expectAccepted(verdictOn(made, { hash, digest: digest(hash) }))
    expectRejected(verdictOn(made, Buffer.from('another')), 'digest')
  })

  test('is refused by a digest that its signature is not over', async () => {
    const made = await makeBundle(sandbox, { key: 'P-384', version: 2 })
    expectRejected(verdictOn(made, { hash: 'sha256', digest: digest('sha256') }), 'signature')
  })

  test('may have entries in two logs, each of which must be good', async () => {
    const made = await makeBundle(sandbox, { both: true, timestamp: true })
    expectAccepted(verdictOn(made))
    const cut = changed(made, ({ verificationMaterial: { tlogEntries } }) => {
      tlogEntries[1].inclusionProof.hashes.pop()
      tlogEntries[1].inclusionProof.treeSize = '1'
    })
    expectRejected(verdictOn(cut), 'log')
    const foreign = changed(made, ({ verificationMaterial: { tlogEntries } }) => {
      tlogEntries[1] = v2.json.verificationMaterial.tlogEntries[0]
    })
    expectRejected(verdictOn(foreign), 'log', 'another signature')
  })
})

describe('each media type', () => {
  const asChain = (json: BundleMembers) => {
    const { certificate, ...rest } = json.verificationMaterial
    json.verificationMaterial = { ...rest, x509CertificateChain: { certificates: [certificate] } }
  }
  const typed = (made: Made, mediaType: string, change: (json: BundleMembers) => void = () => undefined) =>
    verdictOn(
      changed(made, (json) => {
        json.mediaType = mediaType
        change(json)
      }),
    )
  const parameter = (version: string) => `application/vnd.dev.sigstore.bundle+json;version=${version}`
  const named = (version: string) => `application/vnd.dev.sigstore.bundle.v${version}+json`

  test('is read in both spellings', () => {
    for (const version of ['0.1', '0.2', '0.3'])
      for (const mediaType of [parameter(version), named(version)]) expectAccepted(typed(v1, mediaType))
  })

  test('is one of these', () => {
    for (const mediaType of [parameter('0.4'), named('0.4'), named('1.3'), 'application/json', '', `${named('0.3')} `])
      expectRejected(typed(v1, mediaType), 'format', 'unknown media type')
    expectRejected(verdictOn(changed(v1, (json) => delete json.mediaType)), 'format')
  })

  test('below 0.3 may have a chain, even with the root in it, which is not used', () => {
    const root = parseTrustedRoot(sandbox.trustedRoot).authorities[0]?.chain ?? []
    expectAccepted(typed(v1, parameter('0.2'), asChain))
    expectAccepted(
      typed(v1, parameter('0.1'), (json) => {
        asChain(json)
        const certificates = root.map((one) => ({ rawBytes: Buffer.from(one.bytes).toString('base64') }))
        json.verificationMaterial.x509CertificateChain.certificates.push(...certificates)
      }),
    )
  })

  test('from 0.3 on has the leaf alone', () => {
    expectRejected(typed(v1, named('0.3'), asChain), 'format', 'chain')
  })

  const entryOf = (json: BundleMembers) => json.verificationMaterial.tlogEntries[0]
  test('0.1 may have the signed entry timestamp alone, or a proof without checkpoint, and must have the former', () => {
    expectAccepted(typed(v1, parameter('0.1'), (json) => delete entryOf(json).inclusionProof))
    expectAccepted(typed(v1, parameter('0.1'), (json) => delete entryOf(json).inclusionProof.checkpoint))
    expectRejected(
      typed(stamped, parameter('0.1'), (json) => delete entryOf(json).inclusionPromise),
      'format',
    )
  })

  test('0.1 with a false signed entry timestamp and no proof proves nothing', () => {
    const promise = entryOf(stamped.json).inclusionPromise
    const forged = (json: BundleMembers) => {
      delete entryOf(json).inclusionProof
      entryOf(json).inclusionPromise = promise
    }
    expectRejected(typed(v1, parameter('0.1'), forged), 'time', 'does not verify')
    const withStamp = (json: BundleMembers) => {
      delete entryOf(json).inclusionProof
      entryOf(json).inclusionPromise = entryOf(v1.json).inclusionPromise
    }
    expectRejected(typed(stamped, parameter('0.1'), withStamp), 'log')
  })

  test.each(['0.2', '0.3'])('%s must have a proof with a checkpoint', (version) => {
    expectRejected(
      typed(v1, parameter(version), (json) => delete entryOf(json).inclusionProof),
      'format',
      'proof',
    )
    const withoutCheckpoint = (json: BundleMembers) => delete entryOf(json).inclusionProof.checkpoint
    expectRejected(typed(v1, parameter(version), withoutCheckpoint), 'log', 'checkpoint')
  })

  test.each(['0.2', '0.3'])('%s may lack the signed entry timestamp where a timestamp proves the time', (version) => {
    const withoutPromise = (json: BundleMembers) => delete entryOf(json).inclusionPromise
    expectAccepted(typed(stamped, parameter(version), withoutPromise))
    const withoutTime = (json: BundleMembers) => {
      withoutPromise(json)
      delete entryOf(json).integratedTime
    }
    expectAccepted(typed(stamped, parameter(version), withoutTime))
    expectRejected(typed(v1, parameter(version), withoutPromise), 'time')
  })

  test('a signed entry timestamp that is there must verify, whatever else proves the time', () => {
    const swapped = (json: BundleMembers) => {
      entryOf(json).inclusionPromise = entryOf(v1.json).inclusionPromise
    }
    expectRejected(typed(stamped, named('0.3'), swapped), 'log', 'signed entry timestamp')
  })
})

describe('refused is', () => {
  const material = (json: BundleMembers) => json.verificationMaterial
  const cases: readonly (readonly [
    what: string,
    made: () => Made,
    check: Check,
    change: (json: BundleMembers) => void,
  ])[] = [
    ['no content', () => v1, 'format', (json) => delete json.messageSignature],
    ['two contents', () => v1, 'format', (json) => Object.assign(json, { dsseEnvelope: envelope.json.dsseEnvelope })],
    ['no verification material', () => v1, 'format', (json) => delete json.verificationMaterial],
    ['no certificate', () => v1, 'format', (json) => delete material(json).certificate],
    ['a certificate and a key', () => v1, 'format', (json) => Object.assign(material(json), { publicKey: {} })],
    [
      'a managed key where a certificate is asked for',
      () => v1,
      'format',
      (json) => {
        delete material(json).certificate
        material(json).publicKey = { hint: '' }
      },
    ],
    [
      'a certificate with bytes behind it',
      () => v1,
      'format',
      (json) => {
        const der = Buffer.from(material(json).certificate.rawBytes, 'base64')
        material(json).certificate.rawBytes = Buffer.concat([der, Buffer.alloc(1)]).toString('base64')
      },
    ],
    [
      "another's certificate",
      () => v1,
      'signature',
      (json) => {
        material(json).certificate = material(v2.json).certificate
      },
    ],
    ['no log entry', () => v1, 'log', (json) => Object.assign(material(json), { tlogEntries: [] })],
    ['no log entry but a timestamp', () => stamped, 'log', (json) => delete material(json).tlogEntries],
    ['a log entry twice', () => v1, 'format', (json) => material(json).tlogEntries.push(material(json).tlogEntries[0])],
    [
      'a negative index',
      () => v1,
      'format',
      (json) => Object.assign(material(json).tlogEntries[0], { logIndex: '-1' }),
    ],
    ['another index', () => v1, 'time', (json) => Object.assign(material(json).tlogEntries[0], { logIndex: '7' })],
    [
      'another index of a v2 entry',
      () => v2,
      'log',
      (json) => Object.assign(material(json).tlogEntries[0], { logIndex: '7777' }),
    ],
    ['another time', () => v1, 'time', (json) => Object.assign(material(json).tlogEntries[0], { integratedTime: '7' })],
    [
      'another log',
      () => v1,
      'time',
      (json) => Object.assign(material(json).tlogEntries[0], { logId: material(v2.json).tlogEntries[0].logId }),
    ],
    [
      'an unknown kind',
      () => v1,
      'log',
      (json) => Object.assign(material(json).tlogEntries[0], { kindVersion: { kind: 'rekord', version: '0.0.1' } }),
    ],
    [
      'another version of the kind',
      () => stamped,
      'log',
      (json) =>
        Object.assign(material(json).tlogEntries[0], { kindVersion: { kind: 'hashedrekord', version: '0.0.2' } }),
    ],
    [
      'a v2 entry that says it is of v1, as gitsign writes it',
      () => v2,
      'log',
      (json) =>
        Object.assign(material(json).tlogEntries[0], { kindVersion: { kind: 'hashedrekord', version: '0.0.1' } }),
    ],
    [
      'the entry of another signature',
      () => v1,
      'log',
      (json) => {
        material(json).tlogEntries = material(stamped.json).tlogEntries
      },
    ],
    ['Rekor v2 without a timestamp', () => v2, 'time', (json) => delete material(json).timestampVerificationData],
    [
      'a timestamp of another signature',
      () => v2,
      'time',
      (json) => {
        material(json).timestampVerificationData = material(stamped.json).timestampVerificationData
      },
    ],
    [
      'a timestamp twice',
      () => v2,
      'format',
      (json) => {
        const { rfc3161Timestamps } = material(json).timestampVerificationData
        rfc3161Timestamps.push(rfc3161Timestamps[0])
      },
    ],
    [
      'a timestamp that is none',
      () => v2,
      'format',
      (json) => {
        material(json).timestampVerificationData.rfc3161Timestamps[0].signedTimestamp = 'MAA='
      },
    ],
    ['an empty signature', () => v1, 'format', (json) => Object.assign(json.messageSignature, { signature: '' })],
    [
      'a signature that is not base64',
      () => v1,
      'format',
      (json) => Object.assign(json.messageSignature, { signature: `${json.messageSignature.signature}!` }),
    ],
    [
      'another signature',
      () => v1,
      'signature',
      (json) => Object.assign(json.messageSignature, { signature: v2.json.messageSignature.signature }),
    ],
    [
      'another digest',
      () => v1,
      'digest',
      (json) =>
        Object.assign(json.messageSignature.messageDigest, { digest: Buffer.from(other, 'hex').toString('base64') }),
    ],
    [
      'a digest of a wrong length',
      () => v1,
      'format',
      (json) => Object.assign(json.messageSignature.messageDigest, { algorithm: 'SHA2_512' }),
    ],
    [
      'an unknown digest algorithm',
      () => v1,
      'format',
      (json) => Object.assign(json.messageSignature.messageDigest, { algorithm: 'HASH_ALGORITHM_UNSPECIFIED' }),
    ],
    [
      'another SHA-512',
      () => v1,
      'digest',
      (json) => {
        json.messageSignature.messageDigest = { algorithm: 'SHA2_512', digest: Buffer.alloc(64).toString('base64') }
      },
    ],
    [
      'an envelope without signature',
      () => envelope,
      'format',
      (json) => Object.assign(json.dsseEnvelope, { signatures: [] }),
    ],
    [
      'an envelope with two signatures',
      () => envelope,
      'format',
      (json) => json.dsseEnvelope.signatures.push(envelopeV2.json.dsseEnvelope.signatures[0]),
    ],
    [
      'an envelope of another type',
      () => envelope,
      'digest',
      (json) => Object.assign(json.dsseEnvelope, { payloadType: 'text/plain' }),
    ],
    [
      'an envelope that is no statement',
      () => envelope,
      'format',
      (json) => Object.assign(json.dsseEnvelope, { payload: 'e30=' }),
    ],
    [
      'an envelope about another artifact',
      () => envelope,
      'digest',
      (json) =>
        Object.assign(json.dsseEnvelope, { payload: Buffer.from(statementOf({ sha256: other })).toString('base64') }),
    ],
    [
      'an envelope changed after it was signed',
      () => envelope,
      'signature',
      (json) => Object.assign(json.dsseEnvelope, { payload: Buffer.from(`${statement} `).toString('base64') }),
    ],
    [
      'the entry of the same statement signed again',
      () => envelope,
      'log',
      (json) => {
        material(json).tlogEntries = material(envelopeAgain.json).tlogEntries
      },
    ],
    [
      'an envelope whose entry has lost its body',
      () => envelope,
      'time',
      (json) => delete material(json).tlogEntries[0].canonicalizedBody,
    ],
  ]

  test.each(cases)('%s', (_, made, check, change) => {
    expectRejected(verdictOn(changed(made(), change)), check)
  })

  test('what is no bundle at all', () => {
    for (const text of ['', '{}', '[]', 'null', '{"mediaType":1}', '\xff'])
      expectRejected(verifyBundle(Buffer.from(text, 'latin1'), ARTIFACT, options()), 'format')
  })

  test('a time in the future of the verifier', () => {
    const verdict = verifyBundle(bytes(v1.json), ARTIFACT, { ...options(), now: Date.now() - 3_600_000 })
    expectRejected(verdict, 'time', 'future')
  })

  test('a bundle of another instance', async () => {
    const stranger = await startTestSandbox()
    const trust = parseTrustedRoot(stranger.trustedRoot)
    await stranger.close()
    expectRejected(verifyBundle(bytes(v1.json), ARTIFACT, { trust, now: Date.now() }), 'time')
  })
})

test('a message digest is only a hint, and may be absent', () => {
  expectAccepted(verdictOn(changed(v1, (json) => delete json.messageSignature.messageDigest)))
  const stated = { algorithm: 'SHA2_512', digest: digest('sha512').toString('base64') }
  expectAccepted(verdictOn(changed(v1, (json) => Object.assign(json.messageSignature, { messageDigest: stated }))))
})

test('the log entry of a file may come without its body, which is rebuilt', () => {
  for (const made of [v1, v2])
    expectAccepted(
      verdictOn(changed(made, (json) => delete json.verificationMaterial.tlogEntries[0].canonicalizedBody)),
    )
})

describe('a statement', () => {
  const verdictFor = async (text: string, artifact: Artifact = ARTIFACT) =>
    verdictOn(await makeBundle(sandbox, { statement: text }), artifact)

  test('may name several artifacts, and is about each of them', async () => {
    const text = statementOf({ sha256: other }, { sha256 }, { gitCommit: 'ff' })
    expectAccepted(await verdictFor(text))
    expectAccepted(await verdictFor(text, { hash: 'sha256', digest: Buffer.from(other, 'hex') }))
  })

  test('is about no artifact of which one of its digests is wrong', async () => {
    expectRejected(await verdictFor(statementOf({ sha256, sha512: 'ff'.repeat(64) })), 'digest')
    expectRejected(await verdictFor(statementOf({ sha256: other, sha512: digest('sha512').toString('hex') })), 'digest')
  })

  test('may name the artifact by SHA-384 or SHA-512', async () => {
    for (const hash of ['sha384', 'sha512'] as const) {
      const text = statementOf({ [hash]: digest(hash).toString('hex') })
      expectAccepted(await verdictFor(text))
      expectRejected(await verdictFor(text, { hash: 'sha256', digest: digest('sha256') }), 'digest')
    }
  })
})

describe('a managed key', () => {
  const kinds: readonly { readonly key: KeyKind; readonly version: 1 | 2 }[] = (
    ['P-256', 'P-384', 'P-521', 'RSA'] as const
  ).flatMap((key) => ([1, 2] as const).map((version) => ({ key, version })))

  test.each(kinds)('of kind $key, Rekor v$version, is accepted; another is not', async ({ key, version }) => {
    const made = await makeBundle(sandbox, { key, version, managed: true })
    expectAccepted(keyVerdictOn(made, made.key))
    expectRejected(keyVerdictOn(made, v1.key), 'signature')
    expectRejected(keyVerdictOn(made, made.key, Buffer.from('another')), 'digest')
    expectRejected(verdictOn(made), 'format', 'managed key')
  })

  test('is not what a bundle with a certificate was signed with, even if it is the same key', () => {
    expectRejected(keyVerdictOn(v1, v1.key), 'format', 'certificate')
  })

  test('needs a log entry that names that key', async () => {
    const made = await makeBundle(sandbox, { managed: true })
    const entries = v1.json.verificationMaterial.tlogEntries
    const { json } = changed(made, (members) => Object.assign(members.verificationMaterial, { tlogEntries: entries }))
    expectRejected(verifyBundleWithKey(bytes(json), ARTIFACT, made.key, options()), 'log', 'another signature')
  })
})
