import { createPublicKey, hash, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Keyring, MARGIN } from '../../src/agent/keyring.ts'
import { encodeSignedAttributes } from '../../src/cms/encode.ts'
import { Fault } from '../../src/errors.ts'
import { nameObject } from '../../src/sign/object.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { verifyWithKey } from '../../src/x509/key.ts'
import { issueFor } from '../support/held.ts'
import { newKey } from '../support/sandbox.ts'

const now = 1_900_000_000_000
const LIFE = 600_000
const ID = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const commitBy = (email: string) =>
  Buffer.from(`tree ${ID}\nauthor A <a@example.com> 1 +0000\ncommitter C <${email}> 1 +0000\n\nmessage\n`)
const commit = commitBy('kim@example.com')
const wanted = { instance: 'x' }

/** A keyring that holds a key for each of these. */
function holding(...subjects: readonly string[]): Keyring {
  const ring = new Keyring()
  for (const subject of subjects) {
    const key = created(ring)
    const certificate = issueFor({ spki: key.spki, subject, notBefore: now, notAfter: now + LIFE })
    ring.keep({ op: 'keep', id: key.id, instance: 'x', certificate }, now)
  }
  return ring
}

function created(ring: Keyring) {
  const key = ring.create(now)
  if (key.answer !== 'key') throw new Error('no key')
  return key
}

function signedBy(ring: Keyring, payload: Uint8Array, time = now, which: Parameters<Keyring['find']>[0] = wanted) {
  const found = ring.find(which, payload, time)
  return 'answer' in found ? found : ring.sign(found.identity, payload, { now: time, forwarded: false, online: false })
}

function faultOf(work: () => unknown): string {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return thrown.message
    throw thrown
  }
  throw new Error('it did not refuse')
}

test('it signs the attributes that it builds itself, of the payload’s digest and its own clock', () => {
  const answer = signedBy(holding('kim@example.com'), commit, now + 5_000)
  if (answer.answer !== 'signed') throw new Error(answer.answer)
  const attributes = encodeSignedAttributes({
    payloadDigest: hash('sha256', commit, 'buffer'),
    signingTime: now + 5_000,
  })
  expect(Buffer.from(answer.attributes).equals(attributes)).toBe(true)
})

describe('in online mode', () => {
  const online = { now, forwarded: false, online: true }

  test('it signs the id of the object that holds the signature which it has just made, and no other', () => {
    const ring = holding('kim@example.com')
    const found = ring.find(wanted, commit, now)
    const answer = 'answer' in found ? found : ring.sign(found.identity, commit, online)
    if (answer.answer !== 'signed') throw new Error(answer.answer)
    const { attributes: signedAttributes, signature, certificate, idSignature = new Uint8Array() } = answer
    const leaf = parseCertificate(certificate)
    const { id, object } = nameObject(commit, { leaf, signedAttributes, signature })
    expect(Buffer.from(id).toString()).toBe(
      hash('sha1', Buffer.concat([Buffer.from(`commit ${object.bytes.length}\0`), object.bytes])),
    )
    expect(verifyWithKey(leaf.key, 'sha256', id, idSignature)).toBe(true)
  })

  test('it refuses what has no id, and by itself signs none', () => {
    const zero = '0'.repeat(40)
    const push = Buffer.from(`certificate version 0.1\npusher K <k@example.com> 1 +0000\n\n${zero} ${zero} refs/x\n`)
    const ring = holding('kim@example.com')
    const found = ring.find(wanted, push, now)
    if ('answer' in found) throw new Error(found.answer)
    expect(() => ring.sign(found.identity, push, online)).toThrow('online mode signs commits and tags alone')
    expect(signedBy(ring, commit)).not.toHaveProperty('idSignature')
  })
})

test('a key proves itself by challenges, and no more once it has its certificate', () => {
  const ring = new Keyring()
  const { id, spki } = created(ring)
  const proof = ring.prove({ op: 'prove', id, challenge: 'kim@example.com' }, now)
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  expect(proof.answer === 'proof' && verify('sha256', Buffer.from('kim@example.com'), key, proof.signature)).toBe(true)
  const certificate = issueFor({ spki, subject: 'kim@example.com', notBefore: now, notAfter: now + LIFE })
  ring.keep({ op: 'keep', id, instance: 'x', certificate }, now)
  expect(faultOf(() => ring.prove({ op: 'prove', id, challenge: 'kim@example.com' }, now))).toContain('there is none')
})

test('a key proves itself a few times only, and waits a few minutes only', () => {
  const ring = new Keyring()
  const { id } = created(ring)
  const prove = (time = now) => ring.prove({ op: 'prove', id, challenge: 'a' }, time)
  for (let count = 0; count < 8; count++) prove()
  expect(faultOf(prove)).toContain('too many challenges')
  expect(faultOf(() => prove(now + 600_000))).toContain('there is none')
})

test('few keys wait for a certificate at a time', () => {
  const ring = new Keyring()
  for (let count = 0; count < 8; count++) created(ring)
  expect(faultOf(() => ring.create(now))).toContain('too many wait')
  expect(ring.create(now + 600_000).answer).toBe('key')
})

test.each([
  ['for another key', { spki: newKey() }, 'for another key'],
  ['that has ended', { notAfter: now - 1 }, 'not valid now'],
  ['that ends within the margin', { notAfter: now + MARGIN - 1 }, 'not valid now'],
  ['of the future', { notBefore: now + 3_600_000, notAfter: now + 7_200_000 }, 'not valid now'],
])('a certificate %s is not kept', (_, change, why) => {
  const ring = new Keyring()
  const { id, spki } = created(ring)
  const options = { spki, subject: 'kim@example.com', notBefore: now, notAfter: now + LIFE, ...change }
  const certificate = issueFor(options as Parameters<typeof issueFor>[0])
  expect(faultOf(() => ring.keep({ op: 'keep', id, instance: 'x', certificate }, now))).toContain(why)
  expect(ring.list()).toEqual([])
})

test('a key is of no use near its end, and then gone', () => {
  const ring = holding('kim@example.com')
  expect(signedBy(ring, commit, now + LIFE - MARGIN).answer).toBe('signed')
  expect(signedBy(ring, commit, now + LIFE - MARGIN + 1_000).answer).toBe('none')
  expect(ring.forget(now + LIFE + 1_000)).toBe(true)
  expect(ring.list()).toEqual([])
})

test('uses are counted, forwarded ones apart', () => {
  const ring = holding('kim@example.com')
  for (const forwarded of [false, true, true]) {
    const found = ring.find(wanted, commit, now)
    if ('answer' in found) throw new Error('none')
    ring.sign(found.identity, commit, { now, forwarded, online: false })
  }
  expect(ring.list()).toMatchObject([{ uses: 3, forwardedUses: 2 }])
})

describe('which identity signs', () => {
  const both = () => holding('kim@example.com', 'lee@example.com')
  const subjectOf = (ring: Keyring, which: object, payload = commit) => {
    const found = ring.find({ ...wanted, ...which }, payload, now)
    return 'answer' in found ? found.answer : found.identity.subject
  }

  test('the only one, whoever the committer is', () => {
    expect(subjectOf(holding('lee@example.com'), {})).toBe('lee@example.com')
  })

  test('of two, the configured one before the committer’s', () => {
    expect(subjectOf(both(), { identities: ['lee@example.com'] })).toBe('lee@example.com')
    expect(subjectOf(both(), { identities: ['https://issuer.test lee@example.com'] })).toBe('lee@example.com')
  })

  test('of two, the committer’s', () => {
    expect(subjectOf(both(), {})).toBe('kim@example.com')
    expect(subjectOf(both(), {}, commitBy('lee@example.com'))).toBe('lee@example.com')
  })

  test('of two, none is guessed', () => {
    expect(subjectOf(both(), {}, commitBy('somebody@example.com'))).toBe('many')
  })

  test('none of another instance, none that is not configured, none that matchCommitter would refuse', () => {
    expect(subjectOf(both(), { instance: 'y' })).toBe('none')
    expect(subjectOf(both(), { identities: ['mallory@example.com'] })).toBe('none')
    expect(subjectOf(both(), { identities: ['https://other.test kim@example.com'] })).toBe('none')
    expect(subjectOf(both(), { subjects: ['mallory@example.com', 'Mallory'] })).toBe('none')
  })
})

describe('it signs', () => {
  const tag = `object ${ID}\ntype commit\ntag v1\ntagger T <t@example.com> 1 +0000\n\nmessage\n`
  const push =
    `certificate version 0.1\npusher P <p@example.com> 1 +0000\npushee /srv\nnonce 1-x\n\n` +
    `${ID} ${ID} refs/heads/main\n`
  const sha256 = commit.toString().replace(ID, ID + ID.slice(0, 24))

  test.each([
    ['a commit', commit.toString()],
    ['a commit of a SHA-256 repository', sha256],
    ['a commit without a message', commit.toString().replace('message\n', '')],
    ['a tag', tag],
    ['a push certificate', push],
  ])('%s', (_, payload) => {
    expect(signedBy(holding('kim@example.com'), Buffer.from(payload)).answer).toBe('signed')
  })

  test.each([
    ['nothing at all', ''],
    ['text', 'hello'],
    ['a challenge', 'kim@example.com'],
    [
      'signed attributes',
      Buffer.from(encodeSignedAttributes({ payloadDigest: new Uint8Array(32), signingTime: now })).toString('latin1'),
    ],
    ['a commit without a committer', commit.toString().replace(/committer .*\n/, '')],
    ['a commit without an end of its header', commit.toString().split('\n\n')[0] ?? ''],
    ['a commit with a signature header', commit.toString().replace('\n\n', '\ngpgsig x\n\n')],
    ['a tree', '100644 file\0aaaaaaaaaaaaaaaaaaaa'],
    ['a tag without a name', tag.replace(/tag v1\n/, '')],
    ['a push certificate without an update', push.split('\n\n')[0] ?? ''],
    ['a push certificate with an unknown header', push.replace('pushee', 'payee')],
    ['a push certificate of another version', push.replace('0.1', '0.2')],
  ])('but not %s', (_, payload) => {
    expect(faultOf(() => signedBy(holding('kim@example.com'), Buffer.from(payload, 'latin1')))).not.toBe('')
  })

  test('and of any bytes, only what is one of these', () => {
    const ring = holding('kim@example.com')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        expect(faultOf(() => signedBy(ring, payload))).not.toBe('')
      }),
    )
  })
})
