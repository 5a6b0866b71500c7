// Google Cloud: a token of another service account, GOOGLE_SERVICE_ACCOUNT_NAME, which this one may impersonate: an
// access token from the metadata server, and for it an identity token from the IAM credentials service.
import { Secret } from '../../secret.ts'
import { type Asked, answerFault } from '../../system/http-fault.ts'
import { type AmbientSource, noToken } from '../provider.ts'
import { type IdentityToken, parseToken } from '../token.ts'
import { readTextField } from './answer-client.ts'
import { askMetadata, type MetadataPorts } from './metadata-client.ts'

export interface ImpersonationPorts extends MetadataPorts {
  /** Base URL of the IAM credentials service. Not for the environment to set: it is sent an access token. */
  readonly iam?: string
}

const PLATFORM = 'Google Cloud (impersonation)'
const VARIABLE = 'GOOGLE_SERVICE_ACCOUNT_NAME'
const IAM = 'https://iamcredentials.googleapis.com'
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const CALLER_HINT =
  "who impersonates is who the metadata server says, with the scope cloud-platform; GOOGLE_APPLICATION_CREDENTIALS isn't read"

export function googleImpersonate(ports: ImpersonationPorts): AmbientSource {
  async function token(audience: string): Promise<IdentityToken | undefined> {
    const account = ports.world.env[VARIABLE]
    if (!account) return undefined
    const text = await fetchIdToken(account, audience, await fetchAccessToken(ports), ports)
    return parseToken(text, PLATFORM)
  }

  return { name: 'google-impersonate', absence: `${VARIABLE} is not set`, token }
}

async function fetchAccessToken(ports: ImpersonationPorts): Promise<Secret> {
  const answer = await askMetadata(`token?scopes=${encodeURIComponent(SCOPE)}`, ports, 'idempotent')
  if (answer === undefined) throw noToken(PLATFORM, "finds no metadata server of Google's here", CALLER_HINT)
  const { asked, response } = answer
  if (response.status !== 200) throw answerFault(asked, response, CALLER_HINT)
  return new Secret(readTextField(asked, response, 'access_token'))
}

async function fetchIdToken(
  account: string,
  audience: string,
  access: Secret,
  { http, iam = IAM }: ImpersonationPorts,
): Promise<string> {
  const asked: Asked = {
    service: "Google's IAM credentials service",
    url: `${iam}/v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateIdToken`,
    code: 'identity',
    secrets: [access],
  }
  const response = await http.request({
    ...asked,
    method: 'POST',
    headers: { authorization: `Bearer ${access.reveal()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ audience, includeEmail: true }),
    // A second token does no harm.
    retry: 'idempotent',
  })
  if (response.status !== 200) throw answerFault(asked, response, refusalHint(response.status))
  return readTextField(asked, response, 'token')
}

function refusalHint(status: number): string | undefined {
  if (status === 404) return `there is no such service account: is ${VARIABLE} its whole address?`
  return status === 401 || status === 403
    ? `grant the caller roles/iam.serviceAccountOpenIdTokenCreator on the account that ${VARIABLE} names`
    : undefined
}
