import { createPublicKey, hash, verify } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { parseArmor } from '../../src/cms/armor.ts'
import { parseSignedData } from '../../src/cms/signed-data.ts'
import { Fault } from '../../src/errors.ts'
import { type LogEntry, parseLogEntry } from '../../src/rekor/entry.ts'
import { newSigningKey } from '../../src/sign/key.ts'
import { type Ports, signPayload, type WitnessRequest } from '../../src/sign/sign.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { issueLeaf } from '../support/issue.ts'
import { token } from '../support/token.ts'

const now = 1_900_000_000_000
const payload = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\ndone')
const stamp = Buffer.from('3003020105', 'hex')
const entry: LogEntry = {
  logIndex: 3_000_000_001n,
  logId: new Uint8Array(32),
  kind: 'hashedrekord',
  version: '0.0.2',
  integratedTime: 0n,
  canonicalizedBody: Buffer.from('{}'),
}

/** Ports that do as they are told and write down what they were asked. */
function portsOf(change: Partial<Ports> = {}): Ports & { readonly asked: WitnessRequest[] } {
  const asked: WitnessRequest[] = []
  return {
    asked,
    identity: { token: async () => token() },
    ca: {
      certify: async (_, { spki }) => {
        const der = issueLeaf({ spki, notBefore: now, notAfter: now + 600_000, withSct: true })
        return { leaf: parseCertificate(der), intermediates: [] }
      },
    },
    log: {
      witness: async (request) => {
        asked.push(request)
        return entry
      },
    },
    clock: { now: () => now },
    ...change,
  }
}

test('the signature is over the attributes, which hold the digest of the payload and the time', async () => {
  const { armored, leaf } = await signPayload(payload, portsOf())
  const signed = parseSignedData(parseArmor(armored))
  expect(signed.signer.bytes).toEqual(leaf.bytes)
  expect(signed.messageDigest).toEqual(hash('sha256', payload, 'buffer'))
  expect(signed.signingTime).toBe(now)
  const key = createPublicKey({ key: Buffer.from(leaf.spki), format: 'der', type: 'spki' })
  expect(verify('sha256', signed.signedAttributes, key, signed.signature)).toBe(true)
})

test('the log is asked about the digest of the attributes, the signature and the leaf', async () => {
  const ports = portsOf()
  const { armored, leaf } = await signPayload(payload, ports)
  const signed = parseSignedData(parseArmor(armored))
  expect(ports.asked).toEqual([
    { digest: hash('sha256', signed.signedAttributes, 'buffer'), signature: signed.signature, leaf },
  ])
})

test('the log entry is stored with its true version and without its body', async () => {
  const { armored } = await signPayload(payload, portsOf())
  const stored = parseLogEntry(parseSignedData(parseArmor(armored)).logEntry ?? new Uint8Array())
  expect(stored).toMatchObject({ logIndex: 3_000_000_001n, version: '0.0.2' })
  expect(stored.canonicalizedBody).toBeUndefined()
})

test('a timestamp is stored where an authority is asked, and only there', async () => {
  const timestamp = { stamp: async () => stamp }
  const bare = parseSignedData(parseArmor((await signPayload(payload, portsOf())).armored))
  const stamped = parseSignedData(parseArmor((await signPayload(payload, portsOf({ timestamp }))).armored))
  expect(bare.timestampToken).toBeUndefined()
  expect(Buffer.from(stamped.timestampToken ?? []).equals(stamp)).toBe(true)
})

test('log and timestamp authority are asked at the same time', async () => {
  let arrived = 0
  const both = Promise.withResolvers<void>()
  const meet = async <T>(value: T): Promise<T> => {
    if (++arrived === 2) both.resolve()
    await both.promise
    return value
  }
  await signPayload(payload, portsOf({ log: { witness: () => meet(entry) }, timestamp: { stamp: () => meet(stamp) } }))
  expect(arrived).toBe(2)
})

test('each signature has a key of its own', async () => {
  const ports = portsOf()
  await signPayload(payload, ports)
  await signPayload(payload, ports)
  expect(ports.asked[0]?.leaf.spki).not.toEqual(ports.asked[1]?.leaf.spki)
})

test('a token that is missing stops everything before a CA or a log is asked', async () => {
  const refuse = () => Promise.reject(new Fault('identity', 'no token'))
  const never = () => Promise.reject(new Error('was asked'))
  const ports = portsOf({ identity: { token: refuse }, ca: { certify: never }, log: { witness: never } })
  await expect(signPayload(payload, ports)).rejects.toThrow('no token')
})

test.each(['log', 'timestamp'] as const)('a %s that fails gives no signature', async (port) => {
  const refuse = () => Promise.reject(new Fault('log', 'not today'))
  const failing = port === 'log' ? { log: { witness: refuse } } : { timestamp: { stamp: refuse } }
  await expect(signPayload(payload, portsOf(failing))).rejects.toThrow('not today')
})

test('a private key cannot be printed, serialised or reached', () => {
  const key = newSigningKey()
  expect(inspect(key, { depth: 9, showHidden: true })).not.toMatch(/private/i)
  expect(Object.keys(JSON.parse(JSON.stringify(key)))).toEqual(['spki'])
})
