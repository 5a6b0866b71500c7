// What a server that takes pushes needs: a hook that Git runs, somebody who may push, trust that is not too old.
import { type Finding, fail, ok, warn } from './finding.ts'
import { checkHook, INSTALL, type Installed } from './hook.ts'

/**
 * @param hooks those of ours that judge what is pushed
 * @param running where there are none of ours: the name of one that Git runs
 */
export function checkHooks(hooks: readonly Installed[], folder: string, running?: string): readonly Finding[] {
  if (hooks.length > 0) return hooks.map((hook) => checkHook(hook, folder))
  if (running !== undefined)
    return [
      warn(
        'hook',
        `${folder}/${running} is not ours: what it judges is not known`,
        `${INSTALL} puts ours before it, and keeps it`,
      ),
    ]
  return [fail('hook', `none of ours is in ${folder}: whatever is pushed is taken`, INSTALL)]
}

/**
 * @param count of the identities that gitsigil.allow names, where there is no policy
 * @param isJudged there is a hook, which then takes nothing
 */
export function checkPushers(count: number, isJudged: boolean): Finding {
  if (count > 0) return ok('allowed', `gitsigil.allow has ${count === 1 ? 'one entry' : `${count} entries`}`)
  const text = 'nobody said who may push here: a hook takes nothing'
  const hint = "git config --add gitsigil.allow 'ISSUER SUBJECT', or a policy (gitsigil help policy)"
  return isJudged ? fail('allowed', text, hint) : warn('allowed', text, hint)
}

/** @param days of gitsigil.trustMaxAge; undefined where it is not set */
export function checkMaxAge(days: number | undefined): Finding {
  if (days !== undefined) return ok('trust age', `gitsigil.trustMaxAge: no root older than ${days} days decides`)
  return warn(
    'trust age',
    'gitsigil.trustMaxAge is not set: a trusted root that nobody refreshed decides for ever',
    'git config gitsigil.trustMaxAge 30',
  )
}

/** Without a seed Git offers pushers no nonce, and then no push can be signed. */
export function checkSeed(hasSeed: boolean, rewrites: string): Finding {
  if (hasSeed) return ok('signed push', 'pushes can be signed (git push --signed)')
  const text = 'receive.certNonceSeed is not set, so no push can be signed'
  if (rewrites === 'any') return ok('signed push', text)
  return warn('signed push', `${text}: no deletion, rewrite or moved tag is taken`, `${INSTALL} sets it`)
}

/** @param names of variables that choose trust or identities elsewhere */
export function checkIgnored(names: readonly string[]): readonly Finding[] {
  if (names.length === 0) return []
  const text = `${names.join(', ')}: set here, and ignored by hooks, which go by the repository's configuration`
  return [warn('environment', text, 'git config sets it for the hooks too')]
}
