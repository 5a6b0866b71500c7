// The library's requests pass our one way out: https or loopback, limits of size and time, proxies, and no redirect with
// anything that could be a token.
import { Buffer } from 'node:buffer'
import type { CustomFetch, CustomFetchOptions } from 'openid-client'
import { Secret } from '../secret.ts'
import type { Http, HttpRequest } from '../system/http.ts'
import { ISSUER } from './login.ts'

const SECRET_PARAMETERS = ['code', 'code_verifier', 'client_secret', 'device_code', 'refresh_token']
const MAX_ANSWER = 256 << 10

export function fetchThrough(http: Http): CustomFetch {
  return async (url, options) => {
    const { status, headers, body } = await http.request(requestFor(url, options))
    const type = headers.get('content-type')
    return new Response(hasBody(status) ? Buffer.from(body) : null, {
      status,
      headers: type === null ? {} : { 'content-type': type },
    })
  }
}

function requestFor(url: string, { method, body, headers }: CustomFetchOptions): HttpRequest {
  const asked = { service: ISSUER, url, code: 'identity', maxBytes: MAX_ANSWER } as const
  if (method !== 'POST') return asked
  const parameters = new URLSearchParams(body instanceof URLSearchParams ? body : String(body ?? ''))
  const { authorization } = headers
  return {
    ...asked,
    method,
    body: parameters.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    },
    secrets: [...SECRET_PARAMETERS.map((name) => parameters.get(name)), authorization].flatMap((text) =>
      text ? [new Secret(text)] : [],
    ),
  }
}

function hasBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304
}
