// The environment of a hook: a pusher may have a say in it (SSH's AcceptEnv, a git:// daemon, a wrapper), so nothing there
// chooses trust, policy, identities, or what is remembered of an earlier run. HOME is the account's, as it is for Git.
type Environment = Readonly<Record<string, string | undefined>>

const OPTIONS = /^(?:GITSIGIL|GITSIGN|SIGSTORE|TUF)_/
/** Where state is looked for; without them it is below HOME. */
const PLACES = ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_STATE_HOME']
/** Other files in the place of the machine's and the account's Git configuration. */
const CONFIGURATION = ['GIT_CONFIG', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM']

/** Drops what would choose. What is dropped is ignored in silence: it may be there for a reason of somebody else's. */
export function hookEnvironment(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !OPTIONS.test(name) && ![...PLACES, ...CONFIGURATION].includes(name)),
  )
}

const OWN_KEYS = /^(?:gitsig(?:il|n)\.|gpg\.(?:.*\.)?program$)/

/**
 * Whether a setting of Git's configuration counts: not where `git -c` or GIT_CONFIG_COUNT, variables too, made it. A program
 * that checks signatures decides as much as a policy does.
 */
export function countsInHook({ key, scope }: { readonly key: string; readonly scope: string }): boolean {
  return scope !== 'command' || !OWN_KEYS.test(key)
}
