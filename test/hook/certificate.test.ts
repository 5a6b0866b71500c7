import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { checkPushCertificate } from '../../src/hook/certificate.ts'

const NOW = 1_800_000_000_000
const NONCE = '1799999990-0123456789abcdef'
const [A, B] = ['a'.repeat(40), 'b'.repeat(40)]
const main = { from: A, to: B, ref: 'refs/heads/main' }
const other = { from: B, to: A, ref: 'refs/heads/\u00e9' }

function certificate(updates = [main], headers = `nonce ${NONCE}\n`): Uint8Array {
  const lines = updates.map(({ from, to, ref }) => `${from} ${to} ${ref}\n`).join('')
  return encodeUtf8(`certificate version 0.1\npusher a <a@example.com> 1 +0000\npushee x\n${headers}\n${lines}`)
}

function check(payload = certificate(), { updates = [main], isWhole = true, status = 'OK', nonce = NONCE } = {}) {
  return checkPushCertificate(payload, { nonceStatus: status, nonce }, { updates, isWhole }, NOW)
}

test('a certificate of this push has this server nonce and lists exactly these updates, in any order', () => {
  expect(check()).toBeUndefined()
  expect(check(certificate([other, main]), { updates: [main, other] })).toBeUndefined()
})

test('of one ref of a push, the others need not be known', () => {
  expect(check(certificate([other, main]), { isWhole: false })).toBeUndefined()
})

describe('refused is a certificate', () => {
  test.each(['BAD', 'MISSING', 'UNSOLICITED', 'SLOP', ''])('whose nonce Git calls %s', (status) => {
    expect(check(undefined, { status })).toContain('nonce')
  })

  test('that no nonce was given for', () => {
    expect(
      checkPushCertificate(
        certificate(),
        { nonceStatus: undefined, nonce: undefined },
        { updates: [main], isWhole: true },
        NOW,
      ),
    ).toContain('receive.certNonceSeed')
  })

  test.each(['', 'nonce 1799999990-0123\n', `nonce ${NONCE}\nnonce ${NONCE}\n`, `nonce ${NONCE} \n`])(
    'in which another nonce stands: %j',
    (headers) => {
      expect(check(certificate([main], headers))).toBe('its nonce is not the one that this server gave')
    },
  )

  test.each([
    ['an old nonce', '1799900000-00'],
    ['one of a time to come', '1800000900-00'],
    ['one of no time', 'x-00'],
  ])('with %s that the environment calls right', (_, nonce) => {
    expect(check(certificate([main], `nonce ${nonce}\n`), { nonce })).toBe('its nonce is of another day')
  })

  test('that lists another update of the ref, none, more, or one twice', () => {
    expect(check(certificate([{ ...main, from: B }]))).toBe('it does not list this update of refs/heads/main')
    expect(check(certificate([other]))).toBe('it does not list this update of refs/heads/main')
    expect(check(certificate([main, other]))).toBe('it lists more updates than are made')
    expect(check(certificate([main, main]))).toBe('it lists an update twice')
  })

  test('that cannot be read', () => {
    expect(check(certificate([]))).toBe('it cannot be read')
  })
})
