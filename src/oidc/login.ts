// What a login is asked for, needs and gives; how it goes is the clients' matter.
import type { Secret } from '../secret.ts'
import type { IdentityToken } from './token.ts'

/** `browser`: authorization code on a page of this machine; `device`: a code for another device; `code`: one typed here. */
export type LoginFlow = 'browser' | 'device' | 'code'

export interface LoginOptions {
  readonly flow: LoginFlow
  /** URL of the OpenID Provider, as its tokens name it. */
  readonly issuer: string
  readonly clientID: string
  readonly clientSecret?: Secret | undefined
  /** Where the browser comes back to, on this machine. Unless given, any free port. */
  readonly redirectURL?: string | undefined
  /** Dex: the identity provider behind the issuer, so that nobody has to choose. */
  readonly connectorID?: string | undefined
  /** Whether the browser's page closes itself, and after how many seconds. */
  readonly autoclose: boolean
  readonly autocloseTimeout: number
  /** Milliseconds for a person to log in. */
  readonly timeout: number
  /** Asks for a refresh token too, where the issuer has them. */
  readonly keep?: boolean
}

export interface Login {
  readonly token: IdentityToken
  /** Undefined where none was asked for, or the issuer gives none. */
  readonly refreshToken?: Secret
}

/** Name of the issuer in messages. */
export const ISSUER = 'the OIDC issuer'
