// The people of the sandbox: whoever gives an email address is that address, and what a token says of them.
import { Buffer } from 'node:buffer'
import { encodeUtf8, toHex } from '../../bytes.ts'
import { sha256 } from '../authority.ts'

/** What Fulcio takes as an address. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
}

/**
 * As at Dex, `sub` is not the address but the base64url of a message with a user and a connector: who signs the wrong
 * claim as proof of possession must be found out.
 */
export function subjectOf(email: string): string {
  const fields = [userOf(email), CONNECTOR].map((text, at) =>
    Buffer.from([((at + 1) << 3) | 2, text.length, ...encodeUtf8(text)]),
  )
  return Buffer.concat(fields).toString('base64url')
}

export interface EmailClaims {
  readonly sub: string
  readonly email: string
  readonly email_verified: true
}

export function emailClaims(email: string): EmailClaims {
  return { sub: subjectOf(email), email, email_verified: true }
}

/** Dex's claim on who vouched for the address: here the sandbox itself, whichever connector was asked for. */
export function federatedClaims(email: string, issuer: string): Readonly<Record<string, string>> {
  return { connector_id: issuer, user_id: userOf(email) }
}

const CONNECTOR = 'sandbox'

function userOf(email: string): string {
  return toHex(sha256(encodeUtf8(email))).slice(0, 24)
}
