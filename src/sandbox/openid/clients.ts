// The programs that may ask the sandbox's issuer for tokens: a public one under Sigstore's name, which proves itself by
// PKCE, and a confidential one, whose secret lies in the state directory.
import { GRANTS } from './metadata.ts'

/** Sigstore's public client. */
export const PUBLIC_CLIENT = 'sigstore'
export const CONFIDENTIAL_CLIENT = 'sigstore-confidential'
/** Holds the secret and nothing else: what `clientSecretFile` takes. */
export const SECRET_FILE = 'client_secret'

const REDIRECTS = ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}/auth/callback`)

/** As the provider takes them. */
export function clientsWith(secret: string): readonly Readonly<Record<string, unknown>>[] {
  const common = { application_type: 'native', grant_types: GRANTS, response_types: ['code'], redirect_uris: REDIRECTS }
  return [
    { ...common, client_id: PUBLIC_CLIENT, token_endpoint_auth_method: 'none' },
    {
      ...common,
      client_id: CONFIDENTIAL_CLIENT,
      client_secret: secret,
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ]
}

/** Any port and, as Dex has it, any path of this machine (RFC 8252 7.3): nobody else can be sent a code. */
export function isLoopbackRedirect(uri: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname, username, password, hash } = new URL(uri)
  const isPlain = username === '' && password === '' && hash === ''
  return protocol === 'http:' && isPlain && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}
