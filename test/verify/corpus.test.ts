// Real objects signed by gitsign, 2022 to 2026, each with its expected verdict.
import { describe, expect, test } from 'vitest'
import { splitCommit, splitTag } from '../../src/git/object.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { verifySignature } from '../../src/verify/verify.ts'
import { type CorpusRecord, hasShared, readCorpus, readCorpusObject, readShared } from '../support/shared.ts'

const NOW = Date.parse('2026-11-01T00:00:00Z')

function verify(record: CorpusRecord) {
  const bytes = readCorpusObject(record)
  const split = record.type === 'commit' ? splitCommit(bytes, 'sha1') : splitTag(bytes, 'sha1')
  if (split.signature === undefined) throw new Error(`${record.oid} is not signed`)
  const trust = parseTrustedRoot(readShared('corpus/trusted_root.json'))
  return verifySignature(split.payload, split.signature, { trust, now: NOW })
}

describe.skipIf(!hasShared)('the corpus', () => {
  const records = readCorpus()

  test.each(records.filter((r) => r.gitsign === 'good'))('$type $oid is accepted with its signer', (record) => {
    const verdict = verify(record)
    if (!verdict.ok) throw new Error(`${verdict.rejection.check}: ${verdict.rejection.why}`)
    expect(verdict.signer.identity.subject).toBe(record.identity)
    expect(verdict.signer.identity.issuer).toBe(record.issuer)
    expect(String(verdict.entry.logIndex)).toBe(record.logIndex)
  })

  test.each(records.filter((r) => r.gitsign === 'fails'))('$type $oid is malformed', (record) => {
    const verdict = verify(record)
    expect(verdict.ok ? 'ok' : verdict.rejection.check).toBe('format')
  })

  test.each(records.filter((r) => r.log === 'not embedded'))('$type $oid has no proven time offline', (record) => {
    const verdict = verify(record)
    expect(verdict.ok ? 'ok' : verdict.rejection.check).toBe('time')
    expect(verdict.ok ? '' : verdict.rejection.why).toContain('online mode')
  })
})
