// Where a token comes from, chosen by itself: what is at hand without anybody, else a login in a way that the person can
// follow from where they are. A credential that an agent keeps comes before all of this: with it no token is needed.
import { Fault } from '../errors.ts'
import type { LoginFlow } from './login.ts'

/** One place to look; the first that gives a token is taken. */
export type Step =
  | { readonly by: 'given' }
  /** The platform's own source; `provider` alone, and it must give one, where it is named. */
  | { readonly by: 'ambient'; readonly provider?: string }
  /** A refresh token that an earlier login left in the keychain. */
  | { readonly by: 'stored' }
  | { readonly by: 'login'; readonly flow: LoginFlow }

export interface Surroundings {
  /** A token was handed over by configuration. */
  readonly hasGiven: boolean
  /** A page can be opened where the person sits. */
  readonly hasBrowser: boolean
  /** What is told is seen while we wait: a terminal, a log file, a command's stderr. */
  readonly isShown: boolean
  /** Nobody is here: a CI job. */
  readonly isUnattended: boolean
}

/** In this order. None that logs in where nobody could: then what is left is `noIdentity`. */
export function chooseSteps(provider: string | undefined, here: Surroundings): readonly Step[] {
  switch (provider) {
    case 'envvar':
      return [{ by: 'given' }]
    case 'interactive':
      return [{ by: 'stored' }, ...loginSteps(here)]
    case 'device':
      // Where nobody sees the code, nobody enters it.
      return [{ by: 'stored' }, ...(here.isShown ? [{ by: 'login', flow: 'device' } as const] : [])]
    case undefined:
      if (here.hasGiven) return [{ by: 'given' }]
      return [{ by: 'ambient' }, { by: 'stored' }, ...(here.isUnattended ? [] : loginSteps(here))]
    default:
      return [{ by: 'ambient', provider }]
  }
}

/** What hands a token over, so that nobody need log in. */
export const HANDED_OVER = 'SIGSTORE_ID_TOKEN or gitsigil.tokenFile'

/** What helps where nobody logs in. */
export const IN_CI =
  'let the job have an OIDC token (GitHub Actions: the permission id-token: write), or set SIGSTORE_ID_TOKEN'

/**
 * No step gave a token.
 * @param unkept why no login can be kept; undefined where one can
 */
export function noIdentity(provider: string | undefined, here: Surroundings, unkept?: string): Fault {
  const first =
    unkept === undefined ? 'run gitsigil login at a terminal first' : `no login is kept (${unkept}): sign at a terminal`
  if (provider === 'envvar')
    return new Fault('identity', 'no identity token is given', { hint: 'set SIGSTORE_ID_TOKEN or --identity-token' })
  if (here.isUnattended)
    return new Fault('identity', 'no identity token is at hand, and this is a CI job, where nobody logs in', {
      hint: IN_CI,
    })
  if (provider === 'device')
    return new Fault('identity', 'nobody would see the code for another device: here is neither a terminal nor a log', {
      hint: `${first}, set gitsigil.logPath, or set ${HANDED_OVER}`,
    })
  return new Fault('identity', 'no identity token is at hand, and here is neither a browser nor a terminal', {
    hint: `${first}, or set ${HANDED_OVER}`,
  })
}

function loginSteps({ hasBrowser, isShown }: Surroundings): readonly Step[] {
  if (hasBrowser) return [{ by: 'login', flow: 'browser' }]
  return isShown ? [{ by: 'login', flow: 'device' }] : []
}
