import { bundleFromJSON } from '@sigstore/bundle'
import { TrustedRoot as TrustedRootMessage } from '@sigstore/protobuf-specs'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../src/bytes.ts'
import { checkLogEntry, provenLogTime } from '../../src/rekor/check.ts'
import { rebuildBodies } from '../../src/rekor/claim.ts'
import { encodeLogEntry, type LogEntry, parseLogEntry } from '../../src/rekor/entry.ts'
import { logEntryToJson } from '../../src/rekor/entry-json.ts'
import { leafHash } from '../../src/rekor/merkle.ts'
import { promisePayload } from '../../src/rekor/promise.ts'
import { publicGoodRoot, publicGoodRootBytes } from '../../src/trust/public-good.ts'
import { makeLeaf } from '../support/certificate.ts'
import { readBundle, readEmbedded } from '../support/entries.ts'
import { END, enter, INTEGRATED, logSignature, makeLog, START, sha256 } from '../support/log.ts'
import { hasShared } from '../support/shared.ts'

const certificate = makeLeaf()
const anotherCertificate = makeLeaf()
const v1 = makeLog('p256')
const v2 = makeLog('ed25519')
const logs = [v1.authority, v2.authority]
const signed = logSignature(v1, '0.0.1', { certificate })
const signedV2 = logSignature(v2, '0.0.2', { certificate })
const { entry } = signed
const proof = entry.proof ?? expect.fail('no proof')
const logTime = { source: 'log', time: INTEGRATED, authority: 'https://log.example' } as const
const stamp = { source: 'timestamp', time: INTEGRATED, authority: 'https://tsa.example' } as const
const refused = (why: string) => ({ ok: false, why })
const timeOf = (change: Partial<LogEntry>) => provenLogTime({ ...signed, entry: { ...entry, ...change } }, logs)
const placeOf = (change: Partial<LogEntry>) =>
  checkLogEntry({ ...signed, entry: { ...entry, ...change } }, logs, [logTime])
const without = (name: 'promise' | 'proof', from: LogEntry = entry): LogEntry => {
  const { [name]: _, ...rest } = from
  return rest
}

describe('the time that a log proves', () => {
  test('is its SET’s', () => {
    expect(provenLogTime(signed, logs)).toEqual({ ok: true, time: INTEGRATED, authority: 'https://log.example' })
  })

  test.each([
    ['at its start', START],
    ['at its end', END],
  ])('counts when the key was valid %s, which is inclusive', (_, time) => {
    const integratedTime = BigInt(time / 1000)
    const promise = v1.sign(promisePayload({ ...entry, integratedTime }, signed.body))
    expect(timeOf({ integratedTime, promise })).toMatchObject({ ok: true, time })
  })

  test.each([
    ['before its start', START - 1000],
    ['after its end', END + 1000],
  ])('does not count %s', (_, time) => {
    const integratedTime = BigInt(time / 1000)
    const promise = v1.sign(promisePayload({ ...entry, integratedTime }, signed.body))
    expect(timeOf({ integratedTime, promise })).toEqual(
      refused('the log that the entry names was not valid at the time of the signature'),
    )
  })

  test('is none without an entry, without a SET, and without an inclusion proof', () => {
    const { entry: _, ...bare } = signed
    expect(provenLogTime(bare, logs)).toEqual(refused('no log entry is embedded'))
    expect(provenLogTime({ ...signed, entry: without('promise') }, logs)).toEqual(
      refused('the log entry has no signed entry timestamp'),
    )
    expect(provenLogTime({ ...signed, entry: without('proof') }, logs)).toEqual(
      refused('the log entry has no inclusion proof'),
    )
  })

  test('may come without a proof from an old bundle', () => {
    const old = { ...signed, entry: without('proof'), mayLackProof: true }
    expect(provenLogTime(old, logs)).toMatchObject({ ok: true, time: INTEGRATED })
    expect(checkLogEntry(old, logs, [logTime])).toMatchObject({ ok: true })
  })

  test.each([
    ['another time', { integratedTime: entry.integratedTime + 1n }],
    ['another index', { logIndex: entry.logIndex + 1n }],
    ['a SET by another key', { promise: makeLog('p256').sign(promisePayload(entry, signed.body)) }],
    ['a SET of another body', { promise: v1.sign(promisePayload(entry, Buffer.from('{}'))) }],
    ['a SET that is no signature', { promise: Buffer.from('x') }],
  ])('is not proven for %s', (_, change) => {
    expect(timeOf(change)).toEqual(refused('the signed entry timestamp does not verify'))
  })

  test('is not proven by a log outside the trusted root', () => {
    expect(provenLogTime(signed, [v2.authority])).toEqual(
      refused('the log entry is of a log that is not in the trusted root'),
    )
  })
})

describe('a log entry', () => {
  test('of v1 is accepted', () => {
    expect(checkLogEntry(signed, logs, [logTime])).toEqual({
      ok: true,
      entry: {
        log: 'https://log.example',
        logId: v1.authority.id,
        logIndex: 5_000_000_002n,
        kind: 'hashedrekord',
        version: '0.0.1',
        leafHash: leafHash(signed.body),
        integratedTime: INTEGRATED,
      },
    })
  })

  test('of v2 is accepted, and proves no time', () => {
    expect(checkLogEntry(signedV2, logs, [stamp])).toEqual({
      ok: true,
      entry: {
        log: 'https://log.example',
        logId: v2.authority.id,
        logIndex: 2n,
        kind: 'hashedrekord',
        version: '0.0.2',
        leafHash: leafHash(signedV2.body),
      },
    })
    expect(provenLogTime(signedV2, logs).ok).toBe(false)
  })

  test('of v2 that gitsign stamped as v1 is accepted as v2', () => {
    const stamped = { ...signedV2, entry: { ...signedV2.entry, version: '0.0.1' } }
    expect(checkLogEntry(stamped, logs, [stamp])).toMatchObject({ ok: true, entry: { version: '0.0.2' } })
  })

  test.each(['P-384', 'P-521'] as const)('of a %s key is accepted in v2 and, by either hash, in v1', (curve) => {
    const leaf = { certificate: makeLeaf(curve) }
    const own = curve === 'P-384' ? 'sha384' : 'sha512'
    expect(checkLogEntry(logSignature(v2, '0.0.2', leaf, own), logs, [stamp]).ok).toBe(true)
    for (const hash of ['sha256', own] as const) {
      const logged = logSignature(v1, '0.0.1', leaf, hash)
      expect(provenLogTime(logged, logs).ok).toBe(true)
      expect(checkLogEntry(logged, logs, [logTime]).ok).toBe(true)
    }
  })

  test('is accepted by a digest where the artifact is not at hand', () => {
    const byDigest = (digest: Uint8Array | undefined) => ({ ...signed, artifact: () => digest })
    expect(checkLogEntry(byDigest(sha256(signed.artifact)), logs, [logTime]).ok).toBe(true)
    expect(checkLogEntry(byDigest(undefined), logs, [logTime])).toEqual(
      refused('the digest that the log entry holds is not at hand'),
    )
  })

  test('finds the key of the right window where an id is listed twice', () => {
    const old = { ...v1.authority, validFor: { start: 0, end: 1 } }
    expect(checkLogEntry(signed, [old, v1.authority], [logTime]).ok).toBe(true)
  })
})

describe('refused', () => {
  const elsewhere = 'the inclusion proof does not lead to the root of the tree'

  test.each([
    ['another artifact', { artifact: Buffer.from('other') }],
    ['another signature', { signature: Buffer.from('other') }],
    ['another certificate', { certificate: anotherCertificate }],
  ])('an entry about %s', (_, change) => {
    expect(checkLogEntry({ ...signed, ...change }, logs, [logTime])).toEqual(refused(elsewhere))
    expect(checkLogEntry({ ...signedV2, ...change }, logs, [stamp])).toEqual(refused(elsewhere))
  })

  test('a body in the entry that is not the one rebuilt, though nothing else looks at it', () => {
    expect(placeOf({ canonicalizedBody: Buffer.from('{}') })).toEqual(
      refused('the log entry is about another signature'),
    )
    expect(placeOf({ canonicalizedBody: signed.body }).ok).toBe(true)
  })

  test.each([
    ['another kind', { kind: 'rekord' }, 'log entry: not a hashedrekord'],
    ['an unknown version', { version: '0.0.3' }, 'log entry: unknown version of hashedrekord'],
  ])('%s', (_, change, why) => {
    expect(checkLogEntry({ ...signedV2, entry: { ...signedV2.entry, ...change } }, logs, [stamp])).toEqual(refused(why))
  })

  test('a true proof without the checkpoint that vouches for its root', () => {
    expect(placeOf({ proof: { ...proof, checkpoint: '' } })).toEqual(refused('checkpoint: not a signed note'))
  })

  test('a tree that the log never signed', () => {
    const forged = enter({ ...makeLog('p256'), authority: v1.authority }, '0.0.1', signed.body)
    expect(placeOf({ proof: forged.proof ?? proof })).toEqual(refused('the checkpoint has no signature by the log'))
  })

  test('the checkpoint of another tree of the same log', () => {
    const other = enter(v1, '0.0.1', Buffer.from('{}')).proof?.checkpoint ?? ''
    expect(placeOf({ proof: { ...proof, checkpoint: other } })).toEqual(
      refused('the checkpoint has another root than the inclusion proof'),
    )
  })

  test('the global index in place of the proof’s', () => {
    expect(placeOf({ proof: { ...proof, logIndex: entry.logIndex } })).toEqual(
      refused('the index of the inclusion proof is outside the tree'),
    )
  })

  test('an entry without a proof', () => {
    expect(checkLogEntry({ ...signed, entry: without('proof') }, logs, [logTime])).toEqual(
      refused('the log entry has no inclusion proof'),
    )
  })

  test('a v1 entry whose SET was cut off or is false, behind a good timestamp', () => {
    const cut = { ...signed, entry: without('promise') }
    const why = 'the signed entry timestamp is not proven'
    expect(checkLogEntry(cut, logs, [stamp])).toEqual(refused(why))
    expect(checkLogEntry(signed, logs, [stamp])).toEqual(refused(why))
    expect(checkLogEntry(signed, logs, [stamp, { ...logTime, time: INTEGRATED + 1000 }])).toEqual(refused(why))
  })

  test('a v1 entry whose SET and time were both cut off: it is not in the log as v2', () => {
    const cut = { ...signed, entry: { ...without('promise'), integratedTime: 0n } }
    expect(checkLogEntry(cut, logs, [stamp])).toEqual(refused(elsewhere))
  })

  test('a v2 entry without a timestamp', () => {
    expect(checkLogEntry(signedV2, logs, [])).toEqual(refused('the time of the v2 log entry is not proven'))
    expect(checkLogEntry(signedV2, logs, [logTime])).toEqual(refused('the time of the v2 log entry is not proven'))
  })

  test('a v2 entry with another index than its proof has: nothing signs it, and it is shown', () => {
    const moved = { ...signedV2, entry: { ...signedV2.entry, logIndex: 1n } }
    expect(checkLogEntry(moved, logs, [stamp])).toEqual(
      refused('the log entry has another index than its inclusion proof'),
    )
  })

  test('a v2 entry of a log whose key was not valid at one of the timestamps', () => {
    const late = { ...stamp, time: END + 1 }
    expect(checkLogEntry(signedV2, logs, [stamp, { ...stamp, time: END }]).ok).toBe(true)
    expect(checkLogEntry(signedV2, logs, [stamp, late])).toEqual(
      refused('the log that the entry names was not valid at the time of the signature'),
    )
  })

  test('an entry of a log outside the trusted root', () => {
    expect(checkLogEntry(signed, [], [logTime])).toEqual(
      refused('the log entry is of a log that is not in the trusted root'),
    )
  })
})

test('one flipped bit in the protobuf bytes of an entry is never accepted as proof of another index or time', () => {
  const bytes = encodeLogEntry(entry, { withBody: false })
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      const changed = Uint8Array.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << bit)
      expect(isAccepted(changed)).toBe(false)
    }),
    { numRuns: 300 },
  )
})

function isAccepted(bytes: Uint8Array): boolean {
  try {
    const logged = { ...signed, entry: parseLogEntry(bytes) }
    const time = provenLogTime(logged, logs)
    return time.ok && checkLogEntry(logged, logs, [{ source: 'log', ...time }]).ok
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'parse' })
    return false
  }
}

describe.skipIf(!hasShared)('the corpus', () => {
  const embedded = readEmbedded()
  const root = publicGoodRoot()

  test('all 123 embedded entries prove their time and place under the embedded root', () => {
    expect(embedded).toHaveLength(123)
    for (const { signed, entry, record } of embedded) {
      const logged = {
        entry,
        artifact: signed.signedAttributes,
        signature: signed.signature,
        certificate: signed.signer,
      }
      const time = provenLogTime(logged, root.logs)
      if (!time.ok) expect.fail(`${record.oid}: ${time.why}`)
      const checked = checkLogEntry(logged, root.logs, [{ source: 'log', ...time }])
      expect(checked).toMatchObject({ ok: true, entry: { logIndex: BigInt(record.logIndex ?? 0), version: '0.0.1' } })
    }
  })

  test("Sigstore's own verifier accepts each as a bundle with the body rebuilt here", () => {
    const message = TrustedRootMessage.fromJSON(JSON.parse(new TextDecoder().decode(publicGoodRootBytes())))
    const verifier = new Verifier(toTrustMaterial(message), {
      ctlogThreshold: 0,
      tlogThreshold: 1,
      timestampThreshold: 1,
    })
    for (const { signed, entry } of embedded) {
      const logged = { artifact: signed.signedAttributes, signature: signed.signature, certificate: signed.signer }
      const [canonicalizedBody] = rebuildBodies(logged, entry)
      if (canonicalizedBody === undefined) expect.fail('no body')
      const bundle = bundleFromJSON({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: {
          certificate: { rawBytes: toBase64(signed.signer.bytes) },
          tlogEntries: [logEntryToJson({ ...entry, canonicalizedBody })],
        },
        messageSignature: {
          messageDigest: { algorithm: 'SHA2_256', digest: toBase64(sha256(signed.signedAttributes)) },
          signature: toBase64(signed.signature),
        },
      })
      verifier.verify(toSignedEntity(bundle, Buffer.from(signed.signedAttributes)))
    }
  })
})

describe.skipIf(!hasShared)('the conformance cases of the log', () => {
  const check = (name: string): { readonly ok: boolean; readonly why?: string } => {
    const { entry, certificate, signature, json, trust } = readBundle(name)
    if (certificate === undefined) throw new Error('no certificate')
    const digest = Buffer.from(json.messageSignature.messageDigest.digest, 'base64')
    const logged = { entry, certificate, signature, artifact: () => digest }
    if (entry.version === '0.0.2') {
      const time = name.includes('sct') ? '2026-01-15T22:49:26Z' : '2025-07-01T00:00:00Z'
      return checkLogEntry(logged, trust.logs, [{ ...stamp, time: Date.parse(time) }])
    }
    const time = provenLogTime(logged, trust.logs)
    return time.ok ? checkLogEntry(logged, trust.logs, [{ source: 'log', ...time }]) : time
  }

  test.each([
    'bundle-with-sct-with-extensions',
    'happy-path-v0.3',
    'rekor2-happy-path',
    'rekor2-checkpoint-cosigned',
    'rekor2-checkpoint-two-sigs-cosigned',
    'rekor2-checkpoint-two-sigs-from-origin',
    'trust-root-tlog-validity-end-inclusive',
  ])('%s is accepted', (name) => {
    expect(check(name)).toMatchObject({ ok: true })
  })

  test.each([
    ['bundle-from-wrong-instance_fail', 'the log entry is of a log that is not in the trusted root'],
    ['set-invalid-signature_fail', 'the signed entry timestamp does not verify'],
    ['wrong-hashedrekord-artifact_fail', 'the log entry is about another signature'],
    ['wrong-hashedrekord-cert-and-sig_fail', 'the log entry is about another signature'],
    ['wrong-hashedrekord-entry_fail', 'the log entry is about another signature'],
    ['invalid-inclusion-proof_fail', 'the inclusion proof does not lead to the root of the tree'],
    ['inclusion-proof-corrupted-hash_fail', 'the inclusion proof does not lead to the root of the tree'],
    ['checkpoint-wrong-roothash_fail', 'the checkpoint is of another size than the inclusion proof'],
    ['rekor2-checkpoint-no-matching-signature_fail', 'the checkpoint is of another log'],
    ['rekor2-checkpoint-missing-size_fail', 'checkpoint: bad size'],
    ['rekor2-checkpoint-missing-root-hash_fail', 'checkpoint: the root hash has not 32 bytes'],
  ])('%s is refused', (name, why) => {
    expect(check(name)).toEqual(refused(why))
  })
})
