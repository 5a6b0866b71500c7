// The whole signing flow against the sandbox, with Rekor v1 and v2: what signPayload makes, verifySignature accepts.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createFulcioClient } from '../../src/fulcio/client.ts'
import { parseToken } from '../../src/oidc/token.ts'
import { createRekorClient } from '../../src/rekor/client.ts'
import type { SandboxFault } from '../../src/sandbox/fault.ts'
import { type Ports, signPayload } from '../../src/sign/sign.ts'
import { createHttp } from '../../src/system/http.ts'
import type { TrustedRoot } from '../../src/trust/root.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { createTimestampClient } from '../../src/tsa/client.ts'
import { verifySignature } from '../../src/verify/verify.ts'
import { faultOf, printed } from '../support/faults.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
let trust: TrustedRoot
beforeAll(async () => {
  sandbox = await startTestSandbox()
  trust = parseTrustedRoot(sandbox.trustedRoot)
})
afterEach(() => sandbox.setFaults([]))
afterAll(() => sandbox.close())

const payload = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nno last newline')

async function portsTo(version: 1 | 2, claims: Parameters<TestSandbox['mintToken']>[0]): Promise<Ports> {
  const http = createHttp({ userAgent: 'gitsigil/test', sleep: async () => {} })
  const token = parseToken(await sandbox.mintToken(claims), 'the test')
  const { fulcio, rekor1, rekor2, tsa } = sandbox.urls
  return {
    identity: { token: async () => token },
    ca: createFulcioClient({ http, url: fulcio, now: Date.now }),
    log: createRekorClient({ http, url: version === 1 ? rekor1 : rekor2, version, logs: trust.logs }),
    ...(version === 2 ? { timestamp: createTimestampClient({ http, url: `${tsa}/api/v1/timestamp` }) } : {}),
    clock: { now: Date.now },
  }
}

async function signWith(version: 1 | 2, faults: readonly SandboxFault[] = []) {
  const ports = await portsTo(version, { email: 'kim@example.com' })
  sandbox.setFaults(faults)
  return await signPayload(payload, ports)
}

describe.each([1, 2] as const)('with Rekor v%i', (version) => {
  test('what is signed verifies under the sandbox’s trusted root, and names the token’s email address', async () => {
    const signed = await signWith(version)
    const verdict = verifySignature(payload, signed.armored, { trust, now: Date.now() })
    if (!verdict.ok) throw new Error(`${verdict.rejection.check}: ${verdict.rejection.why}`)
    expect(verdict.signer.identity.subject).toBe('kim@example.com')
    expect(verdict.entry.version).toBe(version === 1 ? '0.0.1' : '0.0.2')
    expect(verdict.entry.logIndex).toBe(signed.entry.logIndex)
  })

  test('an entry that the log says it has already is fetched, and does as well', async () => {
    const service = version === 1 ? 'rekor1' : 'rekor2'
    for (let count = 0; count < 3; count++) {
      const signed = await signWith(version, [{ service, kind: '409', count: 1 }])
      const verdict = verifySignature(payload, signed.armored, { trust, now: Date.now() })
      expect(verdict).toMatchObject({ ok: true })
    }
  })

  test.each(['503', 'drop', '429'] as const)('a service that fails once (%s) is asked again', async (kind) => {
    const service = version === 1 ? 'rekor1' : 'rekor2'
    const signed = await signWith(version, [
      { service, kind, count: 1 },
      { service: 'fulcio', kind, count: 1 },
      { service: 'tsa', kind, count: 1 },
    ])
    expect(verifySignature(payload, signed.armored, { trust, now: Date.now() })).toMatchObject({ ok: true })
  })

  test.each([
    ['5xx', 'answered 503 in 4 attempts'],
    ['garbage', 'answered with what is no log entry'],
    ['wrong-proof', 'answered with a wrong proof'],
  ] as const)('a log that goes on with %s is a fault that names it', async (kind, why) => {
    const service = version === 1 ? 'rekor1' : 'rekor2'
    const fault = await faultOf(signWith(version, [{ service, kind }]))
    expect(fault.code).toBe('log')
    expect(fault.message).toContain(`Rekor at ${new URL(sandbox.urls[service]).host} ${why}`)
  })
})

test.each([
  ['drop', 'network', 'closed the connection'],
  ['garbage', 'ca', 'answered with what is no certificate chain'],
  ['expired-certificate', 'ca', 'and the clock here says'],
] as const)('a CA with the fault %s is a fault that names it', async (kind, code, why) => {
  const fault = await faultOf(signWith(1, [{ service: 'fulcio', kind }]))
  expect(fault.code).toBe(code)
  expect(fault.message).toContain(`Fulcio at ${new URL(sandbox.urls.fulcio).host}`)
  expect(fault.message).toContain(why)
})

test('a timestamp authority that stays away is a fault that names it', async () => {
  const fault = await faultOf(signWith(2, [{ service: 'tsa', kind: '5xx' }]))
  expect(fault).toMatchObject({ code: 'tsa' })
  expect(fault.message).toContain('timestamp authority at localhost')
})

describe('tokens', () => {
  test('of an issuer that goes by the subject are signed for, though they carry an email address', async () => {
    const claims = { sub: 'https://sandbox.example/build/7', email: 'kim@example.com', email_verified: true }
    const signed = await signPayload(payload, await portsTo(1, { folder: 'uri', claims }))
    const verdict = verifySignature(payload, signed.armored, { trust, now: Date.now() })
    expect(verdict).toMatchObject({ ok: true, signer: { identity: { subject: 'https://sandbox.example/build/7' } } })
  })

  test.each([
    ['of an issuer that Fulcio does not know', { claims: { iss: 'https://elsewhere.test' } }, 'it takes no tokens of'],
    ['for another audience', { audience: 'other' }, 'for the audience "sigstore"'],
    ['that have expired on their way', { ttl: -60 }, 'get a new one'],
    ['with an address nobody verified', { claims: { email_verified: false } }, 'email_verified'],
  ])('%s are refused with a hint at the cause', async (_, claims, hint) => {
    const fault = await faultOf(signPayload(payload, await portsTo(1, { email: 'kim@example.com', ...claims })))
    expect(fault.code).toBe('ca')
    expect(fault.message).toMatch(/^Fulcio at localhost:\d+ answered 40[01]: /)
    expect(fault.hint).toContain(hint)
    expect(printed(fault)).not.toContain('eyJ')
  })
})

test('thirty signatures at once, on either log, are all good', async () => {
  const signed = await Promise.all(Array.from({ length: 30 }, (_, i) => signWith(i % 2 === 0 ? 1 : 2)))
  for (const { armored } of signed)
    expect(verifySignature(payload, armored, { trust, now: Date.now() })).toMatchObject({ ok: true })
})
