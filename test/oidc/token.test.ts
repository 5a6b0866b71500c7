import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../../src/errors.ts'
import { checkToken, parseToken } from '../../src/oidc/token.ts'
import { CLAIMS, token, tokenText } from '../support/token.ts'

const now = 1_900_000_000_000

test('a token is read without being verified: issuer, subject, audience, times and email address', () => {
  const { claims } = token({ email: 'kim@example.com', email_verified: true, nbf: 1_000_000_000 })
  expect(claims).toEqual({
    issuer: 'https://issuer.test',
    subject: 'subject',
    audience: ['sigstore'],
    expires: 2_000_000_000_000,
    notBefore: 1_000_000_000_000,
    email: 'kim@example.com',
    emailVerified: true,
  })
})

test.each([
  [true, true],
  ['true', true],
  [false, false],
  ['false', false],
  [1, false],
  [undefined, false],
])('email_verified %s counts as %s', (value, verified) => {
  expect(token({ email: 'a@b.test', email_verified: value }).claims.emailVerified).toBe(verified)
})

test('several audiences are as good as one', () => {
  expect(() => checkToken(token({ aud: ['other', 'sigstore'] }), 'sigstore', now)).not.toThrow()
})

test.each([
  ['expired', { exp: now / 1000 - 240 }, 'expired 4 min ago'],
  ['expires this very moment', { exp: now / 1000 }, 'expired 0 s ago'],
  ['not valid yet', { nbf: now / 1000 + 600 }, 'is not valid yet'],
  ['for another audience', { aud: 'sts' }, 'is for the audience "sts", not "sigstore"'],
  ['for two others', { aud: ['a', 'b\n'] }, 'is for the audience "a", "b?", not "sigstore"'],
  ['for no audience', { aud: undefined }, 'is for the audience of nobody, not "sigstore"'],
])('a token that is %s is refused before any service is asked', (_, claims, why) => {
  expect(() => checkToken(token(claims), 'sigstore', now)).toThrow(`the identity token from the test ${why}`)
})

test('a clock that is a little behind refuses nothing', () => {
  expect(() => checkToken(token({ nbf: now / 1000 + 200 }), 'sigstore', now)).not.toThrow()
})

test.each([
  ['nothing', ''],
  ['two parts', 'eyJhIjoxfQ.eyJhIjoxfQ'],
  ['no JSON', 'abc.def.ghi'],
  ['a list', `${Buffer.from('{}').toString('base64url')}.${Buffer.from('null').toString('base64url')}.c2ln`],
  ['a line break', `${tokenText(CLAIMS)}\n`],
  ['100 KB', `eyJ.${'a'.repeat(100_000)}.b`],
])('%s is no JWT', (_, text) => {
  expect(() => parseToken(text, 'a file')).toThrow(new Fault('identity', 'the identity token from a file is not a JWT'))
})

test.each([['iss'], ['sub'], ['exp']])('a token without %s is refused', (claim) => {
  expect(() => token({ [claim]: undefined })).toThrow(/names no issuer or no subject|has no expiry/)
})

test('whatever is given, what is thrown is a fault that holds none of it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), fc.object(), (text, claims) => {
      for (const candidate of [text, tokenText(claims as Record<string, unknown>)]) {
        try {
          parseToken(candidate, 'x')
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Fault)
          expect(String(thrown)).not.toContain(candidate)
        }
      }
    }),
  )
})

test('a token does not show in prints of it', () => {
  const one = token()
  const text = tokenText(CLAIMS)
  for (const print of [JSON.stringify(one), inspect(one, { depth: 9, showHidden: true }), `${one.secret}`])
    expect(print).not.toContain(text.slice(-12))
  expect(one.secret.reveal()).toBe(text)
})
