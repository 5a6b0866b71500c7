// OIDC ID tokens as they are handed to Fulcio (OpenID Connect Core 2): read without verifying, to tell a person what is
// wrong before any service is asked. Refuses what is no JWT, expired, or meant for another audience.
import { Buffer } from 'node:buffer'
import { Fault } from '../errors.ts'
import { Secret } from '../secret.ts'

/** Claims as the token states them; whether its issuer signed them is for Fulcio to check. Times in milliseconds. */
export interface TokenClaims {
  readonly issuer: string
  readonly subject: string
  readonly audience: readonly string[]
  readonly expires: number
  readonly notBefore?: number
  readonly email?: string
  /** False where the token does not say. */
  readonly emailVerified: boolean
}

export interface IdentityToken {
  readonly secret: Secret
  readonly claims: TokenClaims
  /** Where it came from, for messages: `SIGSTORE_ID_TOKEN`. */
  readonly source: string
}

/** How far a clock may be off, in milliseconds, before a token counts as one from the future. */
const SKEW = 5 * 60_000
/** Real tokens have 1 to 4 KiB. */
const MAX_TOKEN = 64 << 10
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** Throws `identity`; the message never holds any of the token but its issuer and audience. */
export function parseToken(text: string, source: string): IdentityToken {
  if (text.length > MAX_TOKEN || !JWT.test(text)) throw refused(source, 'is not a JWT')
  const [header, payload] = text.split('.').slice(0, 2).map(decodeJson)
  if (header === undefined || payload === undefined) throw refused(source, 'is not a JWT')
  return { secret: new Secret(text), claims: parseClaims(payload, source), source }
}

/** Whether `text` has the form of a token, and so is not the name of a file that holds one. */
export function isTokenText(text: string): boolean {
  return text.startsWith('eyJ') && JWT.test(text)
}

/** Throws `identity` with what to do, unless the token may be used now for this audience. */
export function checkToken({ claims, source }: IdentityToken, audience: string, now: number): void {
  if (claims.expires <= now)
    throw refused(source, `expired ${ago(now - claims.expires)} ago`, 'get a new one; if it is new, set this clock')
  if (claims.notBefore !== undefined && claims.notBefore > now + SKEW)
    throw refused(source, 'is not valid yet', `it becomes so in ${ago(claims.notBefore - now)}: is this clock right?`)
  if (!claims.audience.includes(audience))
    throw refused(
      source,
      `is for the audience ${claims.audience.map(quoted).join(', ') || 'of nobody'}, not "${audience}"`,
      `ask the issuer for a token with the audience "${audience}", or set gitsigil.clientID`,
    )
}

function parseClaims(payload: ReadonlyMap<string, unknown>, source: string): TokenClaims {
  const issuer = payload.get('iss')
  const subject = payload.get('sub')
  const expires = payload.get('exp')
  const notBefore = payload.get('nbf')
  const email = payload.get('email')
  if (typeof issuer !== 'string' || typeof subject !== 'string') throw refused(source, 'names no issuer or no subject')
  if (typeof expires !== 'number') throw refused(source, 'has no expiry')
  return {
    issuer,
    subject,
    audience: [payload.get('aud')].flat().filter((one) => typeof one === 'string'),
    expires: expires * 1000,
    // Some issuers write it as text, and Fulcio takes both.
    emailVerified: [true, 'true'].includes(payload.get('email_verified') as never),
    ...(typeof notBefore === 'number' ? { notBefore: notBefore * 1000 } : {}),
    ...(typeof email === 'string' && email !== '' ? { email } : {}),
  }
}

function decodeJson(part: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
  } catch {
    return undefined
  }
}

function refused(source: string, why: string, hint?: string): Fault {
  return new Fault('identity', `the identity token from ${source} ${why}`, hint === undefined ? {} : { hint })
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?'))
}

function ago(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return `${Math.round(ms / 1000)} s`
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
