// One signature place of a history, looked at: plain data, in the order of the walk. Nothing about a signer stands in it
// unless the signature was accepted.
import type { PolicyJudgement } from '../policy/judgement.ts'
import type { Person } from '../report/people.ts'
import type { Facts } from '../verify/facts.ts'
import type { Check } from '../verify/verdict.ts'

export type PlaceKind = 'commit' | 'tag' | 'mergetag' | 'push certificate'

export interface ObjectRecord {
  /** Lower-case hexadecimal; of a mergetag the id of the tag that it embeds. */
  readonly oid: string
  readonly kind: PlaceKind
  readonly algorithm: 'sha1' | 'sha256'
  /** A mergetag's commit. */
  readonly within?: string
  /** Full names of the refs that named it, where that is known. */
  readonly refs?: readonly string[]
  /** What a tag or mergetag points at. */
  readonly target?: { readonly oid: string; readonly type: string }
  /** A commit's, from its raw bytes. */
  readonly parents?: readonly string[]
  /** Whom the object names: the writer's word. */
  readonly person?: Person
  /** First line of the message, at most `MAX_SUBJECT` characters. Raw: escape it where it is printed. */
  readonly subject?: string
  readonly finding: Finding
}

/** Most characters of a subject. */
export const MAX_SUBJECT = 200

/** What there is at the place. Texts may quote the object, so they are escaped where they are printed. */
export type Finding =
  | { readonly state: 'accepted'; readonly facts: Facts }
  | { readonly state: 'rejected'; readonly check: Check; readonly why: string; readonly certificateId?: string }
  | { readonly state: 'unsigned' }
  /** Recognised and counted; checked only where a policy asks. */
  | { readonly state: 'foreign'; readonly format: 'openpgp' | 'ssh' }
  /** It could not be looked at: missing, damaged, a worker that died. Never a pass. */
  | { readonly state: 'fault'; readonly code: string; readonly why: string }

export type State = Finding['state']

/** A record with what the policy or the allow list makes of it; without, nobody said who may sign. */
export interface JudgedRecord extends ObjectRecord {
  readonly judgement?: PolicyJudgement
}
