// How DSSE envelopes stand in logs: the kinds of which the sandbox makes none, from bodies written out here.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { verifierPem } from '../../src/rekor/body.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { envelopeBodies } from '../../src/rekor/envelope.ts'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { verifyBundle } from '../../src/verify/bundle.ts'
import { makeLeaf } from '../support/certificate.ts'
import { hasShared, readShared } from '../support/shared.ts'

const leaf = makeLeaf()
const verifier = { certificate: leaf.bytes, key: leaf.key }
const envelope = { payloadType: 'text/plain', payload: Buffer.from('payload'), signature: Buffer.from('signature') }
const base64 = (data: Uint8Array | string) => Buffer.from(data).toString('base64')
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest()

function entryOf(kind: string, version: string, body?: string): LogEntry {
  const bare = { logIndex: 1n, logId: new Uint8Array(32), kind, version, integratedTime: 0n }
  return body === undefined ? bare : { ...bare, canonicalizedBody: Buffer.from(body) }
}

function intotoBody(sig: string, change: object = {}): string {
  const signatures = [{ publicKey: base64(verifierPem(verifier)), sig }]
  const payloadHash = { algorithm: 'sha256', value: sha256(envelope.payload).toString('hex') }
  const content = { envelope: { payloadType: envelope.payloadType, signatures }, payloadHash, ...change }
  return JSON.stringify({ apiVersion: '0.0.2', kind: 'intoto', spec: { content } })
}

/** The first signature is the right one; which of the two was verified nobody could tell. */
function twice(body: string): string {
  return body.replace(/"signatures":\[(.*?)\]/, '"signatures":[$1,$1]')
}

describe('intoto 0.0.2', () => {
  const bodiesOf = (body?: string) => envelopeBodies(envelope, verifier, entryOf('intoto', '0.0.2', body))

  test('has the signature in base64 twice, as Rekor writes it, or once', () => {
    for (const sig of [base64(base64(envelope.signature)), base64(envelope.signature)])
      expect(bodiesOf(intotoBody(sig)).map(String)).toEqual([Buffer.from(intotoBody(sig)).toString()].map(String))
  })

  test.each([
    ['another signature', intotoBody(base64(base64('other'))), 'another signature'],
    [
      'another payload type',
      intotoBody(base64(base64(envelope.signature))).replace(envelope.payloadType, 'application/other'),
      'another payload type',
    ],
    ['another payload', intotoBody('', { payloadHash: { algorithm: 'sha256', value: '00' } }), 'another payload'],
    ['another kind inside', intotoBody('').replace('intoto', 'dsse'), 'another kind'],
    ['another version inside', intotoBody('').replace('0.0.2', '0.0.1'), 'another kind'],
    [
      'a payload by another algorithm',
      intotoBody('', { payloadHash: { algorithm: 'sha512', value: sha256(envelope.payload).toString('hex') } }),
      'another payload',
    ],
    [
      'two certificates',
      intotoBody(base64(base64(envelope.signature))).replace(
        base64(verifierPem(verifier)),
        base64(verifierPem(verifier).repeat(2)),
      ),
      'another signer',
    ],
    ['two signatures inside', twice(intotoBody(base64(base64(envelope.signature)))), 'not one signature'],
    ['no body', undefined, 'without its body'],
  ])('is refused with %s', (_, body, why) => {
    expect(() => bodiesOf(body)).toThrow(why)
  })

  test('is refused where another certificate signed', () => {
    const other = makeLeaf()
    const entry = entryOf('intoto', '0.0.2', intotoBody(base64(base64(envelope.signature))))
    expect(() => envelopeBodies(envelope, { certificate: other.bytes, key: other.key }, entry)).toThrow(
      'another signer',
    )
    expect(() => envelopeBodies(envelope, { key: other.key }, entry)).toThrow()
  })
})

test('dsse 0.0.2 is rebuilt, by a certificate or a key', () => {
  const body = (verifierJson: string) =>
    `{"apiVersion":"0.0.2","kind":"dsse","spec":{"dsseV002":{"payloadHash":{"algorithm":"SHA2_256","digest":"${base64(
      sha256(envelope.payload),
    )}"},"signatures":[{"content":"${base64(envelope.signature)}","verifier":${verifierJson}}]}}}`
  const details = '"keyDetails":"PKIX_ECDSA_P256_SHA_256"'
  const entry = entryOf('dsse', '0.0.2')
  expect(envelopeBodies(envelope, verifier, entry).map((each) => Buffer.from(each).toString())).toEqual([
    body(`{${details},"x509Certificate":{"rawBytes":"${base64(leaf.bytes)}"}}`),
  ])
  expect(envelopeBodies(envelope, { key: leaf.key }, entry).map((each) => Buffer.from(each).toString())).toEqual([
    body(`{${details},"publicKey":{"rawBytes":"${base64(leaf.spki)}"}}`),
  ])
})

test.each(['intoto 0.0.1', 'dsse 0.0.3', 'rekord 0.0.1', 'hashedrekord 0.0.3'])('%s logs no envelope', (name) => {
  const [kind = '', version = ''] = name.split(' ')
  expect(() => envelopeBodies(envelope, verifier, entryOf(kind, version, '{}'))).toThrow('does not log a DSSE envelope')
})

describe.skipIf(!hasShared)('a real envelope of another signature than its entry', () => {
  test.each([
    ['dsse-mismatch-sig_fail', 'a.txt', 'spec.signatures.0.signature'],
    ['rekor2-dsse-mismatch-sig_fail', 'a.txt', 'spec.hashedRekordV002.signature.content'],
  ])('is accepted with the entry’s own: %s', (name, artifact, path) => {
    const bundle = JSON.parse(Buffer.from(readShared(`conformance/${name}/bundle.sigstore.json`)).toString())
    const body = JSON.parse(
      Buffer.from(bundle.verificationMaterial.tlogEntries[0].canonicalizedBody, 'base64').toString(),
    )
    // biome-ignore lint/suspicious/noExplicitAny: walks a document
    bundle.dsseEnvelope.signatures[0].sig = path.split('.').reduce((at: any, member) => at[member], body)
    const isV2 = name.startsWith('rekor2')
    const trust = isV2 ? parseTrustedRoot(readShared(`conformance/${name}/trusted_root.json`)) : publicGoodRoot()
    const verdict = verifyBundle(Buffer.from(JSON.stringify(bundle)), readShared(`conformance/${artifact}`), {
      trust,
      now: Date.now(),
    })
    // v2's timestamp is of the other signature; all that is before it is good.
    expect(verdict).toMatchObject(isV2 ? { ok: false, rejection: { check: 'time' } } : { ok: true })
  })
})
