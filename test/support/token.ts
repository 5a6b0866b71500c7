// Tokens that no issuer signed, for clients that only read them.
import { Buffer } from 'node:buffer'
import { type IdentityToken, parseToken } from '../../src/oidc/token.ts'

export function tokenText(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`
}

export const CLAIMS = { iss: 'https://issuer.test', sub: 'subject', aud: 'sigstore', exp: 2_000_000_000 }

export function token(claims: Readonly<Record<string, unknown>> = {}): IdentityToken {
  return parseToken(tokenText({ ...CLAIMS, ...claims }), 'the test')
}
