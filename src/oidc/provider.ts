// Where tokens come from without a login: the sources that a platform offers, one a provider, all of one shape.
import { Fault } from '../errors.ts'
import type { IdentityToken } from './token.ts'

/** One place that may hand out an identity token. */
export interface TokenSource {
  /** As `tokenProvider` has it: `github-actions`. */
  readonly name: string
  /**
   * A token for `audience`, fetched anew each time, decoded and fit for use now. Undefined where this platform is not
   * here; throws `identity` with what to do where it is here and gives none. Bounded in time.
   */
  token(audience: string): Promise<IdentityToken | undefined>
}

/** A platform's source, and what would show that the platform is here. */
export interface AmbientSource extends TokenSource {
  /** Continues `the token provider NAME has no token here: `. */
  readonly absence: string
}

/** The platform is here and gives no token: `why` follows its name, `hint` says what to do. */
export function noToken(platform: string, why: string, hint: string, cause?: unknown): Fault {
  return new Fault('identity', `${platform} ${why}`, { hint, cause })
}

/** The same source where it was asked for by name: not being there is a fault. */
export function requireToken(source: AmbientSource): TokenSource {
  return {
    name: source.name,
    async token(audience) {
      const token = await source.token(audience)
      if (token !== undefined) return token
      throw new Fault('identity', `the token provider ${source.name} has no token here: ${source.absence}`, {
        hint: 'set tokenProvider to another one, or leave it out to take what is here',
      })
    },
  }
}
