// Signatures in online mode on a sandbox, made by hand so that a test can log what it likes under the same key.
import { hash } from 'node:crypto'
import { encodeUtf8, toBase64 } from '../../src/bytes.ts'
import { encodeArmor } from '../../src/cms/armor.ts'
import { encodeSignedData } from '../../src/cms/encode.ts'
import { createFulcioClient } from '../../src/fulcio/client.ts'
import { objectId } from '../../src/git/id.ts'
import { rebuildObject, type SignedBytes } from '../../src/git/logged-id.ts'
import { parseToken } from '../../src/oidc/token.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { parseNamedEntry } from '../../src/rekor/entry-v1.ts'
import { newSigningKey, type SigningKey } from '../../src/sign/key.ts'
import { signAttributes } from '../../src/sign/sign.ts'
import { createHttp } from '../../src/system/http.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'
import type { TestSandbox } from './sandbox.ts'

/** A key with its certificate, as one run of gitsign has it. */
export interface Login {
  readonly key: SigningKey
  readonly leaf: Certificate
}

export interface OnlineSigned extends Login {
  readonly payload: Uint8Array
  readonly armored: Uint8Array
  readonly object: SignedBytes
  readonly oid: string
}

export async function logIn(sandbox: TestSandbox, email = 'kim@example.com'): Promise<Login> {
  const http = createHttp({ userAgent: 'gitsigil/test' })
  const token = parseToken(await sandbox.mintToken({ email }), 'the test')
  const key = newSigningKey()
  const { leaf } = await createFulcioClient({ http, url: sandbox.urls.fulcio, now: Date.now }).certify(token, key)
  return { key, leaf }
}

/** What Git stores, and nothing logged yet. */
export function signAlone(login: Login, payload: Uint8Array): OnlineSigned {
  const { key, leaf } = login
  const armored = encodeArmor(encodeSignedData(signAttributes(payload, leaf, key, Date.now())))
  const object = rebuildObject(payload, armored)
  if (object === undefined) throw new Error('no payload of an object')
  return { ...login, payload, armored, object, oid: objectId(object.type, object.bytes, object.algorithm) }
}

/** Logs a text as gitsign logs the id of an object. */
export async function logText(sandbox: TestSandbox, { key, leaf }: Login, text: string): Promise<LogEntry> {
  const digest = hash('sha256', text, 'buffer')
  const signature = key.sign(encodeUtf8(text))
  return await upload(
    sandbox,
    hashedRekordBody({ version: '0.0.1', digest, signature, certificate: leaf.bytes, key: leaf.key }),
  )
}

/** The same in the kind that some clients used. */
export async function logRekord(sandbox: TestSandbox, { key, leaf }: Login, text: string): Promise<LogEntry> {
  const content = toBase64(encodeUtf8(encodePem('CERTIFICATE', leaf.bytes)))
  const signature = { format: 'x509', content: toBase64(key.sign(encodeUtf8(text))), publicKey: { content } }
  const spec = { data: { content: toBase64(encodeUtf8(text)) }, signature }
  return await upload(sandbox, encodeUtf8(JSON.stringify({ apiVersion: '0.0.1', kind: 'rekord', spec })))
}

async function upload(sandbox: TestSandbox, body: Uint8Array): Promise<LogEntry> {
  const url = `${sandbox.urls.rekor1}/api/v1/log/entries`
  const answer = await fetch(url, { method: 'POST', body: Buffer.from(body) })
  if (answer.status !== 201) throw new Error(await answer.text())
  return parseNamedEntry(new Uint8Array(await answer.arrayBuffer())).entry
}

/** A commit's payload; `extra` stands between the people and the message. */
export function commitPayload(
  message: string,
  extra = '',
  tree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
): Uint8Array {
  const person = 'Kim <kim@example.com> 1700000000 +0000'
  return Buffer.from(`tree ${tree}\nauthor ${person}\ncommitter ${person}\n${extra}\n${message}\n`)
}

export function tagPayload(name: string, object = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'): Uint8Array {
  return Buffer.from(
    `object ${object}\ntype commit\ntag ${name}\ntagger Kim <kim@example.com> 1700000000 +0000\n\n${name}\n`,
  )
}
