import { describe, expect, test } from 'vitest'
import {
  checkAllowed,
  checkFormat,
  checkGitVersion,
  checkMinTrust,
  checkPolicy,
  checkProgram,
  checkSigning,
  checkUnknownKeys,
} from '../../src/doctor/git.ts'

const setup = 'gitsigil setup'
const settings = (values: Readonly<Record<string, string>>) => (key: string) => values[key]

test.each([
  ['git version 2.39.5', 'ok'],
  ['git version 2.26.0.windows.1', 'ok'],
  ['git version 3.0.0', 'ok'],
  ['git version 2.25.4', 'fail'],
  ['git version 1.8.3', 'fail'],
  ['something else', 'fail'],
  [undefined, 'fail'],
])('%s is %s', (text, level) => {
  expect(checkGitVersion(text).level).toBe(level)
})

test('a format other than x509 never reaches us', () => {
  expect(checkFormat(settings({}), setup).text).toBe('gpg.format is openpgp: Git signs with another program')
  expect(checkFormat(settings({ 'gpg.format': 'x509' }), setup).level).toBe('ok')
})

describe('the program that Git calls', () => {
  test.each([
    [{ value: undefined, path: undefined, release: undefined }, 'fail', /calls gpgsm/],
    [{ value: 'gitsigil', path: undefined, release: undefined }, 'fail', /no such program/],
    [{ value: 'gitsign', path: '/usr/bin/gitsign', release: undefined }, 'fail', /another program/],
    [{ value: 'gitsigil', path: '/bin/gitsigil', release: 'gitsigil 0.1.0' }, 'ok', /^Git calls \/bin\/gitsigil/],
  ])('%j', (program, level, text) => {
    expect(checkProgram(program, setup)).toMatchObject({ level, text: expect.stringMatching(text) })
  })
})

test('what is not signed by itself is named', () => {
  expect(checkSigning(settings({}), setup).text).toContain('commits and tags are signed only where')
  expect(checkSigning(settings({ 'commit.gpgsign': 'true' }), setup).text).toMatch(/^tags are signed only/)
  expect(checkSigning(settings({ 'commit.gpgsign': 'on', 'tag.gpgsign': '1' }), setup).level).toBe('ok')
})

test.each([
  [undefined, 'ok'],
  ['fully', 'ok'],
  ['marginal', 'ok'],
  ['undefined', 'warn'],
  ['never', 'warn'],
  ['Ultimate', 'warn'],
])('gpg.minTrustLevel %s is %s', (level, expected) => {
  expect(checkMinTrust(settings(level === undefined ? {} : { 'gpg.mintrustlevel': level })).level).toBe(expected)
})

test('who is allowed matters, and that anybody is more so', () => {
  expect(checkAllowed(0, 'policy').level).toBe('warn')
  expect(checkAllowed(1, 'policy')).toMatchObject({ level: 'ok', text: 'gitsigil.allow has one entry' })
  expect(checkAllowed(1, 'any').level).toBe('warn')
})

test('each unknown key is a line', () => {
  expect(checkUnknownKeys(['gitsign.a', 'gitsign.b'])).toHaveLength(2)
})

test('a policy that is not in force yet is told, with what puts it there', () => {
  const root = '1'.repeat(40)
  expect(checkPolicy(root, 'refs/heads/main', undefined, false)).toMatchObject({
    level: 'warn',
    hint: 'gitsigil policy update',
  })
  expect(checkPolicy(root, 'refs/heads/main', '2'.repeat(40), false)).toMatchObject({
    level: 'ok',
    text: 'that of commit 222222222222 is in force; trust in it starts at 1111111111111111111',
  })
})
