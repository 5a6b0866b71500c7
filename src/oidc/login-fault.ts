// What went wrong in a login, in one line and without a secret: the library's errors hold whole tokens and answers, so
// they are read here and go no further.
import { Fault } from '../errors.ts'

interface Problem {
  readonly code?: unknown
  readonly error?: unknown
  readonly error_description?: unknown
  readonly message?: unknown
  readonly cause?: unknown
}

type Words = readonly [why: string, hint?: string]

const AGAIN = 'try again; where nobody can log in, set SIGSTORE_ID_TOKEN'

/** Answers of an issuer that refuses (RFC 6749 4.1.2.1 and 5.2, RFC 8628 3.5, OpenID Connect Core 3.1.2.6). */
const REFUSALS: ReadonlyMap<unknown, Words> = new Map<unknown, Words>([
  ['access_denied', ['refused: the login was cancelled or denied', AGAIN]],
  ['expired_token', ['says that the code has expired', AGAIN]],
  ['invalid_grant', ['says that the login is no longer valid', AGAIN]],
  ['invalid_client', ['does not accept this client', 'see gitsigil.clientID and gitsigil.clientSecretFile']],
  ['unauthorized_client', ['does not let this client log in so', 'see gitsigil.clientID and gitsigil.tokenProvider']],
  ['login_required', ['wants a new login', AGAIN]],
])

/** Claims of an ID token that are not as they must be. */
const CLAIMS: ReadonlyMap<unknown, Words> = new Map<unknown, Words>([
  ['aud', ['gave an ID token for another audience', 'see gitsigil.clientID']],
  ['iss', ['gave an ID token of another issuer', 'set gitsigil.issuer to the name in the tokens']],
  ['nonce', ['gave an ID token of another login (its nonce is wrong)', AGAIN]],
  ['azp', ['gave an ID token for another client', 'see gitsigil.clientID']],
])

const CLOCK: Words = ['gave an ID token that is not valid now', 'is this clock right?']

/** A fault passes through; anything else becomes one that names the issuer. */
export function explainLogin(thrown: unknown, issuer: string): Fault {
  const fault = faultIn(thrown)
  if (fault !== undefined) return fault
  const [why, hint] = explain(problemIn(thrown))
  return new Fault('identity', `the OIDC issuer ${hostOf(issuer)} ${why}`, hint === undefined ? {} : { hint })
}

/** Whether the issuer will have no more of this refresh token. */
export function isGrantGone(thrown: unknown): boolean {
  return problemIn(thrown).error === 'invalid_grant'
}

function explain(problem: Problem): Words {
  if (problem.error !== undefined) return REFUSALS.get(problem.error) ?? [`refused: ${said(problem)}`]
  const inner = problemIn(problem.cause)
  switch (problem.code) {
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return CLOCK
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
      return CLAIMS.get(claimIn(inner)) ?? [`gave an ID token whose claim ${clean(claimIn(inner))} is wrong`]
    case 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED':
      return ['names another issuer in its discovery document', 'set gitsigil.issuer to that name exactly']
    case 'OAUTH_RESPONSE_IS_NOT_CONFORM':
    case 'OAUTH_RESPONSE_IS_NOT_JSON':
    case 'OAUTH_PARSE_ERROR':
      return ['did not answer as an OpenID Provider', 'is gitsigil.issuer right?']
    default:
      return [`gave an answer that is not accepted: ${clean(inner.message ?? problem.message)}`]
  }
}

function faultIn(thrown: unknown): Fault | undefined {
  for (let at = thrown; at instanceof Error; at = at.cause) if (at instanceof Fault) return at
  return undefined
}

function problemIn(thrown: unknown): Problem {
  return typeof thrown === 'object' && thrown !== null ? (thrown as Problem) : {}
}

// The library tells the claim's name beside its value and all other claims.
function claimIn(problem: Problem): unknown {
  const { claim } = problemIn(problem.cause) as { readonly claim?: unknown }
  return claim ?? /"(\w+)"/.exec(String(problem.message))?.[1]
}

function said({ error, error_description: description }: Problem): string {
  const words = clean(error)
  return typeof description === 'string' && description !== '' ? `${words}: ${clean(description)}` : words
}

function clean(text: unknown): string {
  return String(text)
    .replace(/eyJ[\w-]*(?:\.[\w-]*){0,4}/g, '[secret]')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 200)
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer
}
