// Configuration becomes the platform's own identity: the source that is named, else whichever is at hand.

import { ambientSource, ambientSources, firstToken, isAmbientName } from '../oidc/ambient/sources-client.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { Http } from '../system/http.ts'
import type { Configured } from './assessor.ts'

/** @param provider the one that must give a token; without it undefined where no platform has any */
export async function ambientToken(
  { settings, world }: Configured,
  http: Http,
  provider?: string,
): Promise<IdentityToken | undefined> {
  const options = { tokenFile: settings.tokenFile }
  const sources =
    provider !== undefined && isAmbientName(provider)
      ? [ambientSource(provider, world, http, options)]
      : ambientSources(world, http, options)
  return await firstToken(sources, settings.clientID)
}
