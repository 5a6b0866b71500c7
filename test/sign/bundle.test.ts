// Signing into bundles over ports: what is refused before anybody is asked, and the word of several witnesses.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseBundle } from '../../src/bundle/bundle.ts'
import { createPorts } from '../../src/clients.ts'
import { encodeSignedAttributes } from '../../src/cms/encode.ts'
import { type BundlePorts, signBundle, signStatement } from '../../src/sign/bundle.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { verifyBundle } from '../../src/verify/bundle.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const nobody = () => expect.fail('was asked')
const silent: BundlePorts = {
  identity: { token: nobody },
  ca: { certify: nobody },
  log: { witness: nobody },
  clock: { now: nobody },
}

describe('refused before anybody is asked is', () => {
  test('an artifact whose signature would be a commit’s', async () => {
    const payloadDigest = createHash('sha256').update('tree ...').digest()
    const attributes = encodeSignedAttributes({ payloadDigest, signingTime: 0 })
    await expect(signBundle(attributes, silent)).rejects.toMatchObject({ code: 'usage' })
  })

  test.each(['', '{}', '{"_type":"https://in-toto.io/Statement/v1"}'])('the statement %j', async (text) => {
    await expect(signStatement(Buffer.from(text), silent)).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('on a sandbox', () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await startTestSandbox()
  })
  afterAll(() => sandbox.close())

  test('a bundle holds the word of each log and authority, and verifies', async () => {
    const trust = parseTrustedRoot(sandbox.trustedRoot)
    const portsTo = (rekor: string, rekorVersion: 1 | 2) =>
      createPorts({
        fulcio: sandbox.urls.fulcio,
        rekor,
        rekorVersion,
        timestamp: `${sandbox.urls.tsa}/api/v1/timestamp`,
        token: () => sandbox.mintToken({ email: 'kim@example.com' }),
        trust,
      })
    const second = portsTo(sandbox.urls.rekor1, 1)
    const ports: BundlePorts = {
      ...portsTo(sandbox.urls.rekor2, 2),
      furtherLogs: [second.log],
      furtherTimestamps: second.timestamp === undefined ? [] : [second.timestamp],
    }
    const artifact = Buffer.from('artifact')
    const { bundle, entry } = await signBundle(artifact, ports)
    const { entries, timestampTokens } = parseBundle(bundle)
    expect(entries.map(({ version }) => version)).toEqual(['0.0.2', '0.0.1'])
    expect(entries[0]).toEqual(entry)
    expect(timestampTokens.length).toBe(2)
    const verdict = verifyBundle(bundle, artifact, { trust, now: Date.now() })
    expect(verdict.ok && verdict.times.map(({ source }) => source)).toEqual(['timestamp', 'timestamp', 'log'])
  })
})
