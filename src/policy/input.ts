// What a policy is asked about: one object, what was proven of its signature, and where it is meant to go.
import type { Facts } from '../verify/facts.ts'

/**
 * One object to judge. What is absent is unknown, and then a rule that depends on it neither allows nor is left out;
 * with neither `facts` nor `foreign` there is no acceptable signature.
 */
export interface PolicyInput {
  readonly kind: 'commit' | 'tag' | 'push'
  /** Full object id. */
  readonly oid: string
  /** Milliseconds since 1970, for exemptions that end. */
  readonly now: number
  /** Full name of the ref that the update or the tag is about. */
  readonly ref?: string
  /** The name that a tag's own bytes give it. */
  readonly tagName?: string
  /** Of a commit, from its raw bytes. */
  readonly parents?: readonly string[]
  readonly facts?: Facts
  readonly foreign?: ForeignVerdict
  /** Paths that a commit changes against any of its parents; asked for only where a rule needs them. */
  readonly paths?: () => readonly string[]
  /** Further accepted signatures of a tag. */
  readonly endorsements?: readonly Facts[]
  /** Whether the commit is `start` or one of its ancestors; asked for only where a rule would refuse it. */
  readonly isBefore?: (start: string) => boolean
  /** Whether a commit is reached by a merge's further parent alone; absent: it is on the first-parent line. */
  readonly isBeside?: boolean
}

/** What Git's own programs say of an OpenPGP or SSH signature, held against the policy's `keys`. */
export type ForeignVerdict =
  | {
      readonly ok: true
      readonly format: 'openpgp' | 'ssh'
      /** The policy's names of the keys that made it; never none. */
      readonly keys: readonly string[]
    }
  | { readonly ok: false; readonly format: 'openpgp' | 'ssh'; readonly why: string }
