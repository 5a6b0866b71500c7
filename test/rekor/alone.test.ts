import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkAlone, checkOwnSignature } from '../../src/rekor/alone.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import type { LogAuthority } from '../../src/trust/root.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { logIn, logText } from '../support/online.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
let log: LogAuthority
let entry: LogEntry
let other: LogEntry

beforeAll(async () => {
  sandbox = await startTestSandbox()
  const found = parseTrustedRoot(sandbox.trustedRoot).logs.find(({ baseUrl }) => baseUrl === sandbox.urls.rekor1)
  if (found === undefined) throw new Error('no log')
  log = found
  const login = await logIn(sandbox)
  entry = await logText(sandbox, login, 'a'.repeat(40))
  other = await logText(sandbox, login, 'b'.repeat(40))
})
afterAll(() => sandbox.close())

test('what a log holds is held, whatever it is about', () => {
  expect(checkAlone(entry, log)).toBeUndefined()
})

function without(part: 'canonicalizedBody' | 'proof' | 'promise'): LogEntry {
  const { [part]: _, ...rest } = entry
  return rest
}

test.each<[string, () => LogEntry, string]>([
  ['an entry without a body', () => without('canonicalizedBody'), 'no body or no inclusion proof'],
  ['an entry without a proof', () => without('proof'), 'no body or no inclusion proof'],
  [
    "another entry's body",
    () => ({ ...entry, canonicalizedBody: other.canonicalizedBody ?? new Uint8Array() }),
    'does not lead to the root',
  ],
  ['a time that nobody signed', () => without('promise'), 'its time is not signed'],
  ['another time than was signed', () => ({ ...entry, integratedTime: entry.integratedTime + 1n }), 'does not verify'],
])('%s is not held', (_, make, why) => {
  expect(checkAlone(make(), log)).toContain(why)
})

test('a log that was not in use then, or has another key, holds nothing', () => {
  const before = { start: 0, end: Number(entry.integratedTime) * 1000 - 1 }
  expect(checkAlone(entry, { ...log, validFor: before })).toBe('the log was not valid at that time')
  expect(checkAlone(entry, { ...log, id: new Uint8Array(32) })).toBe('the checkpoint has no signature by the log')
})

test("a record whose signature is not by its own key is somebody's invention", () => {
  const text = Buffer.from(entry.canonicalizedBody ?? []).toString()
  const digest = /"value":"([0-9a-f]{64})"/.exec(text)?.[1] ?? ''
  expect(checkOwnSignature(Buffer.from(text))).toBeUndefined()
  expect(checkOwnSignature(Buffer.from(text.replace(digest, 'c'.repeat(64))))).toBe(
    'the signature that it holds does not verify with the key that it holds',
  )
})
