// Configuration becomes the token that was handed over: in a variable, a file, or on standard input.

import { describeSource } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import { tokenFrom } from '../oidc/source.ts'
import type { IdentityToken } from '../oidc/token.ts'
import { readBytesIfAny, resolvePath } from '../system/files.ts'
import type { Configured } from './assessor.ts'

/**
 * Whose it is, is not compared with who should sign.
 * @param noStdin why it cannot come from standard input; undefined where it can
 * @throws `identity`, or `config` where standard input should hold it and cannot
 */
export async function readGivenToken(configured: Configured, noStdin?: string): Promise<IdentityToken> {
  const { settings, sources, world } = configured
  const { identityToken, tokenProvider, tokenFile, clientID: audience } = settings
  const source = describeSource(sources.identityToken)
  if (identityToken === '-' && noStdin !== undefined) throw new Fault('config', `${source}: ${noStdin}`)
  return await tokenFrom(
    { identityToken, source, tokenProvider, tokenFile, audience },
    {
      readFile: (path) => readBytesIfAny(resolvePath(path, world)),
      readStdin: world.readStdin,
      now: world.now,
    },
  )
}
