// An OpenID Provider as its discovery document describes it, made ready for a login: ID tokens are checked by its keys,
// though they come over TLS, and by our clock.
import type { ClientAuth, Configuration, ServerMetadata } from 'openid-client'
import type { Secret } from '../secret.ts'
import type { Http } from '../system/http.ts'
import { checkServiceUrl } from '../system/http-url.ts'
import { fetchThrough } from './fetch-client.ts'
import { ISSUER, type LoginOptions } from './login.ts'
import { explainLogin } from './login-fault.ts'

export type Library = typeof import('openid-client')

export interface Issuer {
  readonly library: Library
  readonly config: Configuration
  readonly metadata: ServerMetadata
}

export interface IssuerPorts {
  readonly http: Http
  /** Milliseconds since 1970. */
  now(): number
}

/** Reads the discovery document. Throws `network`, `identity` for what is no such document, `config` for a bad URL. */
export async function fetchIssuer(options: LoginOptions, { http, now }: IssuerPorts): Promise<Issuer> {
  const library = await import('openid-client')
  const { issuer, clientID, clientSecret } = options
  const url = checkServiceUrl(ISSUER, issuer)
  const skew = { [library.clockSkew]: Math.round((now() - Date.now()) / 1000) }
  // Each address of the document is asked through `http`, which lets plain http pass for this machine only.
  const execute = [
    library.enableNonRepudiationChecks,
    ...(url.protocol === 'http:' ? [library.allowInsecureRequests] : []),
  ]
  try {
    const find = (auth: ClientAuth) =>
      library.discovery(url, clientID, skew, auth, { [library.customFetch]: fetchThrough(http), execute })
    const config = await find(authentication(library, clientSecret))
    return { library, config, metadata: config.serverMetadata() }
  } catch (thrown) {
    throw explainLogin(thrown, issuer)
  }
}

/** An address that a browser is sent to or a person is shown: never one that would run something. */
export function pageAddress(text: string): string {
  return checkServiceUrl(ISSUER, text).href
}

// Decided when the token endpoint is asked, for the document says which ways it knows. Basic is what it knows unsaid.
function authentication(
  { None, ClientSecretBasic, ClientSecretPost }: Library,
  secret: Secret | undefined,
): ClientAuth {
  if (secret === undefined) return None()
  const [basic, post] = [ClientSecretBasic(secret.reveal()), ClientSecretPost(secret.reveal())]
  return (server, client, body, headers) => {
    const known = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const way = known.includes('client_secret_basic') ? basic : post
    way(server, client, body, headers)
  }
}
