// Which word of trust Git is told. Only allowed identities raise it; two settings of the user, ignored in hooks, may too.
import type { Settings } from '../config/resolve.ts'
import type { Accepted } from '../report/assessment.ts'
import { isSamePerson, type Person } from '../report/people.ts'
import type { TrustWord } from './status.ts'

interface Circumstances {
  readonly settings: Settings
  /** Instance that identities without an instance's name belong to. */
  readonly defaultInstance: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The word for an accepted signature. The committer's line decides only where the user chose `trust=committer`. */
export function trustOf(accepted: Accepted, person: Person | undefined, circumstances: Circumstances): TrustWord {
  const { level, warn } = accepted.judgement
  if (level === 'refused') return warn === true ? 'UNDEFINED' : 'NEVER'
  if (level === 'allowed') return 'FULLY'
  const { trust } = circumstances.settings
  if (trust === 'policy' || isInHook(circumstances.env)) return 'UNDEFINED'
  if (trust === 'any') return 'FULLY'
  return isVouchedCommitter(accepted, person, circumstances) ? 'MARGINAL' : 'UNDEFINED'
}

// Who writes the object chooses its committer, so the address counts only where an issuer the user lists vouches for it.
function isVouchedCommitter(accepted: Accepted, person: Person | undefined, circumstances: Circumstances): boolean {
  const { identity } = accepted.verdict.signer
  return (
    person !== undefined &&
    identity.type === 'email' &&
    isSamePerson(identity, person) &&
    accepted.judgement.instance === circumstances.defaultInstance &&
    circumstances.settings.committerIssuer.includes(identity.issuer)
  )
}

/** A receiving repository's hook, where the pusher must not profit from what its owner chose for reading. */
export function isInHook(env: Readonly<Record<string, string | undefined>>): boolean {
  const marks = ['GIT_QUARANTINE_PATH', 'GIT_PUSH_CERT', 'GIT_PUSH_OPTION_COUNT']
  return marks.some((name) => env[name] !== undefined) || env['GIT_DIR'] === '.'
}
