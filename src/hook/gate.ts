// What a hook must be told of the repository, as ports: the refs before the push, its objects, and what is made of them.
import type { JudgedRecord, ObjectRecord } from '../history/record.ts'
import type { PolicyJudgement } from '../policy/judgement.ts'

/** An object that a ref is to name. */
export interface Tip {
  readonly oid: string
  /** Undefined where it is missing. */
  readonly type: 'commit' | 'tag' | 'tree' | 'blob' | undefined
  /** Of a commit, from its raw bytes. */
  readonly parents: readonly string[]
  /** Of a tag: what it says of itself and its target. Undefined where it cannot be read. */
  readonly tag?: { readonly name: string; readonly object: string; readonly type: string } | undefined
}

/** Objects to look at: some by themselves, and the commits that are reached from some and not from others. */
export interface Range {
  readonly objects: readonly string[]
  readonly commits: readonly string[]
  readonly excluded: readonly string[]
  readonly firstParent: boolean
}

export interface Gate {
  /** What the ref names now, whatever the pusher says; undefined where that is not known here, as of another repository. */
  current(ref: string): string | undefined
  /** The ref that a ref is another name of, as symbolic refs are; a push to it changes that one. */
  aliasOf(ref: string): string | undefined
  /** Commits whose histories count as judged for this ref. */
  judgedFor(ref: string): readonly string[]
  /** Where the policy is kept, if anywhere. */
  readonly policyRef: string | undefined
  /** Whether a certificate has to vouch for what no signed object shows: deletions, rewrites, moved tags. */
  readonly rewritesNeedCertificate: boolean
  readTips(oids: readonly string[]): Promise<readonly Tip[]>
  /** Whether `from` is an ancestor of `to`. */
  isForward(from: string, to: string): Promise<boolean>
  /** What the range holds, each with who may put it on this ref. */
  judged(range: Range, about: About): AsyncIterable<JudgedRecord>
  /** Whether a pusher may do what they do to this ref. */
  judgePusher(record: ObjectRecord, ref: string): Promise<PolicyJudgement | undefined>
  /** Refs of one scope are judged alike: what passed for one has passed for the other. */
  scopeOf(ref: string): string
  /** Whether a rule asks who pushes to this ref. */
  asksWhoPushes(ref: string): boolean
  /** Whether the commits there need no signature: they only carry what is signed itself. */
  isFree(ref: string): boolean
  /** Why the policy may not change so; undefined where it may. Asked for `policyRef` alone. */
  refusePolicyChange(to: string): Promise<string | undefined>
}

/** What objects are meant for. */
export interface About {
  readonly ref: string
  /** The notes that come with this push, else those that are there, which may vouch for tags in it. */
  readonly notes?: string
}

/** Who pushes: nobody knows, a certificate that holds, or one that does not. */
export type Pusher =
  | { readonly state: 'unknown' }
  | { readonly state: 'known'; readonly record: ObjectRecord }
  | { readonly state: 'refused'; readonly record?: ObjectRecord; readonly why: string }
