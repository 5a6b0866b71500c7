// The PyPI client, over plain http on loopback with the sandbox's ClientTrustConfig: it signs and verifies by itself, our
// core verifies its bundles, and it verifies the bundle of a Git signature.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { verifyBundle } from '../../src/verify/bundle.ts'
import { bundleOf } from '../support/bundle.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { EMAIL, KINDS, signOn } from './signed.ts'

const program = fileURLToPath(new URL('../../.venv/bin/sigstore', import.meta.url))
const hasClient = existsSync(program)
if (!hasClient) console.warn('skipped: .venv has no Python Sigstore client; run ./scripts/python')

const folder = mkdtempSync(join(tmpdir(), 'gitsigil-sigstore-python-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

function put(name: string, content: Uint8Array | string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

/** Both streams; rejects where the client does not exit with 0. It keeps what it caches in the test's own folder. */
async function sigstore(...args: readonly string[]): Promise<string> {
  const config = join(sandbox.directory, 'client_trust_config.json')
  const home = { HOME: folder, XDG_CACHE_HOME: folder, XDG_DATA_HOME: folder }
  // It wraps its lines, paths included, at what it takes for the width of a terminal.
  const env = { PATH: process.env['PATH'], COLUMNS: '1000', ...home }
  const { stdout, stderr } = await promisify(execFile)(program, ['--trust-config', config, ...args], { env })
  return stdout + stderr
}

async function signByClient(artifact: string, version: number): Promise<string> {
  const token = await sandbox.mintToken({ email: EMAIL })
  const bundle = `${artifact}.v${version}.sigstore.json`
  const output = ['--bundle', bundle, '--overwrite']
  await sigstore('sign', '--rekor-version', String(version), '--identity-token', token, ...output, artifact)
  return bundle
}

function verifyByClient(bundle: string, artifact: string, email = EMAIL): Promise<string> {
  const expected = ['--cert-identity', email, '--cert-oidc-issuer', sandbox.urls.issuer]
  return sigstore('verify', 'identity', '--bundle', bundle, ...expected, artifact)
}

describe.skipIf(!hasClient).each([1, 2])('the PyPI client with Rekor v%i', (version) => {
  test('signs, verifies its own bundle, and our core verifies it', async () => {
    const content = Buffer.from('an artifact\r\n\xff', 'latin1')
    const artifact = put(`artifact-${version}`, content)
    const bundle = await signByClient(artifact, version)
    expect(await verifyByClient(bundle, artifact)).toContain(`OK: ${artifact}`)
    const trust = parseTrustedRoot(sandbox.trustedRoot)
    const verdict = verifyBundle(readFileSync(bundle), content, { trust, now: Date.now() })
    if (!verdict.ok) throw new Error(`${verdict.rejection.check}: ${verdict.rejection.why}`)
    expect(verdict.signer.identity).toMatchObject({ subject: EMAIL, issuer: sandbox.urls.issuer })
    expect(verdict.entry.version).toBe(`0.0.${version}`)
  })

  test('refuses its own bundle over other bytes', async () => {
    const artifact = put(`changed-${version}`, 'as it was signed')
    const bundle = await signByClient(artifact, version)
    await expect(verifyByClient(bundle, put(`changed-${version}`, 'as it is now'))).rejects.toThrow(
      'Bundle message digest mismatch',
    )
  })
})

describe.skipIf(!hasClient).each(KINDS)('the bundle of a Git signature with $name', (kind) => {
  test('is verified by the PyPI client, and refused to another identity', async () => {
    const { data } = await signOn(sandbox, kind)
    const artifact = put('attributes', data.signedAttributes)
    const bundle = put('attributes.sigstore.json', JSON.stringify(bundleOf(data)))
    expect(await verifyByClient(bundle, artifact)).toContain(`OK: ${artifact}`)
    await expect(verifyByClient(bundle, artifact, 'eve@example.com')).rejects.toThrow(
      'SANs do not match eve@example.com',
    )
  })
})
