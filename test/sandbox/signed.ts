// A signature with its certificate, as clients send it to a log, and a state directory for one test.
import { createHash, type KeyObject, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { toBase64 } from '../../src/bytes.ts'
import { keyDetails, keyHash } from '../../src/rekor/body.ts'
import { encodeCertificate, encodeName, keyUsage, newSerial, publicKeyOf } from '../../src/sandbox/certificate.ts'
import { openState, type State } from '../../src/sandbox/state.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { encodePem } from '../../src/x509/pem.ts'

export const NOW = Date.parse('2026-03-01T12:00:00Z')

/** Closed and removed with the test. */
export async function temporaryState(): Promise<State> {
  const directory = mkdtempSync(join(tmpdir(), 'gitsigil-state-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return await openState(directory)
}

export interface Signed {
  readonly artifact: Uint8Array
  readonly digest: Uint8Array
  readonly signature: Uint8Array
  readonly certificate: Certificate
}

/** `padding` makes the certificate larger by a subject of that many characters. */
export function signArtifact(artifact: Uint8Array, key: KeyObject, padding = 0): Signed {
  const name = encodeName('test', 'leaf'.padEnd(padding, 'x'))
  const dates = { notBefore: NOW, notAfter: NOW + 600_000 }
  const spki = publicKeyOf(key)
  const content = { ...dates, serial: newSerial(), issuer: name, subject: name, key: spki }
  const certificate = parseCertificate(
    encodeCertificate({ ...content, extensions: [keyUsage('digitalSignature')] }, key),
  )
  const hash = keyHash(certificate.key)
  const digest = createHash(hash).update(artifact).digest()
  return { artifact, digest, signature: sign(hash, artifact, key), certificate }
}

/** As sent to Rekor v1. */
export function proposalV1({ digest, signature, certificate }: Signed, pem?: string) {
  const content = Buffer.from(pem ?? encodePem('CERTIFICATE', certificate.bytes)).toString('base64')
  const algorithm = `sha${digest.length * 8}`
  return {
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm, value: Buffer.from(digest).toString('hex') } },
      signature: { content: toBase64(signature), publicKey: { content } },
    },
  }
}

/** As sent to Rekor v2. */
export function requestV2({ digest, signature, certificate }: Signed) {
  const verifier = {
    keyDetails: keyDetails(certificate.key),
    x509Certificate: { rawBytes: toBase64(certificate.bytes) },
  }
  const signed = { content: toBase64(signature), verifier }
  return { hashedRekordRequestV002: { digest: toBase64(digest), signature: signed } }
}

export function get(path: string): Request {
  return new Request(`http://localhost:1${path}`)
}

export function post(path: string, body: unknown): Request {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new Request(`http://localhost:1${path}`, { method: 'POST', body: text })
}

// biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what the tests look at
export type Body = any

export async function bodyOf(answer: Response | Promise<Response>): Promise<Body> {
  return await (await answer).json()
}
