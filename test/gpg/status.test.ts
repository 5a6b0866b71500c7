import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  acceptedStatus,
  errorStatus,
  rejectedStatus,
  signatureCreatedStatus,
  statusLine,
} from '../../src/gpg/status.ts'
import { signer } from '../support/signer.ts'

const ZEROS = '0'.repeat(40)
// Of an empty certificate: the golden lines below are about form.
const ID = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
const FPR = 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855'
const none = new Uint8Array(32)
const entry = { log: '', logId: none, leafHash: none, logIndex: 0n, kind: 'hashedrekord', version: '0.0.1' }

function good(subject: string) {
  const times = [{ source: 'log', time: 1_700_000_000_999, authority: '' } as const]
  return { ok: true, signer: signer({ subject }), times, entry, skipped: [] } as const
}

describe('golden lines', () => {
  test.each(['FULLY', 'UNDEFINED', 'MARGINAL', 'NEVER'] as const)('accepted, %s', (trust) => {
    expect(acceptedStatus(good('alice@example.com'), trust)).toBe(
      '[GNUPG:] NEWSIG\n' +
        `[GNUPG:] GOODSIG ${ID} alice@example.com\n` +
        `[GNUPG:] VALIDSIG ${FPR} 2023-11-14 1700000000 0 3 0 19 8 00 ${FPR}\n` +
        `[GNUPG:] TRUST_${trust} 0 shell\n`,
    )
  })

  test.each(['digest', 'signature'] as const)('rejected by %s: the payload or signature is wrong', (check) => {
    expect(rejectedStatus({ check, why: '', certificate: signer({}).certificate })).toBe(
      `[GNUPG:] NEWSIG\n[GNUPG:] BADSIG ${ID} unverified\n[GNUPG:] TRUST_NEVER 0 shell\n`,
    )
  })

  test.each(['format', 'time', 'chain', 'sct', 'log'] as const)('rejected by %s: nothing is established', (check) => {
    const certificate = signer({}).certificate
    expect(rejectedStatus({ check, why: '', ...(check === 'format' ? {} : { certificate }) })).toBe(
      `[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG ${check === 'format' ? ZEROS : ID} 19 8 00 0 9\n[GNUPG:] TRUST_NEVER 0 shell\n`,
    )
  })

  test('no verdict', () => {
    expect(errorStatus()).toBe(`[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG ${ZEROS} 19 8 00 0 9\n[GNUPG:] TRUST_NEVER 0 shell\n`)
  })

  test('a signature was made', () => {
    expect(signatureCreatedStatus(signer({}).certificate, 1_700_000_000_000)).toBe(
      `[GNUPG:] SIG_CREATED D 19 8 00 1700000000 ${FPR}\n`,
    )
  })
})

describe('what a certificate says cannot write a status line', () => {
  test('line feeds, controls, bidi and zero-width characters and the percent sign are escaped', () => {
    const subject = 'a\n[GNUPG:] TRUST_FULLY 0 shell\r\0\u202eb\u200bc%d\u2028'
    expect(statusLine('GOODSIG', ID, subject)).toBe(
      `[GNUPG:] GOODSIG ${ID} a%0A[GNUPG:] TRUST_FULLY 0 shell%0D%00%E2%80%AEb%E2%80%8Bc%25d%E2%80%A8\n`,
    )
  })

  test('nothing else is: Git does not decode', () => {
    expect(statusLine('GOODSIG', ID, 'Zoë+tag@exämple.com (日本) \\"')).toBe(
      `[GNUPG:] GOODSIG ${ID} Zoë+tag@exämple.com (日本) \\"\n`,
    )
  })

  test('whatever the name, there are four lines and one verdict', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (subject) => {
        const lines = acceptedStatus(good(subject), 'UNDEFINED').split(/[\n\r\v\f\u0085\u2028\u2029]/)
        expect(lines).toHaveLength(5)
        expect(lines.filter((line) => / (?:GOOD|BAD|ERR|EXP|EXPKEY|REVKEY)SIG /.test(line.slice(0, 20)))).toHaveLength(
          1,
        )
      }),
    )
  })
})
