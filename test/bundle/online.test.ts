import { hash } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { parseBundle } from '../../src/bundle/bundle.ts'
import { bundleOfEntry, entriesOf } from '../../src/bundle/online.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { type Login, logIn, logText } from '../support/online.ts'
import { startTestSandbox } from '../support/sandbox.ts'

const id = 'a'.repeat(40)
let login: Login
let entry: LogEntry

beforeAll(async () => {
  const sandbox = await startTestSandbox()
  login = await logIn(sandbox)
  entry = await logText(sandbox, login, id)
})

test('an entry becomes a bundle over the id that it is about, and the same entry again', () => {
  const bundle = parseBundle(bundleOfEntry(entry, login.leaf, ['b'.repeat(40), id]))
  expect(bundle.content).toMatchObject({ kind: 'message', stated: { digest: hash('sha256', id, 'buffer') } })
  expect(entriesOf(bundle, login.leaf)).toEqual([entry])
})

test('an entry about another object becomes none', () => {
  expect(() => bundleOfEntry(entry, login.leaf, ['b'.repeat(40)])).toThrow(
    expect.objectContaining({ code: 'parse', message: 'log entry: it is about another object' }),
  )
})

test("another key's certificate has no entry in it", () => {
  const bundle = parseBundle(bundleOfEntry(entry, login.leaf, [id]))
  expect(entriesOf(bundle, { ...login.leaf, bytes: login.leaf.bytes.slice(1) })).toEqual([])
})
