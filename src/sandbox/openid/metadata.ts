// What discovery says of the login (OpenID Connect Discovery 3, RFC 8414, 8628): written by hand, so that it costs
// nothing; a test holds it against what the provider itself would say.

/** Paths of the provider. */
export const ROUTES = {
  authorization: '/auth',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/keys',
  device_authorization: '/device/code',
  code_verification: '/device',
  revocation: '/token/revoke',
} as const

/** What is asked at which of them. */
export const LOGIN_ROUTES = [
  `GET ${ROUTES.authorization}`,
  `POST ${ROUTES.token}`,
  `GET ${ROUTES.userinfo}`,
  `POST ${ROUTES.userinfo}`,
  `POST ${ROUTES.device_authorization}`,
  `GET ${ROUTES.code_verification}`,
  `POST ${ROUTES.code_verification}`,
  `POST ${ROUTES.revocation}`,
] as const

export const SCOPES = ['openid', 'email', 'profile', 'offline_access'] as const

/** By scope. Dex says `federated_claims` of everybody. */
export const CLAIMS = { openid: ['sub', 'federated_claims'], email: ['email', 'email_verified'] } as const

export const AUTH_METHODS = ['none', 'client_secret_basic', 'client_secret_post'] as const

export const GRANTS = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'] as const

export function loginMetadata(issuer: string): Readonly<Record<string, unknown>> {
  return {
    authorization_endpoint: `${issuer}${ROUTES.authorization}`,
    token_endpoint: `${issuer}${ROUTES.token}`,
    device_authorization_endpoint: `${issuer}${ROUTES.device_authorization}`,
    userinfo_endpoint: `${issuer}${ROUTES.userinfo}`,
    revocation_endpoint: `${issuer}${ROUTES.revocation}`,
    grant_types_supported: GRANTS,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: AUTH_METHODS,
    authorization_response_iss_parameter_supported: true,
    scopes_supported: SCOPES,
    claims_supported: ['iss', 'sub', 'aud', 'iat', 'exp', 'nonce', ...CLAIMS.email, 'federated_claims'],
  }
}
