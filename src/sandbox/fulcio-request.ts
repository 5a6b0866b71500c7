// What a client sends to Fulcio: a token (in the body or as Bearer), and a key with its proof or a certificate request.
import { Buffer } from 'node:buffer'
import { decodeUtf8, fromBase64 } from '../bytes.ts'
import { Refusal } from './service.ts'

export interface SigningRequest {
  readonly token: string
  /** PEM or DER; empty where a certificate request was sent. */
  readonly publicKey: Uint8Array
  readonly proof: Uint8Array
  /** DER of a PKCS #10 request. */
  readonly certificateRequest?: Uint8Array
}

type Fields = Readonly<Record<string, unknown>>

/** `POST /api/v2/signingCert`. */
export function parseSigningRequest(body: Fields, headers: Headers): SigningRequest {
  const credentials = fields(body['credentials'])
  const token = text(credentials['oidcIdentityToken']) || bearer(headers)
  if (body['certificateSigningRequest'] !== undefined) return withRequest(token, body['certificateSigningRequest'])
  const request = fields(body['publicKeyRequest'])
  const publicKey = Buffer.from(text(fields(request['publicKey'])['content']), 'utf8')
  return { token, publicKey, proof: base64(request['proofOfPossession'], 'proofOfPossession') }
}

/** `POST /api/v1/signingCert`: the token as Bearer alone, the key as base64 of DER or PEM. */
export function parseSigningRequestV1(body: Fields, headers: Headers): SigningRequest {
  const token = bearer(headers)
  if (body['certificateSigningRequest'] !== undefined) return withRequest(token, body['certificateSigningRequest'])
  const publicKey = base64(fields(body['publicKey'])['content'], 'publicKey.content')
  return { token, publicKey, proof: base64(body['signedEmailAddress'], 'signedEmailAddress') }
}

function withRequest(token: string, value: unknown): SigningRequest {
  const pem = decodeUtf8(base64(value, 'certificateSigningRequest'), 'certificateSigningRequest')
  const match =
    /^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1?CERTIFICATE REQUEST-----\s*$/.exec(
      pem,
    )
  const certificateRequest = base64(match?.[2]?.replace(/[\r\n]/g, ''), 'certificateSigningRequest')
  return { token, publicKey: new Uint8Array(), proof: new Uint8Array(), certificateRequest }
}

function bearer(headers: Headers): string {
  const token = /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (token === undefined) throw new Refusal(400, 3, 'There was an error processing the identity token: none was sent')
  return token
}

function base64(value: unknown, what: string): Uint8Array {
  if (typeof value !== 'string' || value === '') throw new Refusal(400, 3, `${what} is missing`)
  return fromBase64(value, what)
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
