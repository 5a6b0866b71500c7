// GitHub Actions: the runner's token endpoint, which a job sees only with the permission `id-token: write`. Its tokens
// live for five minutes, so each use fetches a new one.
import { Secret } from '../../secret.ts'
import type { Http } from '../../system/http.ts'
import { type Asked, answerFault } from '../../system/http-fault.ts'
import type { World } from '../../system/world.ts'
import { type AmbientSource, noToken } from '../provider.ts'
import { parseToken } from '../token.ts'
import { readTextField } from './answer-client.ts'

const PLATFORM = 'GitHub Actions'
const TIMEOUT = 10_000
const PERMISSION_HINT =
  'give the job `permissions: id-token: write` beside its others; a pull request from a fork cannot have it'

export function githubActions(world: Pick<World, 'env'>, http: Http): AmbientSource {
  const { env } = world

  async function token(audience: string) {
    const [url, bearer] = [env['ACTIONS_ID_TOKEN_REQUEST_URL'], env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']]
    if (!url || !bearer) {
      if (env['GITHUB_ACTIONS'] !== 'true') return undefined
      throw noToken(PLATFORM, 'lets this job have no identity token: id-token: write is missing', PERMISSION_HINT)
    }
    return parseToken(await fetchToken(http, withAudience(url, audience), new Secret(bearer)), PLATFORM)
  }

  return { name: 'github-actions', absence: 'ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN are not set', token }
}

async function fetchToken(http: Http, url: string, bearer: Secret): Promise<string> {
  const asked: Asked = { service: PLATFORM, url, code: 'identity', secrets: [bearer] }
  const headers = { authorization: `Bearer ${bearer.reveal()}` }
  const response = await http.request({ ...asked, headers, timeout: TIMEOUT })
  if (response.status !== 200) throw answerFault(asked, response, refusalHint(response.status))
  return readTextField(asked, response, 'value')
}

function refusalHint(status: number): string | undefined {
  return status === 401 || status === 403
    ? `the job may be over, or lack its permission: ${PERMISSION_HINT}`
    : undefined
}

/** The URL comes with a query of its own. One that is none is the HTTP room's to refuse. */
function withAudience(text: string, audience: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  url.searchParams.set('audience', audience)
  return url.href
}
