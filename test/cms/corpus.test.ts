// Every real signature is read; what was read from one gives its exact bytes again.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { equalBytes, fromBase64, toHex } from '../../src/bytes.ts'
import { encodeArmor, parseArmor } from '../../src/cms/armor.ts'
import { encodeSignedAttributes, encodeSignedData } from '../../src/cms/encode.ts'
import { checkSignedAttributes, parseSignedData, type SignedData } from '../../src/cms/signed-data.ts'
import { parseIdentity } from '../../src/fulcio/identity.ts'
import { objectId } from '../../src/git/id.ts'
import { joinCommit, joinTag, splitCommit, splitTag } from '../../src/git/object.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { checkChain } from '../../src/x509/chain.ts'
import { parsePublicKey } from '../../src/x509/key.ts'
import { formatName } from '../../src/x509/name.ts'
import { type CtLog, checkScts } from '../../src/x509/sct.ts'
import { type CorpusRecord, hasShared, readCorpus, readCorpusObject, readShared } from '../support/shared.ts'

const MALFORMED = 'c6dff4a9'

function split(record: CorpusRecord) {
  const bytes = readCorpusObject(record)
  const parts = record.type === 'commit' ? splitCommit(bytes, 'sha1') : splitTag(bytes, 'sha1')
  if (parts.signature === undefined) throw new Error(`${record.oid} is not signed`)
  return { bytes, ...parts, signature: parts.signature }
}

function encodeAgain(signed: SignedData): Uint8Array {
  const { signer, messageDigest, signingTime, signature, logEntry, timestampToken } = signed
  const signedAttributes = encodeSignedAttributes({
    payloadDigest: messageDigest,
    signingTime: signingTime ?? Number.NaN,
  })
  return encodeSignedData({ leaf: signer, signedAttributes, signature, logEntry, timestampToken })
}

describe.skipIf(!hasShared)('the corpus', () => {
  const records = readCorpus()
  const readable = records.filter((record) => !record.oid.startsWith(MALFORMED))
  const signatures = new Map(readable.map((record) => [record, parseSignedData(parseArmor(split(record).signature))]))
  const { authorities, logs } = readRoot()

  test('has 175 objects, of which one is malformed', () => {
    expect(records).toHaveLength(175)
    expect(readable).toHaveLength(174)
  })

  test('the malformed one is refused for what is wrong with it', () => {
    const record = records.find(({ oid }) => oid.startsWith(MALFORMED))
    if (record === undefined) throw new Error('it is missing')
    const { signature } = split(record)
    expect(() => parseSignedData(parseArmor(signature))).toThrow('log entry: wrong type')
  })

  test('every object has the id it goes by', () => {
    for (const record of records) expect(objectId(record.type, readCorpusObject(record), 'sha1')).toBe(record.oid)
  })

  test('every object is split without a problem and joined to the same bytes', () => {
    for (const record of records) {
      const { bytes, payload, signature, format, problem } = split(record)
      const joined = record.type === 'commit' ? joinCommit(payload, signature, 'sha1') : joinTag(payload, signature)
      expect([format, problem, equalBytes(joined, bytes)]).toEqual(['x509', undefined, true])
    }
  })

  test('every signature is over its object and by its own certificate', () => {
    for (const [record, signed] of signatures) {
      const digest = createHash('sha256').update(split(record).payload).digest()
      expect([record.oid, toHex(signed.messageDigest)]).toEqual([record.oid, toHex(digest)])
      expect([record.oid, checkSignedAttributes(signed)]).toEqual([record.oid, true])
    }
  })

  test('the log entry is where the record says', () => {
    for (const [record, signed] of signatures)
      expect([record.oid, signed.logEntry !== undefined]).toEqual([record.oid, record.log === 'embedded'])
  })

  test('every armor and every signature with one certificate is written again byte for byte', () => {
    let alone = 0
    for (const [record, signed] of signatures) {
      const { signature } = split(record)
      const der = parseArmor(signature)
      expect(equalBytes(encodeArmor(der), signature)).toBe(true)
      if (signed.certificates.length > 1) continue
      expect([record.oid, equalBytes(encodeAgain(signed), der)]).toEqual([record.oid, true])
      alone++
    }
    expect(alone).toBe(173)
  })

  test('one tag has the intermediate first, and its signer is found', () => {
    const [tag, ...more] = [...signatures.values()].filter((signed) => signed.certificates.length > 1)
    expect(more).toEqual([])
    expect(tag?.signer).toBe(tag?.certificates[1])
    expect(formatName(tag?.intermediates[0]?.subject ?? new Uint8Array())).toBe(
      'CN=sigstore-intermediate,O=sigstore.dev',
    )
  })

  test('every leaf chains to the public-good CA while it is valid, and not a second before or after', () => {
    for (const [record, { signer, intermediates }] of signatures) {
      const at = (time: number) =>
        authorities.some((authority) => checkChain(signer, intermediates, authority, time, 'codeSigning').ok)
      const moments = [signer.notBefore - 1, signer.notBefore, signer.notAfter, signer.notAfter + 1]
      expect([record.oid, moments.map(at)]).toEqual([record.oid, [false, true, true, false]])
    }
  })

  test('every leaf is in the certificate transparency log, but for two of May 2022', () => {
    const without: string[] = []
    for (const { signer, intermediates } of signatures.values()) {
      const why = checkScts(signer, issuersOf(signer, intermediates), logs, [signer.notBefore])
      if (why !== undefined) without.push(`${new Date(signer.notBefore).toISOString().slice(0, 7)}: ${why}`)
    }
    expect(without).toEqual(Array(2).fill('2022-05: the certificate has no certificate transparency timestamp'))
  })

  test('every embedded signer has the identity and issuer that gitsign reads', () => {
    for (const [record, { signer }] of signatures) {
      const { subject, issuer } = parseIdentity(signer)
      if (record.gitsign === 'good') expect([subject, issuer]).toEqual([record.identity, record.issuer])
    }
  })

  function issuersOf(leaf: Certificate, intermediates: readonly Certificate[]): readonly Certificate[] {
    for (const authority of authorities) {
      const chain = checkChain(leaf, intermediates, authority, leaf.notBefore, 'codeSigning')
      if (chain.ok) return chain.issuers
    }
    return []
  }
})

interface RootJson {
  readonly certificateAuthorities: readonly { certChain: { certificates: readonly { rawBytes: string }[] } }[]
  readonly ctlogs: readonly {
    publicKey: { rawBytes: string; validFor: { start: string; end?: string } }
    logId: { keyId: string }
  }[]
}

function readRoot(): { authorities: readonly (readonly Certificate[])[]; logs: readonly CtLog[] } {
  if (!hasShared) return { authorities: [], logs: [] }
  const json = JSON.parse(new TextDecoder().decode(readShared('corpus/trusted_root.json'))) as RootJson
  return {
    authorities: json.certificateAuthorities.map(({ certChain }) =>
      certChain.certificates.map(({ rawBytes }) => parseCertificate(fromBase64(rawBytes))),
    ),
    logs: json.ctlogs.map(({ publicKey, logId }) => ({
      id: fromBase64(logId.keyId),
      key: parsePublicKey(fromBase64(publicKey.rawBytes)),
      validFor: {
        start: Date.parse(publicKey.validFor.start),
        ...(publicKey.validFor.end === undefined ? {} : { end: Date.parse(publicKey.validFor.end) }),
      },
    })),
  }
}
