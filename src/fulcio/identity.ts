// placeholder for the formats helper
/** Who a Fulcio certificate names. */
export interface Identity {
  /** The SAN's value: email address, URI or user name. */
  readonly subject: string
  readonly type: 'email' | 'uri' | 'username'
  /** OIDC issuer. */
  readonly issuer: string
  /** The further Fulcio extensions, by their short names (formats: 1.3.6.1.4.1.57264.1.2 to .24). */
  readonly claims: Readonly<Record<string, string>>
}
