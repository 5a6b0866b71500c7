import { createPublicKey, verify } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { concatBytes, equalBytes, fromBase64, toBase64, toHex } from '../../src/bytes.ts'
import { leafHash, nodeHash } from '../../src/rekor/merkle.ts'
import { treeHeadInput } from '../../src/sandbox/ct.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { type Certificate, findExtension } from '../../src/x509/certificate.ts'
import { checkScts, parseSctList } from '../../src/x509/sct.ts'
import { requestCertificate, startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const EMAIL = 'kim@example.com'

let sandbox: TestSandbox
let chain: readonly Certificate[]
beforeAll(async () => {
  sandbox = await startTestSandbox()
  const token = await sandbox.mintToken({ email: EMAIL })
  for (let i = 0; i < 5; i++) ({ chain } = await requestCertificate(sandbox, token, EMAIL))
})
afterAll(() => sandbox.close())

test('every leaf embeds a timestamp by the log in the trusted root', () => {
  const [leaf, ...issuers] = chain as [Certificate, ...Certificate[]]
  const { ctLogs } = parseTrustedRoot(sandbox.trustedRoot)
  expect(checkScts(leaf, issuers, ctLogs, [leaf.notBefore])).toBeUndefined()
})

test('the leaf is in the log, at the moment its timestamp says', async () => {
  const { entries } = (await get('/ct/v1/get-entries?start=4&end=4')) as { entries: { leaf_input: string }[] }
  const leaf = chain[0] as Certificate
  const [sct] = parseSctList(findExtension(leaf, '1.3.6.1.4.1.11129.2.4.2')?.value ?? new Uint8Array())
  const entry = fromBase64(entries[0]?.leaf_input ?? '')
  expect(toHex(entry.subarray(0, 2))).toBe('0000')
  expect(Number(BigInt(`0x${toHex(entry.subarray(2, 10))}`))).toBe(sct?.timestamp)
  expect(toHex(entry)).toContain(toHex(leaf.spki))
})

test('the signed tree head covers every certificate that was issued', async () => {
  const head = (await get('/ct/v1/get-sth')) as TreeHead
  expect(head.tree_size).toBe(5)
  const input = treeHeadInput(head.timestamp, head.tree_size, fromBase64(head.sha256_root_hash))
  const signature = fromBase64(head.tree_head_signature)
  expect(toHex(signature.subarray(0, 2))).toBe('0403')
  const key = createPublicKey(await readFile(`${sandbox.directory}/ct.pub.pem`))
  expect(verify('sha256', input, key, signature.subarray(4))).toBe(true)
})

test('an audit path leads from the entry to the tree head', async () => {
  const head = (await get('/ct/v1/get-sth')) as TreeHead
  const found = (await get('/ct/v1/get-entry-and-proof?leaf_index=4&tree_size=5')) as ProvenEntry
  // The fifth of five leaves hangs directly below the root.
  expect(found.audit_path).toHaveLength(1)
  const root = nodeHash(fromBase64(found.audit_path[0] ?? ''), leafHash(fromBase64(found.leaf_input)))
  expect(toBase64(root)).toBe(head.sha256_root_hash)
})

describe('the log refuses', () => {
  test('a precertificate of another CA', async () => {
    const issuer = chain[1] as Certificate
    const answer = await submit([chain[0]?.bytes ?? new Uint8Array(), concatBytes(issuer.bytes, Uint8Array.of(0))])
    expect([answer.status, await messageOf(answer)]).toEqual([400, 'the chain does not lead to a root of this log'])
  })

  test('a certificate that is no precertificate', async () => {
    const answer = await submit(chain.map(({ bytes }) => bytes))
    expect(await messageOf(answer)).toBe('precertificate: it has not exactly one poison extension')
  })

  test('what is no chain', async () => {
    expect((await submit([])).status).toBe(400)
  })
})

test('the root of the log is Fulcio\u2019s', async () => {
  const { certificates } = (await get('/ct/v1/get-roots')) as { certificates: string[] }
  expect(equalBytes(fromBase64(certificates[0] ?? ''), chain[2]?.bytes ?? new Uint8Array())).toBe(true)
})

interface TreeHead {
  readonly tree_size: number
  readonly timestamp: number
  readonly sha256_root_hash: string
  readonly tree_head_signature: string
}

interface ProvenEntry {
  readonly leaf_input: string
  readonly audit_path: readonly string[]
}

async function get(path: string): Promise<unknown> {
  return await (await fetch(`${sandbox.urls.ct}${path}`)).json()
}

function submit(certificates: readonly Uint8Array[]): Promise<Response> {
  const body = JSON.stringify({ chain: certificates.map(toBase64) })
  return fetch(`${sandbox.urls.ct}/ct/v1/add-pre-chain`, { method: 'POST', body })
}

async function messageOf(answer: Response): Promise<string> {
  return ((await answer.json()) as { message: string }).message
}
