// How Git is set up: its version, what it signs and with what, and which trust it asks for.
import { type Finding, fail, ok, warn } from './finding.ts'

/** The last value of a key in force, undefined where it is not set. Keys in lower case. */
export type GitValue = (key: string) => string | undefined

/** What Git would run by gpg.x509.program. */
export interface Program {
  /** As configured; undefined where it is not. */
  readonly value: string | undefined
  /** The file it leads to. */
  readonly path: string | undefined
  /** What it says it is: `gitsigil 0.1.0`; undefined where it is something else. */
  readonly release: string | undefined
}

/** The oldest Git whose configuration tells scopes apart. */
const OLDEST = [2, 26] as const

/** @param text what `git --version` prints; undefined where it could not be run */
export function checkGitVersion(text: string | undefined): Finding {
  const [, version, major, minor] = /^git version ((\d+)\.(\d+)\S*)/.exec(text ?? '') ?? []
  if (version === undefined) return fail('git', 'git was not found', 'install Git, and see that it is on the PATH')
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1])
  return isOld
    ? fail('git', `version ${version} is too old`, `version ${OLDEST.join('.')} or later is needed`)
    : ok('git', `version ${version}`)
}

/** What sets Git up: where there is no repository, for all of them. */
export function setupFor(isRepository: boolean): string {
  return isRepository ? 'gitsigil setup' : 'gitsigil setup --global'
}

export function checkRepository(isRepository: boolean): readonly Finding[] {
  if (isRepository) return []
  const text = 'this is no Git repository: looked at is what holds for all of yours'
  return [warn('repository', text, 'run it in the repository that is meant')]
}

export function checkFormat(get: GitValue, setup: string): Finding {
  const format = get('gpg.format') ?? 'openpgp'
  if (format === 'x509') return ok('format', 'Git signs with X.509')
  return fail('format', `gpg.format is ${format}: Git signs with another program`, setup)
}

export function checkProgram({ value, path, release }: Program, setup: string): Finding {
  if (value === undefined) return fail('program', 'gpg.x509.program is not set: Git calls gpgsm', setup)
  if (path === undefined)
    return fail('program', `gpg.x509.program is ${value}, and there is no such program`, `${setup}, or mend the PATH`)
  if (release === undefined) return fail('program', `gpg.x509.program is ${value}, another program`, setup)
  return ok('program', `Git calls ${path}, ${release}`)
}

export function checkSigning(get: GitValue, setup: string): Finding {
  const isOn = (key: string) => /^(?:true|yes|on|1)$/i.test(get(key) ?? '')
  const off = ['commit.gpgsign', 'tag.gpgsign'].filter((key) => !isOn(key))
  if (off.length === 0) return ok('signing', 'commits and tags are signed without asking for it')
  const what = off.map((key) => (key === 'commit.gpgsign' ? 'commits' : 'tags')).join(' and ')
  return warn('signing', `${what} are signed only where -S or -s asks for it`, setup)
}

/** We report `undefined` for a stranger, `fully` for an allowed identity, `never` for a refused one. */
export function checkMinTrust(get: GitValue): Finding {
  const level = get('gpg.mintrustlevel')?.toLowerCase()
  if (level === undefined) return ok('min trust', 'gpg.minTrustLevel is not set')
  if (level === 'ultimate')
    return warn('min trust', 'gpg.minTrustLevel is ultimate: no signature reaches it', 'set it to fully')
  if (level === 'undefined' || level === 'never')
    return warn(
      'min trust',
      `gpg.minTrustLevel is ${level}: Git takes anybody's signature for a good one`,
      'set it to fully, or unset it',
    )
  return ok('min trust', `gpg.minTrustLevel is ${level}: identities of gitsigil.allow reach it`)
}

const BEHIND = 'bring that ref up to date (git fetch), or let gitsigil.policyRef name the one that the policy is on'

/** @param count of the identities that gitsigil.allow names */
export function checkAllowed(count: number, trust: string): Finding {
  if (trust === 'any') return warn('allowed', 'gitsigil.trust is any: whoever signs is trusted', 'unset gitsigil.trust')
  if (count > 0) return ok('allowed', `gitsigil.allow has ${count === 1 ? 'one entry' : `${count} entries`}`)
  return warn(
    'allowed',
    'nobody is allowed yet: good signatures show as U, untrusted',
    "git config --add gitsigil.allow 'ISSUER SUBJECT'; gitsigil whoami prints your own",
  )
}

/**
 * @param inForce the commit of the policy that was authenticated last; undefined where there is none yet
 * @param isBehind its ref is behind that, or not there
 */
export function checkPolicy(root: string, ref: string, inForce: string | undefined, isBehind: boolean): Finding {
  const from = `trust in it starts at ${root.slice(0, 19)}`
  if (inForce === undefined)
    return warn(
      'policy',
      `none is in force here yet: good signatures show as U; ${from}, ${ref}`,
      'gitsigil policy update',
    )
  const text = `that of commit ${inForce.slice(0, 12)} is in force; ${from}`
  if (!isBehind) return ok('policy', text)
  return warn('policy', `${text}; ${ref} is behind it or not there, and so does not update it`, BEHIND)
}

/** @param keys as Git prints them */
export function checkUnknownKeys(keys: readonly string[]): readonly Finding[] {
  return keys.map((key) =>
    warn('unknown key', `git config ${key} is not an option and has no effect`, 'gitsigil help options lists them all'),
  )
}
