// Who a verified token stands for: the subject alternative name, the extensions and the claim that a proof of possession
// signs, each as Fulcio (pkg/identity) takes them from the token by the type of its issuer.
import { encodeUtf8String } from '../asn1/write.ts'
import { encodeUtf8 } from '../bytes.ts'
import { encodeExtension, subjectAltName } from './certificate.ts'
import { CI_PROVIDERS, type CiProvider, renderTemplate } from './ci.ts'
import { Refusal } from './service.ts'

export type IssuerType = 'email' | 'uri' | 'username' | keyof typeof CI_PROVIDERS

/** An issuer that the sandbox's Fulcio accepts. Its keys are found by its URL alone: discovery, then JWKS. */
export interface TrustedIssuer {
  /** Equals the token's `iss` exactly. */
  readonly url: string
  readonly type: IssuerType
  /** For `uri` the scheme and host that subjects have; for `username` what stands behind the `!`. */
  readonly subjectDomain?: string
  /** Takes the certificate's issuer from `federated_claims.connector_id`, as the public good instance does for Dex. */
  readonly federated?: boolean
  /** Clients whose tokens are taken; `sigstore` alone where absent. */
  readonly audiences?: readonly string[]
}

export type Claims = Readonly<Record<string, unknown>>

export interface Principal {
  /** What the proof of possession is a signature of. */
  readonly challenge: string
  /** DER Extension values: the subject alternative name first, then Fulcio's own in the order of their OIDs. */
  readonly extensions: readonly Uint8Array[]
}

/** `email` for issuers of that type, `sub` for every other, whatever else the token holds. */
export function challengeClaim(type: IssuerType): 'email' | 'sub' {
  return type === 'email' ? 'email' : 'sub'
}

/** Throws a refusal that names the claim that is missing or wrong. */
export function principalOf(issuer: TrustedIssuer, claims: Claims): Principal {
  const { type } = issuer
  if (type === 'email') return emailPrincipal(issuer, claims)
  if (type === 'username') return usernamePrincipal(issuer, claims)
  if (type === 'uri') return uriPrincipal(issuer, claims)
  return ciPrincipal(issuer, claims, CI_PROVIDERS[type])
}

function emailPrincipal(issuer: TrustedIssuer, claims: Claims): Principal {
  const email = textClaim(claims, 'email')
  if (claims['email_verified'] !== true) throw refused('email_verified claim was false')
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) throw refused('email address is not valid')
  const names = [subjectAltName('email', email), ...fulcioExtensions(certificateIssuer(issuer, claims), claims)]
  return { challenge: email, extensions: names }
}

function certificateIssuer(issuer: TrustedIssuer, claims: Claims): string {
  const federated = claims['federated_claims'] as { readonly connector_id?: unknown } | undefined
  if (issuer.federated !== true) return issuer.url
  if (typeof federated?.connector_id !== 'string') throw refused('missing federated_claims.connector_id claim')
  return federated.connector_id
}

function usernamePrincipal(issuer: TrustedIssuer, claims: Claims): Principal {
  const name = textClaim(claims, 'sub')
  if (name.includes('!')) throw refused('username cannot contain ! character')
  if (name.includes('@')) throw refused('username should not be an email address')
  const full = `${name}!${issuer.subjectDomain ?? new URL(issuer.url).hostname}`
  return { challenge: name, extensions: [subjectAltName('username', full), ...fulcioExtensions(issuer.url, claims)] }
}

function uriPrincipal(issuer: TrustedIssuer, claims: Claims): Principal {
  const subject = textClaim(claims, 'sub')
  const uri = URL.canParse(subject) ? new URL(subject) : undefined
  const domain = new URL(issuer.subjectDomain ?? issuer.url)
  if (uri === undefined) throw refused('subject is not a URI')
  if (uri.protocol !== domain.protocol || uri.hostname !== domain.hostname)
    throw refused(`subject ${uri.protocol}//${uri.hostname} must match ${domain.protocol}//${domain.hostname}`)
  return { challenge: subject, extensions: [subjectAltName('uri', subject), ...fulcioExtensions(issuer.url, claims)] }
}

function ciPrincipal(issuer: TrustedIssuer, claims: Claims, provider: CiProvider): Principal {
  const values: Record<number, string> = {}
  for (const [arc, template] of Object.entries(provider.extensions)) {
    const value = renderTemplate(template, claims)
    if (value !== undefined) values[Number(arc)] = value
  }
  const name = subjectAltName('uri', renderTemplate(provider.name, claims) ?? '')
  return { challenge: textClaim(claims, 'sub'), extensions: [name, ...fulcioExtensions(issuer.url, claims, values)] }
}

/** Arcs 1 to 6 hold the bare text, 8 and up a DER UTF8String; the issuer stands under 1 and 8, `sub` under 24. */
function fulcioExtensions(
  issuer: string,
  claims: Claims,
  values: Readonly<Record<number, string>> = {},
): readonly Uint8Array[] {
  return Object.entries({ ...values, 1: issuer, 8: issuer, 24: textClaim(claims, 'sub') }).map(([arc, value]) =>
    encodeExtension(`1.3.6.1.4.1.57264.1.${arc}`, false, Number(arc) < 7 ? encodeUtf8(value) : encodeUtf8String(value)),
  )
}

function textClaim(claims: Claims, name: string): string {
  const value = claims[name]
  if (typeof value !== 'string' || value === '') throw refused(`missing ${name} claim in ID token`)
  return value
}

function refused(why: string): Refusal {
  return new Refusal(400, 3, why)
}
