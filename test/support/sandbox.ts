// A running sandbox for a test file: its own directory, its own ports, gone afterwards; and Fulcio's answer to a key.
import { Buffer } from 'node:buffer'
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/start.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { parsePem } from '../../src/x509/pem.ts'

export interface TestSandbox extends Sandbox {
  /** Stops it and removes its directory. */
  close(): Promise<void>
}

export async function startTestSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const parent = await mkdtemp(join(tmpdir(), 'gitsigil-sandbox-'))
  const sandbox = await startSandbox({ directory: join(parent, 'state'), ...options })
  const close = async () => {
    await sandbox.close()
    await rm(parent, { recursive: true, force: true })
  }
  return { ...sandbox, close }
}

export function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string
}

interface HasUrls {
  readonly urls: Readonly<Record<string, string>>
}

export interface CertificateAnswer {
  readonly status: number
  /** Leaf first; empty where Fulcio refused. */
  readonly chain: readonly Certificate[]
  /** What it said where it refused. */
  readonly message: string
}

/** Asks by API v2 in the public key form. `hash` is null for Ed25519. */
export async function requestCertificate(
  sandbox: HasUrls,
  token: string,
  challenge: string,
  key: KeyObject = newKey(),
  hash: string | null = 'sha256',
): Promise<CertificateAnswer> {
  const proofOfPossession = sign(hash, Buffer.from(challenge), key).toString('base64')
  return await postSigningRequest(sandbox, {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: { publicKey: { algorithm: '', content: publicPem(key) }, proofOfPossession },
  })
}

/** Asks by API v2 with a body of one's own. */
export async function postSigningRequest(
  sandbox: HasUrls,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<CertificateAnswer> {
  const answer = await fetch(`${sandbox.urls['fulcio']}/api/v2/signingCert`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const value = (await answer.json()) as FulcioAnswer
  const certificates = value.signedCertificateEmbeddedSct?.chain.certificates ?? []
  const chain = certificates.flatMap((pem) => parsePem(pem, 'CERTIFICATE').map(parseCertificate))
  return { status: answer.status, chain, message: value.message ?? '' }
}

interface FulcioAnswer {
  readonly message?: string
  readonly signedCertificateEmbeddedSct?: { readonly chain: { readonly certificates: readonly string[] } }
}
