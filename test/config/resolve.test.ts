import { describe, expect, test } from 'vitest'
import {
  type ConfigEntry,
  describeSource,
  type Given,
  isGiven,
  resolveSettings,
  unknownKeys,
} from '../../src/config/resolve.ts'

function git(key: string, value: string | undefined, scope: ConfigEntry['scope'] = 'global'): ConfigEntry {
  return { scope, key: key.toLowerCase(), value }
}

function resolve(given: Partial<Given>) {
  return resolveSettings({ flags: new Map(), env: {}, git: [], ...given })
}

describe('a flag beats the environment, that beats git config, that beats the default', () => {
  const flags = new Map([['trusted-root', ['/flag']]])
  const env = { GITSIGIL_TRUSTED_ROOT: '/environment' }
  const config = [git('gitsigil.trustedRoot', '/git')]

  test.each([
    [{ flags, env, git: config }, '/flag', '--trusted-root'],
    [{ env, git: config }, '/environment', 'GITSIGIL_TRUSTED_ROOT (environment)'],
    [{ git: config }, '/git', 'gitsigil.trustedRoot (git config, global)'],
    [{}, undefined, 'default'],
  ])('%#', (given, value, source) => {
    const resolved = resolve(given)
    expect(resolved.settings.trustedRoot).toBe(value)
    expect(describeSource(resolved.sources.trustedRoot)).toBe(source)
    expect(isGiven(resolved, 'trustedRoot')).toBe(source !== 'default')
  })
})

describe('names', () => {
  test('GITSIGIL_ comes before GITSIGN_ and that before SIGSTORE_', () => {
    const env = { GITSIGIL_REKOR_URL: 'https://a', GITSIGN_REKOR_URL: 'https://b', SIGSTORE_REKOR_URL: 'https://c' }
    expect(resolve({ env }).settings.rekor).toBe('https://a')
    const { GITSIGIL_REKOR_URL: _, ...two } = env
    expect(resolve({ env: two }).settings.rekor).toBe('https://b')
    expect(resolve({ env: { SIGSTORE_REKOR_URL: 'https://c' } }).settings.rekor).toBe('https://c')
  })

  test('gitsigil.* comes before gitsign.*, whatever the scopes', () => {
    const both = [git('gitsigil.fulcio', 'https://a', 'system'), git('gitsign.fulcio', 'https://b', 'local')]
    expect(resolve({ git: both }).settings.fulcio).toBe('https://a')
    expect(resolve({ git: both.slice(1) }).settings.fulcio).toBe('https://b')
  })

  test('an empty environment variable is as good as none', () => {
    const given = { env: { GITSIGN_CONNECTOR_ID: '' }, git: [git('gitsign.connectorID', 'https://github.com')] }
    expect(resolve(given).settings.connectorID).toBe('https://github.com')
  })

  test('options of ours alone are not read from gitsign.*', () => {
    expect(resolve({ git: [git('gitsign.trust', 'any')] }).settings.trust).toBe('policy')
  })
})

describe('values in git config', () => {
  test('the last one counts', () => {
    const entries = [git('gitsign.rekorMode', 'online'), git('gitsign.rekorMode', 'offline', 'local')]
    expect(resolve({ git: entries }).settings.rekorMode).toBe('offline')
  })

  test('a repeatable one counts with all its values, and an empty one takes back those before', () => {
    const [a, b, reset, c] = ['https://i a', 'https://i b', '', 'https://i c'].map((v) => git('gitsigil.allow', v))
    if (!a || !b || !reset || !c) throw new Error('four entries')
    expect(resolve({ git: [a, b] }).settings.allow).toEqual(['https://i a', 'https://i b'])
    expect(resolve({ git: [a, b, reset, c] }).settings.allow).toEqual(['https://i c'])
    expect(resolve({ git: [a, b, reset] }).settings.allow).toEqual([])
  })

  test('a key without a value is true', () => {
    expect(resolve({ git: [git('gitsign.matchCommitter', undefined)] }).settings.matchCommitter).toBe(true)
  })

  test.each([
    ['yes', true],
    ['ON', true],
    ['1', true],
    ['t', true],
    ['no', false],
    ['off', false],
    ['0', false],
    ['F', false],
  ])('%s is %s', (text, value) => {
    expect(resolve({ git: [git('gitsign.autoclose', text)] }).settings.autoclose).toBe(value)
  })
})

test('a repeatable option in the environment has one value a line', () => {
  const env = { GITSIGIL_ALLOW: 'https://i a\n\n  https://i b\n' }
  expect(resolve({ env }).settings.allow).toEqual(['https://i a', 'https://i b'])
})

test('google-impersonation is google-impersonate', () => {
  const env = { GITSIGN_TOKEN_PROVIDER: 'google-impersonation' }
  expect(resolve({ env }).settings.tokenProvider).toBe('google-impersonate')
})

describe('a malformed value is a fault that names where it was found, never a default', () => {
  test.each([
    [
      { env: { GITSIGN_REKOR_MODE: 'sometimes' } },
      'GITSIGN_REKOR_MODE (environment): not one of offline, online: "sometimes"',
    ],
    [{ env: { SIGSTORE_REKOR_VERSION: '3' } }, 'SIGSTORE_REKOR_VERSION (environment): not one of 1, 2: "3"'],
    [
      { git: [git('gitsign.autoclose', 'maybe', 'local')] },
      'gitsign.autoclose (git config, local): not true or false: "maybe"',
    ],
    [
      { git: [git('gitsign.autocloseTimeout', '6s')] },
      'gitsign.autocloseTimeout (git config, global): not a whole number: "6s"',
    ],
    [
      { env: { GITSIGIL_LOGIN_TIMEOUT: '99999999' } },
      'GITSIGIL_LOGIN_TIMEOUT (environment): more than 86400: "99999999"',
    ],
    [{ env: { GITSIGIL_LOGIN_TIMEOUT: '0' } }, 'GITSIGIL_LOGIN_TIMEOUT (environment): less than 1: "0"'],
    [
      { git: [git('gitsign.fulcio', 'fulcio.example')] },
      'gitsign.fulcio (git config, global): not a URL: "fulcio.example"',
    ],
    [
      { git: [git('gitsigil.trust', 'everybody')] },
      'gitsigil.trust (git config, global): not one of policy, committer, any: "everybody"',
    ],
    [{ env: { GITSIGN_TOKEN_PROVIDER: 'toString' } }, expect.stringContaining('not one of interactive, device')],
  ])('%j', (given, message) => {
    expect(() => resolve(given)).toThrow(expect.objectContaining({ code: 'config', message }))
  })

  test('where a flag gave it, it is a usage fault', () => {
    const flags = new Map([['insecure-ignore-sct', ['perhaps']]])
    expect(() => resolve({ flags })).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  test('plain http is for loopback alone', () => {
    for (const url of ['http://localhost:5555', 'http://127.0.0.1:5555/api', 'http://[::1]:5555'])
      expect(resolve({ env: { GITSIGN_FULCIO_URL: url } }).settings.fulcio).toBe(url)
    for (const url of [
      'http://fulcio.example',
      'http://127.0.0.1.example',
      'file:///etc/passwd',
      'http://localhost.example',
    ])
      expect(() => resolve({ env: { GITSIGN_FULCIO_URL: url } })).toThrow('not an https URL')
  })

  test('a password in a URL is refused and not shown', () => {
    const given = { env: { GITSIGN_FULCIO_URL: 'https://me:hunter2@fulcio.example' } }
    expect(() => resolve(given)).toThrow('a URL with a password in it: "https://***@fulcio.example"')
  })
})

describe('unknown keys', () => {
  test('are named once each; instances have subsections of their own', () => {
    const entries = [
      git('gitsign.rekr', 'https://a'),
      git('gitsign.rekr', 'https://b'),
      git('gitsign.rekor', 'https://c'),
      git('gitsigil.instance.partner.trustedRoot', 'x'),
      git('gitsigil.tufMirror', 'x'),
      git('user.email', 'x'),
    ]
    expect(unknownKeys(entries)).toEqual(['gitsign.rekr', 'gitsigil.tufmirror'])
  })
})

test('a file is named by an absolute path or one from home, because a relative one would lie in the repository', () => {
  const names = ['trustedRoot', 'fulcioRoot', 'signingConfig', 'rekorPublicKey'] as const
  for (const name of names) {
    expect(() => resolve({ git: [git(`gitsigil.${name}`, 'root.json')] })).toThrow(/begins with \/ or ~\//)
    expect(resolve({ git: [git(`gitsigil.${name}`, '~/root.json')] }).settings[name]).toBe('~/root.json')
  }
  expect(() => resolve({ env: { GITSIGIL_TRUSTED_ROOT: './root.json' } })).toThrow(/GITSIGIL_TRUSTED_ROOT/)
  expect(() => resolve({ git: [git('gitsigil.allow', '.allowed')] })).toThrow(/ISSUER SUBJECT or a path/)
})

test.each(['https://example.com/root.json', 'instance=x', 'C:/root.json', '\\root.json', '~\\root.json'])(
  'a file is not named by %s, which is relative too',
  (path) => {
    expect(() => resolve({ git: [git('gitsigil.trustedRoot', path)], platform: 'linux' })).toThrow(/begins with/)
  },
)

test('on Windows a path may begin with a drive or a backslash', () => {
  for (const path of ['C:/root.json', 'C:\\root.json', '\\root.json', '~\\root.json', '/root.json'])
    expect(resolve({ git: [git('gitsigil.trustedRoot', path)], platform: 'win32' }).settings.trustedRoot).toBe(path)
  expect(() => resolve({ git: [git('gitsigil.trustedRoot', 'C:root.json')], platform: 'win32' })).toThrow(/begins with/)
})

test('an allowed identity begins as a URL does; what only looks like it is a relative path', () => {
  expect(resolve({ git: [git('gitsigil.allow', 'https://i a@b')] }).settings.allow).toEqual(['https://i a@b'])
  expect(() => resolve({ git: [git('gitsigil.allow', 'https:allowed')] })).toThrow(/ISSUER SUBJECT or a path/)
})

test('a flag may name a file from where it was typed', () => {
  expect(resolve({ flags: new Map([['trusted-root', ['root.json']]]) }).settings.trustedRoot).toBe('root.json')
})
