import { execFileSync } from 'node:child_process'
import { sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as asn1js from 'asn1js'
import * as pkijs from 'pkijs'
import { expect, test } from 'vitest'
import { encodeInteger, encodeSequence } from '../../src/asn1/write.ts'
import { toHex } from '../../src/bytes.ts'
import { encodeSignedAttributes, encodeSignedData } from '../../src/cms/encode.ts'
import { checkSignedAttributes, parseSignedData } from '../../src/cms/signed-data.ts'
import { encodePem } from '../../src/x509/pem.ts'
import { certificate, NOW, name, newKey } from '../x509/build.ts'
import { cmsDer, DIGEST, LOG_ENTRY, leaf, leafKey, PAYLOAD, TOKEN } from './build.ts'

const signedAttributes = encodeSignedAttributes({ payloadDigest: DIGEST.subarray(2), signingTime: NOW })
const signature = sign('sha256', signedAttributes, leafKey.privateKey)
const parts = { leaf, signedAttributes, signature }

test('what is written is read', () => {
  const [logEntry, timestampToken] = [Uint8Array.of(8, 1), encodeSequence(encodeInteger(7))]
  const signed = parseSignedData(encodeSignedData({ ...parts, logEntry, timestampToken }))
  expect(signed.signingTime).toBe(NOW)
  expect(toHex(signed.logEntry ?? leaf.bytes)).toBe(toHex(logEntry))
  expect(toHex(signed.timestampToken ?? leaf.bytes)).toBe(toHex(timestampToken))
  expect(checkSignedAttributes(signed)).toBe(true)
})

test('the bytes are those that the rules give', () => {
  expect(toHex(encodeSignedData(parts))).toBe(toHex(cmsDer({ signature })))
  const both = encodeSignedData({
    ...parts,
    logEntry: Uint8Array.of(8, 1),
    timestampToken: encodeSequence(encodeInteger(7)),
  })
  expect(toHex(both)).toBe(toHex(cmsDer({ signature, unsigned: [LOG_ENTRY, TOKEN] })))
})

test('a key that is not P-256 is refused', () => {
  const other = certificate({ issuer: name('ca'), key: newKey('P-384') })
  expect(() => encodeSignedData({ ...parts, leaf: other })).toThrow('not P-256')
})

test('pkijs reads and verifies it', async () => {
  const der = Uint8Array.from(encodeSignedData(parts))
  const info = new pkijs.ContentInfo({ schema: asn1js.fromBER(der.buffer).result })
  const signedData = new pkijs.SignedData({ schema: info.content })
  const data = Uint8Array.from(PAYLOAD).buffer
  expect(await signedData.verify({ signer: 0, data, checkChain: false })).toBe(true)
})

test('openssl verifies it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gitsigil-cms-'))
  try {
    writeFileSync(join(folder, 'cms'), encodeSignedData(parts))
    writeFileSync(join(folder, 'payload'), PAYLOAD)
    writeFileSync(join(folder, 'leaf.pem'), encodePem('CERTIFICATE', leaf.bytes))
    const args = ['cms', '-verify', '-inform', 'DER', '-in', 'cms', '-content', 'payload', '-binary', '-noverify']
    const out = execFileSync('openssl', [...args, '-certfile', 'leaf.pem'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(out).toEqual(Buffer.from(PAYLOAD))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
