// The npm client signs on the sandbox and verifies what it made, trust and all; our core agrees, and it accepts ours.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleToJSON } from '@sigstore/bundle'
import { SigningConfig } from '@sigstore/protobuf-specs'
import { bundleBuilderFromSigningConfig } from '@sigstore/sign'
import { sign, verify } from 'sigstore'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { verifyBundle } from '../../src/verify/bundle.ts'
import { bundleOf } from '../support/bundle.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { EMAIL, KINDS, signOn } from './signed.ts'

const artifact = Buffer.from('an artifact\r\n\xff', 'latin1')

const folder = mkdtempSync(join(tmpdir(), 'gitsigil-sigstore-js-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

type JsBundle = Awaited<ReturnType<typeof sign>>

/** By `sigstore`, which takes its trusted root from the sandbox's TUF repository. Throws where it refuses. */
async function verifyByClient(bundle: JsBundle, data: Uint8Array, email = EMAIL): Promise<string | undefined> {
  const signer = await verify(bundle, Buffer.from(data), {
    tufMirrorURL: sandbox.urls.tuf,
    tufRootPath: join(sandbox.directory, 'tuf/root.json'),
    tufCachePath: folder,
    certificateIdentityEmail: email,
    certificateIssuer: sandbox.urls.issuer,
  })
  return signer.identity?.subjectAlternativeName
}

function verifyByCore(bundle: JsBundle, data: Uint8Array = artifact) {
  const trust = parseTrustedRoot(sandbox.trustedRoot)
  return verifyBundle(Buffer.from(JSON.stringify(bundle)), data, { trust, now: Date.now() })
}

async function signByOptions(withTimestamp: boolean): Promise<JsBundle> {
  return await sign(artifact, {
    fulcioURL: sandbox.urls.fulcio,
    rekorURL: sandbox.urls.rekor1,
    identityToken: await sandbox.mintToken({ email: EMAIL }),
    ...(withTimestamp ? { tsaServerURL: sandbox.urls.tsa } : {}),
  })
}

/** By the sandbox's signing config, less the logs of other versions: the client takes the first that began last. */
async function signByConfig(version: 1 | 2): Promise<JsBundle> {
  const config = SigningConfig.fromJSON(JSON.parse(new TextDecoder().decode(sandbox.signingConfig)))
  const rekorTlogUrls = config.rekorTlogUrls.filter(({ majorApiVersion }) => majorApiVersion === version)
  const token = await sandbox.mintToken({ email: EMAIL })
  const builder = bundleBuilderFromSigningConfig({
    signingConfig: { ...config, rekorTlogUrls },
    identityProvider: { getToken: async () => token },
    bundleType: 'messageSignature',
  })
  return bundleToJSON(await builder.create({ data: artifact }))
}

const ways: readonly (readonly [
  way: string,
  version: '0.0.1' | '0.0.2',
  sources: string,
  make: () => Promise<JsBundle>,
])[] = [
  ['URLs, without a timestamp', '0.0.1', 'log', () => signByOptions(false)],
  ['URLs, with a timestamp', '0.0.1', 'timestamp log', () => signByOptions(true)],
  ['the signing config with Rekor v1', '0.0.1', 'timestamp log', () => signByConfig(1)],
  ['the signing config with Rekor v2', '0.0.2', 'timestamp', () => signByConfig(2)],
]

describe.each(ways)('the npm client, signing by %s', (_, version, sources, make) => {
  test('gets a bundle that it verifies itself, and that our core verifies', async () => {
    const bundle = await make()
    expect(await verifyByClient(bundle, artifact)).toBe(EMAIL)
    const verdict = verifyByCore(bundle)
    if (!verdict.ok) throw new Error(`${verdict.rejection.check}: ${verdict.rejection.why}`)
    expect(verdict.signer.identity).toMatchObject({ subject: EMAIL, issuer: sandbox.urls.issuer })
    expect(verdict.entry).toMatchObject({ kind: 'hashedrekord', version })
    expect(verdict.times.map(({ source }) => source).join(' ')).toBe(sources)
  })
})

test('our core refuses the client’s bundle for another artifact', async () => {
  const verdict = verifyByCore(await signByOptions(false), Buffer.from('another'))
  expect(verdict).toMatchObject({ ok: false, rejection: { check: 'digest' } })
})

describe.each(KINDS)('the bundle of a Git signature with $name', (kind) => {
  test('is verified by the npm client, and refused to another identity', async () => {
    const { data } = await signOn(sandbox, kind)
    const bundle: JsBundle = JSON.parse(JSON.stringify(bundleOf(data)))
    expect(await verifyByClient(bundle, data.signedAttributes)).toBe(EMAIL)
    await expect(verifyByClient(bundle, data.signedAttributes, 'eve@example.com')).rejects.toThrow('identity')
  })
})
