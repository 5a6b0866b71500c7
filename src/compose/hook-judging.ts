// How a hook decides, whoever told it: a policy or an allow list.
import type { JudgedRecord } from '../history/record.ts'
import type { About, Gate, Range } from '../hook/gate.ts'
import type { Look } from './hook-look.ts'

/** The part of a gate that decides. */
export interface Judging
  extends Pick<Gate, 'policyRef' | 'judgePusher' | 'scopeOf' | 'asksWhoPushes' | 'isFree' | 'refusePolicyChange'> {
  /** Whether anybody said who may sign. */
  readonly isExpected: boolean
  /** What the range holds, and what else this change makes new to the ref's rules. */
  judgeAll(look: Look, range: Range, about: About): AsyncIterable<JudgedRecord>
}
