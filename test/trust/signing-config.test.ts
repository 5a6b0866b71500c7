import { describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { publicGoodSigningConfig } from '../../src/trust/public-good.ts'
import { chooseServices, parseSigningConfig } from '../../src/trust/signing-config.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z')

interface Offer {
  readonly url: string
  readonly v?: number
  readonly start?: string
  readonly end?: string
  readonly operator?: string
}

const service = ({ url, v = 1, start = '2025-01-01', end, operator = 'one.example' }: Offer) => ({
  url,
  majorApiVersion: v,
  validFor: { start: `${start}T00:00:00Z`, ...(end === undefined ? {} : { end: `${end}T00:00:00Z` }) },
  operator,
})

const document = (logs: readonly Offer[], rekorTlogConfig: unknown = { selector: 'ANY' }) => ({
  mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
  caUrls: [service({ url: 'https://ca.example' })],
  oidcUrls: [service({ url: 'https://oidc.example' })],
  rekorTlogUrls: logs.map(service),
  rekorTlogConfig,
  tsaUrls: [service({ url: 'https://tsa.example/api/v1/timestamp' })],
  tsaConfig: { selector: 'ANY' },
})

const parse = (json: unknown) => parseSigningConfig(encodeUtf8(JSON.stringify(json)))
const logsOf = (logs: readonly Offer[], selection?: unknown, now = NOW): readonly string[] =>
  chooseServices(parse(document(logs, selection)), now).logs.map(({ url }) => url)

const v1 = { url: 'https://v1.example' }
const v2 = { url: 'https://v2.example', v: 2 }

test('the newest API version that we speak is taken, an unknown one never', () => {
  expect(logsOf([v1, v2, { url: 'https://v3.example', v: 3 }])).toEqual([v2.url])
})

test('who asks for one API version gets it', () => {
  const config = parse(document([v1, v2]))
  expect(chooseServices(config, NOW, { logVersions: [1] }).logs.map(({ url }) => url)).toEqual([v1.url])
})

test('a service that has not been released (version 0) is never taken', () => {
  expect(() => logsOf([{ url: 'https://v0.example', v: 0 }])).toThrow('too few services of kind log')
})

test('of one version the newest start is taken, wherever it stands', () => {
  const older = { url: 'https://older.example', start: '2024-01-01' }
  expect(logsOf([older, v1])).toEqual([v1.url])
  expect(logsOf([v1, older])).toEqual([v1.url])
})

test('a valid older version beats a newer one that has ended or not begun', () => {
  expect(logsOf([{ ...v2, end: '2026-01-01' }, v1])).toEqual([v1.url])
  expect(logsOf([{ ...v2, start: '2027-01-01' }, v1])).toEqual([v1.url])
})

test('windows take in both their ends', () => {
  const offer = { ...v1, start: '2026-06-01', end: '2026-06-01' }
  expect(logsOf([offer])).toEqual([v1.url])
  expect(() => logsOf([offer], undefined, NOW + 1)).toThrow('too few')
  expect(() => logsOf([offer], undefined, NOW - 1)).toThrow('too few')
})

describe('of several operators', () => {
  const two = { url: 'https://two.example', operator: 'two.example' }
  const again = { url: 'https://again.example', start: '2024-01-01' }
  const offers = [v1, again, two]

  test('ANY takes one', () => {
    expect(logsOf(offers, { selector: 'ANY' })).toEqual([v1.url])
    expect(logsOf(offers, null)).toEqual([v1.url])
  })

  test('ALL takes one of each', () => {
    expect(logsOf(offers, { selector: 'ALL' })).toEqual([v1.url, two.url])
  })

  test('EXACT takes as many as it counts, and fails with too few operators', () => {
    expect(logsOf(offers, { selector: 'EXACT', count: 2 })).toEqual([v1.url, two.url])
    expect(() => logsOf(offers, { selector: 'EXACT', count: 3 })).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining('too few services of kind log') }),
    )
  })

  test('no two API versions are mixed', () => {
    expect(logsOf([v2, two], { selector: 'ALL' })).toEqual([v2.url])
  })
})

test('a config without timestamp authorities gives none; one whose authorities have all ended is an error', () => {
  const config = document([v1])
  expect(chooseServices(parse({ ...config, tsaUrls: [] }), NOW).timestampAuthorities).toEqual([])
  const ended = { ...config, tsaUrls: [service({ url: 'https://tsa.example', end: '2025-06-01' })] }
  expect(() => chooseServices(parse(ended), NOW)).toThrow('too few services of kind timestamp authority')
})

test('there is exactly one CA and one OIDC issuer', () => {
  const config = document([v1])
  const cas = [service({ url: 'https://old.example', start: '2024-01-01' }), ...config.caUrls]
  expect(chooseServices(parse({ ...config, caUrls: cas }), NOW).ca.url).toBe('https://ca.example')
  expect(() => chooseServices(parse({ ...config, caUrls: [] }), NOW)).toThrow('certificate authority')
  expect(() => chooseServices(parse({ ...config, oidcUrls: [] }), NOW)).toThrow('OIDC issuer')
})

test.each<readonly [string, unknown, string]>([
  ['another media type', { ...document([v1]), mediaType: 'application/json' }, 'unknown media type'],
  ['an unknown selector', document([v1], { selector: 'SOME' }), 'bad selector or count'],
  ['EXACT without a count', document([v1], { selector: 'EXACT' }), 'bad selector or count'],
  ['a URL that is none', document([{ url: 'rekor' }]), 'url is not a URL'],
  ['a service without a start', { ...document([]), caUrls: [{ url: 'https://a.example' }] }, 'no start of validity'],
])('%s is refused', (_, json, why) => {
  expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'parse', message: expect.stringContaining(why) }))
})

test('the public-good instance signs with Fulcio, Rekor v1 and its timestamp authority', () => {
  const chosen = chooseServices(publicGoodSigningConfig(), NOW)
  expect(chosen.ca.url).toBe('https://fulcio.sigstore.dev')
  expect(chosen.oidc.url).toBe('https://oauth2.sigstore.dev/auth')
  expect(chosen.logs.map(({ url, majorApiVersion }) => [url, majorApiVersion])).toEqual([
    ['https://rekor.sigstore.dev', 1],
  ])
  expect(chosen.timestampAuthorities.map(({ url }) => url)).toEqual(['https://timestamp.sigstore.dev/api/v1/timestamp'])
})
