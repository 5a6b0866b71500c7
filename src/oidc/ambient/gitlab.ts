// GitLab CI: a job asks for tokens by its keyword `id_tokens`, and gets each as a variable.
import { type AmbientSource, noToken } from '../provider.ts'
import { parseToken } from '../token.ts'

const VARIABLE = 'SIGSTORE_ID_TOKEN'

export function gitlab(env: Readonly<Record<string, string | undefined>>): AmbientSource {
  return {
    name: 'gitlab',
    absence: 'GITLAB_CI is not set',
    async token(audience) {
      if (!env['GITLAB_CI']) return undefined
      const text = env[VARIABLE]
      if (text) return parseToken(text.trim(), `GitLab (${VARIABLE})`)
      throw noToken(
        'GitLab',
        'gave this job no identity token: the keyword id_tokens is missing',
        `add to the job: id_tokens: { ${VARIABLE}: { aud: ${audience} } }`,
      )
    },
  }
}
