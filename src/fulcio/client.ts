// Fulcio's client (API v2): a token and a key go in, a certificate for exactly that key comes out.
import { Fault } from '../errors.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { ProvingKey } from '../sign/key.ts'
import type { Chain } from '../sign/sign.ts'
import type { Http, HttpResponse } from '../system/http.ts'
import { type Asked, answerFault, answerProblem, readAnswer } from '../system/http-fault.ts'
import { endpoint } from '../system/http-url.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { checkIssuedLeaf, type Expected } from './chain.ts'
import { type AcceptedIssuer, likelyChallenge, namedChallenge, parseConfiguration } from './issuers.ts'
import { encodeCertificateRequest, encodeChallenge, parseCertificateResponse } from './request.ts'

export interface FulcioOptions {
  readonly http: Http
  /** Base URL. */
  readonly url: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** For an instance without a CT log. */
  readonly mayLackSct?: boolean
}

export interface FulcioClient {
  /** Throws `ca` where Fulcio refuses or what it issues is of no use, `network` where it does not answer. */
  certify(token: IdentityToken, key: ProvingKey): Promise<Chain>
}

const SERVICE = 'Fulcio'
const NO_CHAIN = 'answered with what is no certificate chain'
const TIMEOUT = 15_000
const STALE_HINT =
  "the token may have expired on its way (GitHub's live for five minutes): get a new one; " +
  'a GitHub Actions job needs the permission id-token: write'

export function createFulcioClient(options: FulcioOptions): FulcioClient {
  const url = endpoint(options.url, '/api/v2/signingCert')

  async function ask(token: IdentityToken, key: ProvingKey, challenge: string): Promise<HttpResponse> {
    return await options.http.request({
      ...asked(token),
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: encodeCertificateRequest({
        token: token.secret.reveal(),
        spki: key.spki,
        proof: await key.sign(encodeChallenge(challenge)),
      }),
      timeout: TIMEOUT,
      // A second certificate for the same key does no harm.
      retry: 'idempotent',
    })
  }

  async function certify(token: IdentityToken, key: ProvingKey): Promise<Chain> {
    const guess = likelyChallenge(token.claims)
    const first = await ask(token, key, guess)
    if (!isRefusal(first)) return acceptAnswer(first, asked(token), expected(key))
    // Only a refusal costs a second round trip: to sign the claim that was meant, or to say what is wrong.
    const issuers = await fetchIssuers(options)
    const issuer = issuers?.find((one) => one.matches(token.claims.issuer))
    const named = issuer && namedChallenge(issuer.challengeClaim, token.claims)
    const last = named === undefined || named === guess ? first : await ask(token, key, named)
    if (!isRefusal(last)) return acceptAnswer(last, asked(token), expected(key))
    throw answerFault(asked(token), last, refusalHint(token.claims, issuers, issuer))
  }

  function asked(token: IdentityToken): Asked {
    return { service: SERVICE, url, code: 'ca', secrets: [token.secret] }
  }

  function expected(key: ProvingKey): Expected {
    return { spki: key.spki, now: options.now(), mayLackSct: options.mayLackSct ?? false }
  }

  return { certify }
}

function isRefusal({ status }: HttpResponse): boolean {
  return status === 400 || status === 401
}

function acceptAnswer(response: HttpResponse, asked: Asked, expected: Expected): Chain {
  if (response.status !== 200 && response.status !== 201) throw answerFault(asked, response)
  const [leaf, ...intermediates] = readAnswer(asked, NO_CHAIN, () =>
    parseCertificateResponse(response.body).map(parseCertificate),
  )
  const why = leaf === undefined ? 'issued no certificate' : checkIssuedLeaf(leaf, expected)
  if (leaf === undefined || why !== undefined) throw answerProblem(asked, why ?? '')
  return { leaf, intermediates }
}

/** Undefined where this Fulcio does not tell: then there is nothing more to say than its refusal. */
async function fetchIssuers({ http, url }: FulcioOptions): Promise<readonly AcceptedIssuer[] | undefined> {
  const request = { service: SERVICE, url: endpoint(url, '/api/v2/configuration'), code: 'ca', retry: 'never' } as const
  try {
    const response = await http.request(request)
    return response.status === 200 ? parseConfiguration(response.body) : undefined
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined
    throw thrown
  }
}

function refusalHint(
  claims: IdentityToken['claims'],
  issuers: readonly AcceptedIssuer[] | undefined,
  issuer: AcceptedIssuer | undefined,
): string {
  if (issuers !== undefined && issuer === undefined)
    return `it takes no tokens of the issuer ${JSON.stringify(claims.issuer)}`
  if (issuer?.audience !== undefined && !claims.audience.includes(issuer.audience))
    return `it wants tokens of this issuer for the audience ${JSON.stringify(issuer.audience)}`
  if (issuer?.challengeClaim === 'email' && !claims.emailVerified)
    return 'the issuer does not say that the email address is verified (claim email_verified)'
  return STALE_HINT
}
