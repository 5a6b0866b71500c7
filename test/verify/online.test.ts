// A signature in online mode is accepted by the entry of its own object's id, by its own key, and by nothing else.
import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { loggedIds } from '../../src/git/logged-id.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import type { TrustedRoot } from '../../src/trust/root.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { onlineCheck } from '../../src/verify/online.ts'
import { verifySignature } from '../../src/verify/verify.ts'
import { enter, makeLog } from '../support/log.ts'
import {
  commitPayload,
  type Login,
  logIn,
  logRekord,
  logText,
  type OnlineSigned,
  signAlone,
  tagPayload,
} from '../support/online.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

let sandbox: TestSandbox
let trust: TrustedRoot
let login: Login
let signed: OnlineSigned
let entry: LogEntry
beforeAll(async () => {
  sandbox = await startTestSandbox()
  trust = parseTrustedRoot(sandbox.trustedRoot)
  login = await logIn(sandbox)
  signed = signAlone(login, commitPayload('one'))
  // Some leaves, so that a proof has hashes to be wrong.
  for (const text of ['a', 'b', 'c']) await logText(sandbox, login, text)
  entry = await logText(sandbox, login, signed.oid)
})
afterAll(() => sandbox.close())

function verify(entries: readonly LogEntry[], what: OnlineSigned = signed, object = what.object) {
  const online = onlineCheck({ object, entries })
  return verifySignature(what.payload, what.armored, { trust, now: Date.now(), online })
}

function refusal(entries: readonly LogEntry[], what?: OnlineSigned): string {
  const verdict = verify(entries, what)
  return verdict.ok ? 'accepted' : `${verdict.rejection.check}: ${verdict.rejection.why}`
}

test('it is accepted by the entry of its id, with the time and the index that the log proves', () => {
  const verdict = verify([entry])
  if (!verdict.ok) throw new Error(verdict.rejection.why)
  expect(verdict.signer.identity.subject).toBe('kim@example.com')
  expect(verdict.entry).toMatchObject({ logIndex: entry.logIndex, kind: 'hashedrekord', version: '0.0.1' })
  expect(verdict.times).toMatchObject([{ source: 'log', time: Number(entry.integratedTime) * 1000 }])
})

test('a rekord does as well', async () => {
  const what = signAlone(login, commitPayload('a rekord'))
  const verdict = verify([await logRekord(sandbox, login, what.oid)], what)
  if (!verdict.ok) throw new Error(verdict.rejection.why)
  expect(verdict.entry.kind).toBe('rekord')
})

test('without evidence it has no proven time, and with none found neither', () => {
  const verdict = verifySignature(signed.payload, signed.armored, { trust, now: Date.now() })
  expect(verdict.ok ? '' : verdict.rejection.why).toContain("signed in gitsign's online mode")
  expect(refusal([])).toBe('time: no log entry is embedded, and none was found for this object')
})

test('of several entries one that is right suffices', async () => {
  const other = await logText(sandbox, login, 'another text')
  expect(verify([other, { ...entry, integratedTime: 5n }, entry]).ok).toBe(true)
})

describe('an entry is refused that is', () => {
  test('of the same key about another object', async () => {
    const other = await logText(sandbox, login, 'ab'.repeat(20))
    expect(refusal([other])).toBe('log: the log entry that was found is about another object')
  })

  test('about this object by somebody else', async () => {
    const mallory = await logIn(sandbox, 'mallory@example.com')
    const other = await logText(sandbox, mallory, signed.oid)
    expect(refusal([other])).toBe('log: the log entry that was found is of another certificate')
  })

  test('about this object by the same person with another certificate', async () => {
    const other = await logText(sandbox, await logIn(sandbox), signed.oid)
    expect(refusal([other])).toBe('log: the log entry that was found is of another certificate')
  })

  test('of a signature that the key did not make', () => {
    const digest = hash('sha256', signed.oid, 'buffer')
    const { leaf } = signed
    const signature = login.key.sign(encodeUtf8('something else'))
    const body = hashedRekordBody({ version: '0.0.1', digest, signature, certificate: leaf.bytes, key: leaf.key })
    expect(refusal([{ ...entry, canonicalizedBody: body }])).toBe(
      "log: the log entry's signature over the object id does not verify with the key of the certificate",
    )
  })

  test.each(['sha512', 'md5', ''])('of a digest that is said to be by %j', (algorithm) => {
    const body = new TextDecoder().decode(entry.canonicalizedBody)
    const changed = body.replace('"algorithm":"sha256"', `"algorithm":"${algorithm}"`)
    expect(changed).not.toBe(body)
    expect(refusal([{ ...entry, canonicalizedBody: encodeUtf8(changed) }])).toBe(
      'log: the log entry that was found is about another object',
    )
  })

  test('of the CMS signature itself, as in the other mode', async () => {
    const { leaf, key } = signed
    const text = 'the signed attributes of something'
    const body = hashedRekordBody({
      version: '0.0.1',
      digest: hash('sha256', text, 'buffer'),
      signature: key.sign(encodeUtf8(text)),
      certificate: leaf.bytes,
      key: leaf.key,
    })
    expect(refusal([{ ...entry, canonicalizedBody: body }])).toBe(
      'log: the log entry that was found is about another object',
    )
  })

  test.each<[string, (entry: LogEntry) => LogEntry, string]>([
    ['without a promise', ({ promise: _, ...rest }) => rest, 'time: the log entry has no signed entry timestamp'],
    ['without a proof', ({ proof: _, ...rest }) => rest, 'time: the log entry has no inclusion proof'],
    ['without a body', ({ canonicalizedBody: _, ...rest }) => rest, 'log: log entry: its body is missing'],
    [
      'dated by its bearer',
      (one) => ({ ...one, integratedTime: one.integratedTime - 60n }),
      'time: the signed entry timestamp does not verify',
    ],
    [
      'numbered by its bearer',
      (one) => ({ ...one, logIndex: one.logIndex + 1n }),
      'time: the signed entry timestamp does not verify',
    ],
    [
      'with a proof of another place',
      (one) => ({ ...one, ...(one.proof && { proof: { ...one.proof, logIndex: 0n } }) }),
      'log: the inclusion proof does not lead to the root of the tree',
    ],
    [
      'with a proof that lacks a hash',
      (one) => ({ ...one, ...(one.proof && { proof: { ...one.proof, hashes: one.proof.hashes.slice(1) } }) }),
      'log: the inclusion proof has a wrong length',
    ],
    [
      'with a root that no checkpoint has',
      (one) => ({ ...one, ...(one.proof && { proof: { ...one.proof, checkpoint: '' } }) }),
      'log: checkpoint: not a signed note',
    ],
    [
      'of a log that nobody trusts',
      (one) => ({ ...one, logId: new Uint8Array(32) }),
      'time: the log entry is of a log that is not in the trusted root',
    ],
    [
      'of another kind than its body',
      (one) => ({ ...one, kind: 'rekord' }),
      'log: the log entry is of another kind than its body',
    ],
    [
      'of a kind that logs something else',
      (one) => ({ ...one, canonicalizedBody: encodeUtf8('{"kind":"alpine","apiVersion":"0.0.1","spec":{}}') }),
      'log: the log entry that was found is of another kind: alpine 0.0.1',
    ],
    ['no entry at all', (one) => ({ ...one, canonicalizedBody: encodeUtf8('{') }), 'log: entry body: not JSON'],
  ])('%s', (_, change, why) => {
    expect(refusal([change(entry)])).toBe(why)
  })

  test('in the tree of a log that only its bearer runs', () => {
    const own = makeLog('p256')
    const forged = enter(own, '0.0.1', entry.canonicalizedBody ?? new Uint8Array())
    const body = entry.canonicalizedBody ?? new Uint8Array()
    expect(refusal([{ ...forged, canonicalizedBody: body }])).toBe(
      'time: the log entry is of a log that is not in the trusted root',
    )
  })
})

test('one flipped bit in the body is never accepted', () => {
  const body = entry.canonicalizedBody ?? new Uint8Array()
  for (let at = 0; at < body.length; at += 7) {
    const changed = Uint8Array.from(body)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(verify([{ ...entry, canonicalizedBody: changed }]).ok).toBe(false)
  }
})

test('an entry of another object of the same key does not lend itself to a payload that was changed', () => {
  const changed = { ...signed, payload: commitPayload('two') }
  const verdict = verify([entry], changed)
  expect(verdict.ok ? '' : verdict.rejection.check).toBe('digest')
})

test('an object that does not hold the signature is refused, whatever was logged about it', async () => {
  const other = signAlone(login, commitPayload('two'))
  const verdict = verify([await logText(sandbox, login, other.oid)], signed, other.object)
  expect(verdict.ok ? '' : verdict.rejection.why).toBe('the object at hand does not hold this signature')
})

describe('the ids that gitsign computed wrongly', () => {
  test.each<[string, () => Uint8Array]>([
    ['of a tag, by 0.16.0', () => tagPayload('v1')],
    ['of a commit with an encoding', () => commitPayload('x', 'encoding latin1\n')],
    ['in a repository of SHA-256', () => commitPayload('x', '', 'ab'.repeat(32))],
    ['of a tag in a repository of SHA-256', () => tagPayload('v1', 'ab'.repeat(32))],
  ])('%s: an entry of each is found good', async (_, payload) => {
    const what = signAlone(login, payload())
    const ids = loggedIds(what.object, what.payload, what.armored)
    expect(ids.length).toBeGreaterThan(1)
    for (const id of ids) expect(refusal([await logText(sandbox, login, id)], what)).toBe('accepted')
  })
})

test('a time ahead of the clock is not believed', async () => {
  const later = { trust, now: Date.now() - 3_600_000, online: onlineCheck({ object: signed.object, entries: [entry] }) }
  const verdict = verifySignature(signed.payload, signed.armored, later)
  expect(verdict.ok ? '' : verdict.rejection.why).toBe('the proven time lies in the future')
})
