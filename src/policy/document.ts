// A policy as plain data: what parsing makes, what is kept as JSON, what judging reads. Names are resolved and times are
// numbers; regular expressions and CEL are still text (prepare.ts).

/** The layout's version: a kept document of another one is read anew. */
export const DOCUMENT_VERSION = 1

export type Mode = 'enforce' | 'warn'
export type ObjectKind = 'commit' | 'tag' | 'push'

export interface PolicyDocument {
  /** For messages: the file's path, with its commit where there is one. */
  readonly source: string
  readonly mode: Mode
  /** Instance that identities without one of their own belong to; absent: the repository's. */
  readonly instance?: string
  readonly identities: readonly IdentityEntry[]
  readonly keys: readonly KeyEntry[]
  readonly rules: readonly Rule[]
  readonly exemptions: readonly Exemption[]
  readonly revocations: readonly Revocation[]
  /** Who may change the policy. */
  readonly change: readonly Authority[]
  readonly witnesses?: WitnessRule
}

/** How many of these must have cosigned the checkpoint of a log before it is believed. */
export interface WitnessRule {
  readonly line: number
  /** As vkeys, `NAME+ID+KEY`. */
  readonly keys: readonly string[]
  readonly quorum: number
  /** Origins of the logs that it is about; absent: every log. */
  readonly origins?: readonly string[]
}

/** One person or workload, by each of the names they sign as. */
export interface IdentityEntry {
  readonly name: string
  readonly line: number
  readonly forms: readonly IdentityForm[]
}

/** All of it must hold. */
export interface IdentityForm {
  readonly instance?: string
  readonly issuer: Pattern
  readonly subject: Pattern
  /** Each of them; a claim may have an older and a newer extension, of which either may hold it. */
  readonly claims: readonly { readonly name: string; readonly extensions: readonly string[]; readonly is: Pattern }[]
  readonly window: Window
}

export type Pattern = { readonly exact: string } | { readonly regexp: string }

/** Milliseconds since 1970; `from` is inside, `until` is not. */
export interface Window {
  readonly from?: number
  readonly until?: number
}

/** A key of another kind, which proves neither an identity nor a time. */
export interface KeyEntry {
  readonly name: string
  readonly line: number
  readonly format: 'openpgp' | 'ssh'
  /** An armored public key block, or one line of a public key file. */
  readonly key: string
}

/** All rules that match must pass. */
export interface Rule {
  readonly name: string
  readonly line: number
  readonly mode: Mode
  readonly kinds: readonly ObjectKind[]
  /** Absent: every one. */
  readonly refs?: readonly string[]
  readonly paths?: readonly string[]
  readonly parents: 'all' | 'first'
  /** Commits that are exempt with all their ancestors. */
  readonly start: readonly string[]
  /** Any one of them suffices. */
  readonly authorities: readonly Authority[]
}

export interface Authority {
  readonly line: number
  /** As written, for messages. */
  readonly signers: readonly string[]
  /** Names of identities and keys, with the groups' members in their place. */
  readonly members: readonly string[]
  /** How many different members must have signed. */
  readonly quorum: number
  readonly cel?: string
}

export interface Exemption {
  readonly object: string
  readonly line: number
  readonly reason: string
  /** Absent: it never ends. */
  readonly until?: number
}

/** Signatures by these identities that any proven time places in the window count as nobody's. */
export interface Revocation {
  readonly line: number
  readonly signers: readonly string[]
  readonly members: readonly string[]
  readonly window: Window
  readonly reason: string
}
