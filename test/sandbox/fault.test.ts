import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readDer, TAG } from '../../src/asn1/read.ts'
import { encodeInteger, encodeOctetString, encodeOid, encodeSequence } from '../../src/asn1/write.ts'
import { encodeUtf8, fromBase64, toHex } from '../../src/bytes.ts'
import { Fault } from '../../src/errors.ts'
import { parseFault, type SandboxFault } from '../../src/sandbox/fault.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { checkTimestamp } from '../../src/tsa/check.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { checkChain } from '../../src/x509/chain.ts'
import { checkScts } from '../../src/x509/sct.ts'
import { newKey, requestCertificate, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { proposalV1, requestV2, type Signed, signArtifact } from './signed.ts'

const EMAIL = 'kim@example.com'

const LOGS = [
  ['rekor1', '/api/v1/log/entries', (what: Signed): unknown => proposalV1(what)],
  ['rekor2', '/api/v2/log/entries', (what: Signed): unknown => requestV2(what)],
] as const

let sandbox: TestSandbox
let token: string
beforeAll(async () => {
  sandbox = await startTestSandbox()
  token = await sandbox.mintToken({ email: EMAIL })
})
afterEach(() => sandbox.setFaults([]))
afterAll(() => sandbox.close())

describe('SERVICE:KIND[:N]', () => {
  test.each([
    ['fulcio:5xx', { service: 'fulcio', kind: '5xx' }],
    ['rekor1:409:2', { service: 'rekor1', kind: '409', count: 2 }],
    ['tsa:latency:50', { service: 'tsa', kind: 'latency', count: 50 }],
    ['tsa:latency', { service: 'tsa', kind: 'latency', count: 1000 }],
    ['rekor2:503:1', { service: 'rekor2', kind: '503', count: 1 }],
  ] satisfies readonly (readonly [string, SandboxFault])[])('%s is understood', (text, fault) => {
    expect(parseFault(text)).toEqual(fault)
  })

  test.each([
    '',
    'fulcio',
    'fulcio:',
    'fulcio:slow',
    'dex:5xx',
    'fulcio:5xx:0',
    'fulcio:5xx:-1',
    'fulcio:5xx:1:1',
    'fulcio:409',
    'issuer:wrong-proof',
    'rekor1:expired-certificate',
  ])('%j is a usage error that says what would be right', (text) => {
    const parse = () => parseFault(text)
    expect(parse).toThrow(Fault)
    expect(parse).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringContaining('fulcio') }))
  })
})

test('a server error hits as many requests as it is told to', async () => {
  sandbox.setFaults([parseFault('fulcio:5xx:2')])
  const statuses = [await certified(), await certified(), await certified()].map(({ status }) => status)
  expect(statuses).toEqual([503, 503, 200])
})

test('a dropped connection is no answer', async () => {
  sandbox.setFaults([parseFault('fulcio:drop:1')])
  await expect(fetch(`${sandbox.urls.fulcio}/api/v2/configuration`)).rejects.toThrow()
  expect((await fetch(`${sandbox.urls.fulcio}/api/v2/configuration`)).status).toBe(200)
})

test('garbage comes with the status and type of the true answer', async () => {
  sandbox.setFaults([parseFault('fulcio:garbage')])
  const answer = await fetch(`${sandbox.urls.fulcio}/api/v2/configuration`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
  await expect(answer.json()).rejects.toThrow()
})

describe.each(LOGS)('%s', (name, path, propose) => {
  const submit = (what: Signed) => {
    const headers = { 'content-type': 'application/json' }
    return fetch(`${sandbox.urls[name]}${path}`, { method: 'POST', headers, body: JSON.stringify(propose(what)) })
  }

  test('says by 409 that the entry which it has just taken was there', async () => {
    const what = signArtifact(encodeUtf8(`${name} conflict`), newKey())
    sandbox.setFaults([parseFault(`${name}:409:1`)])
    const first = await submit(what)
    const again = await submit(what)
    const placeOf = ({ status, headers }: Response) => [status, headers.get('location') ?? headers.get('x-log-index')]
    expect(placeOf(first)).toEqual(placeOf(again))
    expect(placeOf(first)).toEqual([409, expect.any(String)])
  })

  test('has taken the entry whose answer was lost', async () => {
    const what = signArtifact(encodeUtf8(`${name} lost`), newKey())
    sandbox.setFaults([parseFault(`${name}:drop:1`)])
    await expect(submit(what)).rejects.toThrow()
    expect((await submit(what)).status).toBe(409)
  })

  test('shows another root in a wrong proof than in the checkpoint', async () => {
    sandbox.setFaults([parseFault(`${name}:wrong-proof:1`)])
    const bodies = []
    for (const text of ['wrong', 'right'])
      bodies.push(await (await submit(signArtifact(encodeUtf8(`${name} ${text}`), newKey()))).text())
    expect(bodies.map(rootsAgree)).toEqual([false, true])
  })
})

test('latency delays each answer', async () => {
  sandbox.setFaults([parseFault('issuer:latency:150')])
  const started = performance.now()
  await fetch(`${sandbox.urls.issuer}/keys`)
  expect(performance.now() - started).toBeGreaterThan(140)
})

test('a fault of one service leaves the others alone', async () => {
  sandbox.setFaults([parseFault('rekor1:5xx'), parseFault('tsa:drop')])
  expect((await certified()).status).toBe(200)
})

test('a log that does not answer keeps Fulcio from issuing', async () => {
  sandbox.setFaults([parseFault('ct:5xx:1')])
  expect(await certified()).toMatchObject({ status: 500, message: 'Error entering certificate in CTL' })
  expect((await certified()).status).toBe(200)
})

test('an expired certificate is good but for its time', async () => {
  sandbox.setFaults([parseFault('fulcio:expired-certificate')])
  const [leaf, ...authority] = (await certified()).chain as [Certificate, ...Certificate[]]
  expect(leaf.notAfter).toBeLessThan(Date.now())
  expect(checkChain(leaf, [], authority, leaf.notAfter, 'codeSigning').ok).toBe(true)
  expect(checkChain(leaf, [], authority, Date.now(), 'codeSigning').ok).toBe(false)
})

test('a wrong proof of Fulcio is a timestamp that does not verify', async () => {
  sandbox.setFaults([parseFault('fulcio:wrong-proof')])
  const [leaf, ...authority] = (await certified()).chain as [Certificate, ...Certificate[]]
  const { ctLogs } = parseTrustedRoot(sandbox.trustedRoot)
  expect(checkScts(leaf, authority, ctLogs, [leaf.notBefore])).toEqual(expect.any(String))
})

test.each(['wrong-proof', 'expired-certificate'])('%s of the timestamp authority is found out', async (kind) => {
  const data = new TextEncoder().encode('data')
  sandbox.setFaults([parseFault(`tsa:${kind}:1`)])
  const { timestampAuthorities } = parseTrustedRoot(sandbox.trustedRoot)
  expect(checkTimestamp(await timestamp(data), data, timestampAuthorities)).toMatchObject({ ok: false })
  expect(checkTimestamp(await timestamp(data), data, timestampAuthorities)).toMatchObject({ ok: true })
})

/** Whether the root in the proof is the one in the checkpoint, in whichever form the log writes it. */
function rootsAgree(body: string): boolean {
  const root = /"rootHash":"([^"]+)"/.exec(body)?.[1] ?? ''
  const inCheckpoint = /localhost(?: - \d+)?\\n\d+\\n([^\\]+)\\n/.exec(body)?.[1] ?? ''
  return root === inCheckpoint || root === toHex(fromBase64(inCheckpoint))
}

function certified() {
  return requestCertificate(sandbox, token, EMAIL)
}

async function timestamp(data: Uint8Array): Promise<Uint8Array> {
  const digest = createHash('sha256').update(data).digest()
  const algorithm = encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1'))
  const certReq = Uint8Array.of(1, 1, 255)
  const imprint = encodeSequence(algorithm, encodeOctetString(digest))
  const answer = await fetch(`${sandbox.urls.tsa}/api/v1/timestamp`, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body: Uint8Array.from(encodeSequence(encodeInteger(1), imprint, certReq)),
  })
  const reader = readDer(new Uint8Array(await answer.arrayBuffer()), TAG.sequence).reader()
  reader.read(TAG.sequence)
  return reader.read(TAG.sequence).bytes
}
