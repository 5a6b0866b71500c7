// The timestamp authority's client (RFC 3161 over HTTP, section 3.4): a signature goes in, a token over it comes out.
import { hash, randomBytes } from 'node:crypto'
import { equalBytes } from '../bytes.ts'
import type { Http } from '../system/http.ts'
import { type Asked, answerFault, answerProblem, readAnswer } from '../system/http-fault.ts'
import { encodeTimestampRequest, parseTimestampResponse } from './request.ts'
import { parseTimestampToken } from './token.ts'

export interface TimestampClientOptions {
  readonly http: Http
  /** The full endpoint, not a base. */
  readonly url: string
}

export interface TimestampClient {
  /**
   * The DER of a token over SHA-256 of `signature`. Whether the authority is trusted is *not* checked.
   * Throws `tsa` where it refuses or stamps something else, `network` where it does not answer.
   */
  stamp(signature: Uint8Array): Promise<Uint8Array>
}

const MAX_RESPONSE = 64 << 10

export function createTimestampClient({ http, url }: TimestampClientOptions): TimestampClient {
  const asked: Asked = { service: 'timestamp authority', url, code: 'tsa' }

  async function stamp(signature: Uint8Array): Promise<Uint8Array> {
    const digest = hash('sha256', signature, 'buffer')
    const nonce = newNonce()
    const response = await http.request({
      ...asked,
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      accept: 'application/timestamp-reply',
      body: encodeTimestampRequest({ hash: 'sha256', digest, nonce: toBigInt(nonce), withCertificates: true }),
      maxBytes: MAX_RESPONSE,
      retry: 'idempotent',
    })
    if (response.status !== 200 && response.status !== 201) throw answerFault(asked, response)
    return acceptToken(asked, response.body, digest, nonce)
  }

  return { stamp }
}

function acceptToken(asked: Asked, body: Uint8Array, digest: Uint8Array, nonce: Uint8Array): Uint8Array {
  const token = readAnswer(asked, 'gave no token', () => parseTimestampResponse(body))
  const { info } = readAnswer(asked, 'gave no token', () => parseTimestampToken(token))
  // A token over something else, or an old one played again, proves no time for this signature.
  if (info.imprintHash !== 'sha256' || !equalBytes(info.imprint, digest))
    throw answerProblem(asked, 'stamped something else')
  if (info.nonce === undefined || !equalBytes(info.nonce, nonce))
    throw answerProblem(asked, 'answered another request (the nonce differs)')
  return token
}

/** The content octets of a positive INTEGER of 8 bytes, minimal because its first byte is neither 0 nor negative. */
function newNonce(): Uint8Array {
  const bytes = randomBytes(8)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
