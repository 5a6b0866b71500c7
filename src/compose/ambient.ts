// Configuration becomes the platform's own identity: the source that is named, else whichever is at hand.

import {
  ambientSource,
  ambientSources,
  firstToken,
  firstUnasked,
  isAmbientName,
} from '../oidc/ambient/sources-client.ts'
import type { IdentityToken } from '../oidc/token.ts'
import type { Http } from '../system/http.ts'
import type { Configured } from './assessor.ts'

/** @param provider the one that must give a token; without it undefined where no platform has any */
export async function ambientToken(
  { settings, world }: Configured,
  http: Http,
  provider?: string,
): Promise<IdentityToken | undefined> {
  return await firstToken(sourcesFor({ settings, world }, http, provider), settings.clientID)
}

/** The same where nobody is asked: the token that is here already, else the source that would ask for one. */
export async function ambientUnasked({ settings, world }: Pick<Configured, 'settings' | 'world'>, provider?: string) {
  return await firstUnasked(sourcesFor({ settings, world }, undefined, provider), settings.clientID)
}

function sourcesFor({ settings, world }: Pick<Configured, 'settings' | 'world'>, http?: Http, provider?: string) {
  const options = { tokenFile: settings.tokenFile }
  return provider !== undefined && isAmbientName(provider)
    ? [ambientSource(provider, world, http, options)]
    : ambientSources(world, http, options)
}
