// CircleCI: the token that a job finds in CIRCLE_OIDC_TOKEN_V2 is for the organisation's id as audience, which no Fulcio
// takes; `circleci run oidc get` in the job gives one for another audience.
import type { AmbientSource } from '../provider.ts'
import { type IdentityToken, parseToken } from '../token.ts'
import { type CommandPorts, type TokenCommand, tokenByCommand } from './command-client.ts'

const READY = 'CIRCLE_OIDC_TOKEN_V2'
/** Without it the issuer is another for each organisation. */
const ROOT_ISSUER = '--root-issuer'

export function circleci(ports: CommandPorts): AmbientSource {
  const { env } = ports.world

  async function token(audience: string): Promise<IdentityToken | undefined> {
    if (!env['CIRCLECI']) return undefined
    const ready = env[READY] ? parseToken(env[READY].trim(), `CircleCI (${READY})`) : undefined
    if (ready?.claims.audience.includes(audience)) return ready
    return await tokenByCommand(command(audience), ports)
  }

  return { name: 'circleci', absence: 'CIRCLECI is not set', token }
}

function command(audience: string): TokenCommand {
  return {
    platform: 'CircleCI',
    command: ['circleci', 'run', 'oidc', 'get', ROOT_ISSUER, '--claims', JSON.stringify({ aud: audience })],
    recent: ROOT_ISSUER,
    missing: `only this program of the job gives a token for ${audience}; ${READY} is for another audience`,
    refused: 'only the program that CircleCI itself puts into a job can do it, not one that was installed there',
  }
}
