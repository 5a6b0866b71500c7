// What every way to log in has in common: what it needs, what it asks for, and how what it is given becomes ours.
import { Secret } from '../secret.ts'
import type { OpenBrowser } from '../system/browser.ts'
import type { Http } from '../system/http.ts'
import type { Issuer } from './issuer-client.ts'
import type { Login, LoginOptions } from './login.ts'
import { checkToken, parseToken } from './token.ts'

export interface LoginPorts {
  readonly http: Http
  /** Undefined where there is none: the address is shown all the same. */
  readonly openBrowser?: OpenBrowser | undefined
  /** One or more whole lines for the person, foreign characters made harmless already. */
  tell(text: string): void
  /** A line that the person types. Only the flow `code` asks. */
  ask?(question: string, signal: AbortSignal): Promise<string | undefined>
  /** Milliseconds since 1970. */
  now(): number
  /** Ctrl-C. */
  readonly signal?: AbortSignal | undefined
}

/** What the issuer answered with, as far as we look at it. */
export interface Tokens {
  readonly id_token?: string | undefined
  readonly refresh_token?: string | undefined
}

/** The library has validated the ID token; here it becomes ours, which lives a while longer by this clock. */
export function readTokens(tokens: Tokens, options: LoginOptions, { now }: Pick<LoginPorts, 'now'>): Login {
  const token = parseToken(tokens.id_token ?? '', `the login at ${new URL(options.issuer).host}`)
  checkToken(token, options.clientID, now())
  return tokens.refresh_token === undefined ? { token } : { token, refreshToken: new Secret(tokens.refresh_token) }
}

/** What to ask for: Fulcio needs the address, and a refresh token only goes to who keeps it. */
export function scopeFor({ metadata }: Issuer, { keep }: LoginOptions): string {
  const mayKeep = keep === true && metadata.scopes_supported?.includes('offline_access')
  return mayKeep ? 'openid email offline_access' : 'openid email'
}
