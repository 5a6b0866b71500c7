// Whether a hook of ours does its work.
import { type Finding, fail, ok, warn } from './finding.ts'

/** A hook file of ours. */
export interface Installed {
  readonly name: string
  /** As it was made. */
  readonly intact: boolean
  /** What it does not let pass does not happen; another hook only tells. */
  readonly refuses: boolean
  /** Git runs no other. */
  readonly isExecutable: boolean
  /** What it starts. */
  readonly command: readonly string[]
  /** That this is gitsigil, and runs. */
  readonly starts: boolean
}

export const INSTALL = 'gitsigil hook install'

export function checkHook(hook: Installed, folder: string): Finding {
  const { name, intact, refuses, isExecutable, command, starts } = hook
  const path = `${folder}/${name}`
  const bad = refuses ? fail : warn
  if (!isExecutable) return bad('hook', `${path} is not executable for this user, so Git does not run it`, INSTALL)
  if (!intact)
    return bad(
      'hook',
      `${path} was changed since it was installed: nobody knows what it ${refuses ? 'judges' : 'tells'}`,
      `keep what you need of it elsewhere, remove it, then ${INSTALL}`,
    )
  const outcome = refuses ? 'each push is refused' : 'it tells nothing'
  if (!starts)
    return bad('hook', `${path} starts ${command.join(' ')}, which is gone or does not run: ${outcome}`, INSTALL)
  if (!refuses) return ok('hook', `${name} warns of what comes`)
  return ok('hook', name === 'update' ? 'update judges each ref of a push' : `${name} judges each push`)
}
