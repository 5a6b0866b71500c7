import { ClientTrustConfig, SigningConfig as SpecConfig, TrustedRoot as SpecRoot } from '@sigstore/protobuf-specs'
import { expect, test } from 'vitest'
import { rekor1LogId } from '../../src/sandbox/rekor1.ts'
import { rekor2LogId } from '../../src/sandbox/rekor2.ts'
import { openTrust, type Urls } from '../../src/sandbox/trust.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { chooseServices, parseSigningConfig } from '../../src/trust/signing-config.ts'
import { NOW, temporaryState } from './signed.ts'

const urls: Urls = {
  issuer: 'http://localhost:1',
  fulcio: 'http://localhost:2',
  ct: 'http://localhost:3',
  rekor1: 'http://localhost:4',
  rekor2: 'http://localhost:5',
  tsa: 'http://localhost:6',
  tuf: 'http://localhost:7',
}

test('the trusted root names the keys of every log and authority', async () => {
  const state = await temporaryState()
  const root = parseTrustedRoot((await openTrust(state, urls, NOW)).trustedRoot)
  expect(root.logs.map(({ id, baseUrl, host, key }) => ({ id, baseUrl, host, algorithm: key.algorithm }))).toEqual([
    { id: rekor1LogId(await state.key('rekor1', 'p256')), baseUrl: urls.rekor1, host: 'localhost', algorithm: 'P-256' },
    {
      id: rekor2LogId(await state.key('rekor2', 'ed25519')),
      baseUrl: urls.rekor2,
      host: 'localhost',
      algorithm: 'Ed25519',
    },
  ])
  expect(root.ctLogs.length).toBe(1)
  expect(root.authorities.map(({ uri, chain }) => [uri, chain.length])).toEqual([[urls.fulcio, 2]])
  expect(root.timestampAuthorities.map(({ uri, chain }) => [uri, chain.length])).toEqual([
    [`${urls.tsa}/api/v1/timestamp`, 2],
  ])
})

test('the signing config leads to Rekor v2 unless v1 is asked for', async () => {
  const config = parseSigningConfig((await openTrust(await temporaryState(), urls, NOW)).signingConfig)
  const chosen = chooseServices(config, NOW)
  expect(chosen.logs.map(({ url }) => url)).toEqual([urls.rekor2])
  expect([chosen.ca.url, chosen.oidc.url]).toEqual([urls.fulcio, urls.issuer])
  expect(chosen.timestampAuthorities.map(({ url }) => url)).toEqual([`${urls.tsa}/api/v1/timestamp`])
  expect(chooseServices(config, NOW, { logVersions: [1] }).logs.map(({ url }) => url)).toEqual([urls.rekor1])
})

test("sigstore's own types read all three documents and lose nothing of them", async () => {
  const trust = await openTrust(await temporaryState(), urls, NOW)
  const read = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes).replaceAll('00Z"', '00.000Z"'))
  expect(SpecRoot.toJSON(SpecRoot.fromJSON(read(trust.trustedRoot)))).toMatchObject(read(trust.trustedRoot))
  expect(SpecConfig.toJSON(SpecConfig.fromJSON(read(trust.signingConfig)))).toMatchObject(read(trust.signingConfig))
  const both = ClientTrustConfig.toJSON(ClientTrustConfig.fromJSON(read(trust.clientTrustConfig)))
  expect(both).toMatchObject(read(trust.clientTrustConfig))
})

test('the same directory on the same ports gives the same bytes, a year later too', async () => {
  const state = await temporaryState()
  const first = await openTrust(state, urls, NOW)
  expect(await openTrust(state, urls, NOW + 365 * 24 * 3_600_000)).toEqual(first)
  expect(Buffer.from((await state.read('trusted_root.json')) ?? '')).toEqual(Buffer.from(first.trustedRoot))
})
