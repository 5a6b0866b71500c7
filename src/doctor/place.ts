// Where the person sits: a terminal to be told at, a browser to log in with, an agent and a keychain to stay logged in.
import { type Finding, ok, warn } from './finding.ts'

export function checkTerminal(hasTerminal: boolean): Finding {
  return hasTerminal
    ? ok('terminal', 'what must be seen while Git signs is written to it')
    : warn(
        'terminal',
        'there is none here: what is said while Git signs may be lost',
        'git config gitsigil.logPath FILE keeps it',
      )
}

/** @param isUnattended a CI job, where nobody logs in */
export function checkDisplay(hasBrowser: boolean, isUnattended: boolean): Finding {
  if (isUnattended) return ok('display', 'a CI job: nobody logs in, the job needs an OIDC token')
  return hasBrowser
    ? ok('display', 'a login opens in a browser')
    : ok('display', 'no browser here: a login shows an address and a code for any device')
}

export interface AgentFacts {
  readonly enabled: boolean
  readonly running: boolean
  /** Why it is of no use. */
  readonly why?: string
  readonly hint?: string | undefined
  readonly keys: number
}

export function checkAgent({ enabled, running, why, hint, keys }: AgentFacts): Finding {
  if (!enabled) return warn('agent', 'gitsigil.agent is false: each signature needs a login', 'unset gitsigil.agent')
  if (why !== undefined)
    return warn('agent', `not used: ${why}`, hint ?? 'gitsigil agent stop, then gitsigil agent start')
  if (!running) return ok('agent', 'does not run; signing starts it')
  return ok('agent', `runs, holds ${keys === 1 ? 'one key' : `${keys} keys`}`)
}

/** @param why it cannot be used; undefined where it took and gave back an item */
export function checkKeychain(why: string | undefined, enabled: boolean): Finding {
  if (!enabled) return ok('keychain', 'gitsigil.keychain is false: logins are not kept')
  if (why === undefined) return ok('keychain', 'takes logins and gives them back')
  return warn(
    'keychain',
    `not used: ${why}: logins are not kept`,
    'unlock or install a keychain (gnome-keyring, KWallet), or set gitsigil.keychain to false',
  )
}

/** gitsign's cache gives whoever asks the private key, so it is not used. */
export function checkCache(variable: string | undefined): readonly Finding[] {
  if (variable === undefined) return []
  const text = `${variable} is set and not used: that cache gives the private key away`
  return [warn('cache', text, 'unset it: the agent takes its place')]
}
