import { describe, expect, test } from 'vitest'
import { resolveSettings } from '../../src/config/resolve.ts'
import { resolveServices } from '../../src/config/services.ts'
import type { ServiceOffer, SigningConfig } from '../../src/trust/signing-config.ts'

const offer = (url: string, majorApiVersion = 1): ServiceOffer => ({
  url,
  majorApiVersion,
  validFor: { start: 0 },
  operator: 'example',
})

const config: SigningConfig = {
  cas: [offer('https://fulcio.example')],
  oidcIssuers: [offer('https://issuer.example')],
  logs: [offer('https://rekor1.example'), offer('https://rekor2.example', 2)],
  logSelection: { selector: 'any' },
  timestampAuthorities: [offer('https://tsa.example/api/v1/timestamp')],
  timestampSelection: { selector: 'any' },
}

function services(env: Record<string, string>, signingConfig: SigningConfig | undefined = config) {
  return resolveServices(resolveSettings({ flags: new Map(), env, git: [] }), signingConfig, 1)
}

test("without options, the signing config's newest services, with a timestamp for Rekor v2", () => {
  expect(services({})).toEqual({
    fulcio: 'https://fulcio.example',
    rekor: 'https://rekor2.example',
    rekorVersion: 2,
    timestamp: 'https://tsa.example/api/v1/timestamp',
    further: { rekor: [], timestamp: [] },
  })
})

test('what the config asks for beside them is there for bundles', () => {
  const other = (url: string, version = 1) => ({ ...offer(url, version), operator: 'other' })
  const several: SigningConfig = {
    ...config,
    logs: [...config.logs, other('https://rekor2.other', 2)],
    logSelection: { selector: 'all' },
    timestampAuthorities: [...config.timestampAuthorities, other('https://tsa.other')],
    timestampSelection: { selector: 'exact', count: 2 },
  }
  expect(services({}, several).further).toEqual({ rekor: ['https://rekor2.other'], timestamp: ['https://tsa.other'] })
  // v1 alone: the log proves the time, and a bundle has the authority's word as well.
  expect(services({ GITSIGN_REKOR_VERSION: '1' }).further.timestamp).toEqual(['https://tsa.example/api/v1/timestamp'])
  const byHand = { GITSIGN_REKOR_URL: 'https://rekor.mine', GITSIGN_TIMESTAMP_SERVER_URL: 'https://tsa.mine' }
  expect(services(byHand, several).further).toEqual({ rekor: [], timestamp: [] })
})

test('rekorVersion chooses among what the config offers; v1 gets no timestamp by itself', () => {
  expect(services({ GITSIGN_REKOR_VERSION: '1' })).toMatchObject({
    rekor: 'https://rekor1.example',
    rekorVersion: 1,
    timestamp: undefined,
  })
})

test('a timestamp server that is configured by hand is used with v1 too', () => {
  const env = { GITSIGN_REKOR_VERSION: '1', GITSIGN_TIMESTAMP_SERVER_URL: 'https://tsa.mine/ts' }
  expect(services(env).timestamp).toBe('https://tsa.mine/ts')
})

test('options beat the config', () => {
  const env = { GITSIGN_FULCIO_URL: 'https://fulcio.mine', GITSIGN_REKOR_URL: 'https://rekor.mine' }
  expect(services(env)).toEqual({
    fulcio: 'https://fulcio.mine',
    rekor: 'https://rekor.mine',
    rekorVersion: 1,
    timestamp: undefined,
    further: { rekor: [], timestamp: ['https://tsa.example/api/v1/timestamp'] },
  })
})

test('a log that is named by hand has the version that the config gives it', () => {
  expect(services({ GITSIGN_REKOR_URL: 'https://rekor2.example/' }).rekorVersion).toBe(2)
})

test('without a config, public good', () => {
  const resolved = resolveSettings({ flags: new Map(), env: {}, git: [] })
  expect(resolveServices(resolved, undefined, 1)).toEqual({
    fulcio: 'https://fulcio.sigstore.dev',
    rekor: 'https://rekor.sigstore.dev',
    rekorVersion: 1,
    timestamp: undefined,
    further: { rekor: [], timestamp: [] },
  })
})

test('online mode takes a log that can be searched, whatever is newer', () => {
  const chosen = services({ GITSIGN_REKOR_MODE: 'online' }, config)
  expect(chosen.rekorVersion).toBe(1)
  expect(chosen.rekor).toBe(config.logs.find(({ majorApiVersion }) => majorApiVersion === 1)?.url)
})

describe('refused as configuration', () => {
  test('Rekor v2 without a timestamp server', () => {
    expect(() => services({}, { ...config, timestampAuthorities: [] })).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringContaining('needs a timestamp server') }),
    )
  })

  test('a version that the config does not offer', () => {
    const v1 = { ...config, logs: config.logs.slice(0, 1) }
    expect(() => services({ GITSIGN_REKOR_VERSION: '2' }, v1)).toThrow(expect.objectContaining({ code: 'config' }))
  })
})
