// Whether a token is at hand where nobody logs in: found as `whoami` and signing find it.
import { type AtHand, foreseeIdentity, missingTokenFile, type Unasked } from '../compose/at-hand.ts'
import { openLogins, type Standing } from '../compose/standing.ts'
import { type Finding, fail, ok, warn } from '../doctor/finding.ts'
import { chooseSteps, noIdentity } from '../oidc/choose.ts'
import { attempt } from './doctor-attempt.ts'

const ANOTHER = 'hand over another token, or unset what holds it'

/** Nothing where a person logs in: then there is none before. One that cannot sign stops every signature. */
export async function aboutToken(standing: Standing, offline: boolean): Promise<readonly Finding[]> {
  let unkept: string | undefined
  const kept = async () => {
    const logins = await openLogins(standing, () => undefined)
    unkept = logins.why
    return logins
  }
  const found = await attempt('token', () => foreseeIdentity(standing, kept, !offline), ANOTHER)
  if ('finding' in found) return [found.finding]
  return found.value === undefined ? withoutToken(standing, unkept) : checkFound(found.value)
}

function checkFound(found: AtHand | Unasked): readonly Finding[] {
  if (found.by === 'agent' || found.by === 'kept') return []
  if (found.subject === undefined) return [ok('token', `that of ${found.source}, asked for at each signature`)]
  const { subject, issuer, refused } = found
  return [refused === undefined ? ok('token', `${subject} (${issuer})`) : fail('token', refused, ANOTHER)]
}

function withoutToken(standing: Standing, unkept: string | undefined): readonly Finding[] {
  const { configured, door } = standing
  const { tokenProvider } = configured.settings
  if (!chooseSteps(tokenProvider, door.surroundings).some(({ by }) => by === 'login')) {
    const { message, hint = ANOTHER } = noIdentity(tokenProvider, door.surroundings, unkept)
    return [fail('token', message, hint)]
  }
  const missing = missingTokenFile(standing)
  if (missing === undefined) return []
  return [
    warn('token', `there is no ${missing}: somebody has to log in`, 'put a token there, or unset gitsigil.tokenFile'),
  ]
}
