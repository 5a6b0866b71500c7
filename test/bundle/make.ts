// Bundles made on a sandbox with keys of every kind, to be verified as they are and with one thing changed.
import { hash as digestOf, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { encodeBundle } from '../../src/bundle/encode.ts'
import { preAuthEncoding } from '../../src/bundle/envelope.ts'
import { IN_TOTO } from '../../src/bundle/statement.ts'
import { toBase64 } from '../../src/bytes.ts'
import { createFulcioClient } from '../../src/fulcio/client.ts'
import { parseToken } from '../../src/oidc/token.ts'
import { hashedRekordBody, keyHash, verifierV2 } from '../../src/rekor/body.ts'
import { createRekorClient } from '../../src/rekor/client.ts'
import type { LogEntry } from '../../src/rekor/entry.ts'
import { logEntryFromJson } from '../../src/rekor/entry-json.ts'
import { parseEntryV1 } from '../../src/rekor/entry-v1.ts'
import type { Sandbox } from '../../src/sandbox/start.ts'
import { createHttp } from '../../src/system/http.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { createTimestampClient } from '../../src/tsa/client.ts'
import { type Hash, type PublicKey, parsePublicKey } from '../../src/x509/key.ts'

export const EMAIL = 'kim@example.com'
export const ARTIFACT = Buffer.from('an artifact\r\n\xff', 'latin1')

export type KeyKind = 'P-256' | 'P-384' | 'P-521' | 'RSA' | 'Ed25519'

export interface Wanted {
  readonly key?: KeyKind
  readonly version?: 1 | 2
  readonly managed?: boolean
  readonly statement?: string
  readonly timestamp?: boolean
  /** Entries in the logs of both versions. */
  readonly both?: boolean
}

export interface Made {
  readonly json: BundleMembers
  readonly key: PublicKey
}

/** As JSON.parse gives it, to be changed. */
// biome-ignore lint/suspicious/noExplicitAny: tests change members of every depth
export type BundleMembers = any

interface Key {
  readonly handle: KeyObject
  readonly key: PublicKey
  readonly hash: Hash
  sign(data: Uint8Array): Uint8Array
}

export function statementOf(...digests: readonly Readonly<Record<string, string>>[]): string {
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: digests.map((digest, i) => ({ name: `artifact ${i}`, digest })),
    predicateType: 'https://example.com/predicate/v1',
    predicate: {},
  })
}

export async function makeBundle(sandbox: Sandbox, wanted: Wanted = {}): Promise<Made> {
  const { version = 1, managed = false, statement, timestamp = version === 2 } = wanted
  const key = makeKey(wanted.key ?? 'P-256')
  const envelope = statement === undefined ? undefined : { payloadType: IN_TOTO, payload: Buffer.from(statement) }
  const artifact = envelope === undefined ? ARTIFACT : preAuthEncoding(envelope)
  const signature = key.sign(artifact)
  const http = createHttp({ userAgent: 'gitsigil/test' })
  const request = {
    digest: digestOf(key.hash, artifact, 'buffer'),
    signature,
    ...(envelope === undefined ? {} : { envelope: { ...envelope, signature } }),
  }
  const leaf = managed ? undefined : await certify(sandbox, key)
  const witness = async (which: 1 | 2): Promise<LogEntry> => {
    if (leaf === undefined) return await logByKey(sandbox, which, { ...request, key: key.key })
    const { logs } = parseTrustedRoot(sandbox.trustedRoot)
    const url = which === 1 ? sandbox.urls.rekor1 : sandbox.urls.rekor2
    return await createRekorClient({ http, url, version: which, logs }).witness({ ...request, leaf })
  }
  const entries = wanted.both === true ? [await witness(1), await witness(2)] : [await witness(version)]
  const tsa = createTimestampClient({ http, url: `${sandbox.urls.tsa}/api/v1/timestamp` })
  const bundle = encodeBundle({
    signer: leaf === undefined ? { kind: 'key', hint: 'hint' } : { kind: 'certificate', leaf, intermediates: [] },
    content:
      envelope === undefined
        ? { kind: 'message', signature, stated: { hash: key.hash, digest: request.digest } }
        : { kind: 'envelope', envelope: { ...envelope, signature } },
    entries,
    timestampTokens: timestamp ? [await tsa.stamp(signature)] : [],
  })
  return { json: JSON.parse(new TextDecoder().decode(bundle)), key: key.key }
}

function makeKey(kind: KeyKind): Key {
  const { privateKey, publicKey } =
    kind === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : kind === 'Ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: kind })
  const key = parsePublicKey(publicKey.export({ type: 'spki', format: 'der' }))
  const hash = keyHash(key)
  const byHash = kind === 'Ed25519' ? null : hash
  return { handle: privateKey, key, hash, sign: (data) => sign(byHash, data, privateKey) }
}

async function certify(sandbox: Sandbox, { key, sign: signData }: Key) {
  const http = createHttp({ userAgent: 'gitsigil/test' })
  const token = parseToken(await sandbox.mintToken({ email: EMAIL }), 'the test')
  const fulcio = createFulcioClient({ http, url: sandbox.urls.fulcio, now: Date.now })
  return (await fulcio.certify(token, { spki: key.spki, sign: signData })).leaf
}

interface KeyRequest {
  readonly digest: Uint8Array
  readonly signature: Uint8Array
  readonly key: PublicKey
}

async function logByKey({ urls }: Sandbox, version: 1 | 2, request: KeyRequest): Promise<LogEntry> {
  const { digest, signature, key } = request
  const content = { content: toBase64(signature), verifier: JSON.parse(verifierV2({ key })) }
  const [url, body] =
    version === 1
      ? [`${urls.rekor1}/api/v1/log/entries`, hashedRekordBody({ version: '0.0.1', ...request })]
      : [
          `${urls.rekor2}/api/v2/log/entries`,
          JSON.stringify({ hashedRekordRequestV002: { digest: toBase64(digest), signature: content } }),
        ]
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (answer.status !== 201) throw new Error(await answer.text())
  if (version === 1) return parseEntryV1(new Uint8Array(await answer.arrayBuffer()))
  return logEntryFromJson(await answer.json())
}
