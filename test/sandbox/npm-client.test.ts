import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sign, verify } from 'sigstore'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

const payload = Buffer.from('an artifact')

async function verifyOptions() {
  const cache = mkdtempSync(join(tmpdir(), 'gitsigil-npm-'))
  const tuf = { tufMirrorURL: sandbox.urls.tuf, tufRootPath: join(sandbox.directory, 'tuf', 'root.json') }
  const identity = { certificateIdentityEmail: 'dev@example.com', certificateIssuer: sandbox.urls.issuer }
  return {
    options: { ...tuf, ...identity, tufCachePath: cache, tufForceCache: false },
    remove: () => rmSync(cache, { recursive: true }),
  }
}

test('the npm client signs against the sandbox, and verifies by what it finds in the TUF repository', async () => {
  const identityToken = await sandbox.mintToken({ email: 'dev@example.com' })
  const { fulcio, rekor1 } = sandbox.urls
  const bundle = await sign(payload, { fulcioURL: fulcio, rekorURL: rekor1, identityToken, retry: 0 })
  const { options, remove } = await verifyOptions()
  await expect(verify(bundle, payload, options)).resolves.toBeDefined()
  const other = { ...options, certificateIdentityEmail: 'other@example.com' }
  await expect(verify(bundle, payload, other)).rejects.toThrow()
  await expect(verify(bundle, Buffer.from('another artifact'), options)).rejects.toThrow()
  remove()
})
