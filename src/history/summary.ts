// A run over a history in numbers: what reports end with, and what the shards of one run are put together by.
import type { Level } from '../policy/judgement.ts'
import type { Check } from '../verify/verdict.ts'
import type { PlaceKind, State } from './record.ts'

export interface HistorySummary {
  /** What was asked, as it was written: `main..topic --first-parent`. Escape it where it is printed. */
  readonly range: string
  /** The refs and revisions as they stood at the start: what moved later is not in this run. */
  readonly tips: readonly Tip[]
  /** Tips beyond those listed. */
  readonly moreTips: number
  readonly shard?: Shard
  /** All that the range holds, whatever the shard: equal for every shard of one run. */
  readonly walk: Walk
  /** Signature places looked at here: the objects, each once, and beside them the mergetags. A shard counts its own. */
  readonly places: Readonly<Record<PlaceKind, number>>
  readonly states: Readonly<Record<State, number>>
  /** Rejections by the check that failed. */
  readonly checks: Readonly<Partial<Record<Check, number>>>
  readonly foreign: Readonly<Record<'openpgp' | 'ssh', number>>
  /** Judgements; a place that nobody judged is in none. */
  readonly levels: Readonly<Record<Level, number>>
  /** Judgements of a policy that only warns, whatever their level. */
  readonly warned: number
  /** By number of signatures, the most first. */
  readonly signers: readonly SignerCount[]
  /** Accepted signatures of signers beyond those listed. */
  readonly moreSigners: number
  /** Accepted signatures whose facts came from the cache. */
  readonly cached: number
  /** Milliseconds since 1970, as is `finished`. */
  readonly started: number
  readonly finished: number
  readonly trust: { readonly instance: string; readonly digest: string }
  /** SHA-256 of the policy in force, or of what else said who may sign; absent where nothing did. */
  readonly policy?: string
  /** The program's. */
  readonly version: string
  /** Whether anybody said who may sign: a policy, an allow list or flags. */
  readonly isExpected: boolean
  /** The verdict on the whole (`exitOf`), and the status the program ends with. */
  readonly exit: 0 | 1 | 2 | 3 | 130
}

/** One part of a run that several make together; `index` counts from 1. */
export interface Shard {
  readonly index: number
  readonly of: number
}

/**
 * Objects of the range, and the SHA-256 over their number and the exclusive or of their ids, in hexadecimal: shards that saw
 * the same range agree, in whatever order they walked it.
 */
export interface Walk {
  readonly objects: number
  readonly digest: string
}

export interface Tip {
  readonly name: string
  readonly oid: string
  /** What it reaches is left out. */
  readonly excluded?: true
}

/** An identity, which is a triple, and how many accepted signatures it made. */
export interface SignerCount {
  readonly instance: string
  readonly issuer: string
  readonly subject: string
  readonly signatures: number
  /** The judgement of its signatures where all are judged alike. */
  readonly level?: Level
}
