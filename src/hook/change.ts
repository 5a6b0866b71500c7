// What becomes of a ref, and what is refused whoever pushes it and whatever it holds.
import type { PushUpdate } from '../git/push.ts'
import type { Gate } from './gate.ts'
import type { Refusal } from './refusal.ts'
import { isNothing } from './update.ts'

/** A tag that is moved at all counts as rewritten: people take it for what it was. */
export type ChangeKind = 'made' | 'forward' | 'rewritten' | 'deleted'

export interface RefChange extends PushUpdate {
  readonly kind: ChangeKind
}

export async function classify(gate: Gate, update: PushUpdate): Promise<RefChange> {
  return { ...update, kind: await kindOf(gate, update) }
}

async function kindOf(gate: Gate, { from, to, ref }: PushUpdate): Promise<ChangeKind> {
  if (isNothing(to)) return 'deleted'
  if (isNothing(from)) return 'made'
  if (isTagRef(ref)) return 'rewritten'
  return (await gate.isForward(from, to)) ? 'forward' : 'rewritten'
}

export function isTagRef(ref: string): boolean {
  return ref.startsWith('refs/tags/')
}

/** What is judged is a change from what is there; and some refs' change alone would undo what is verified. */
export function refuseChange(
  { ref, kind, from }: RefChange,
  { policyRef, current, aliasOf }: Gate,
): Refusal | undefined {
  const now = current(ref)
  if (now !== undefined && now !== from) return { ref, why: 'it has moved meanwhile: fetch, and push again' }
  // Other rules may be for the one than for the other.
  const real = aliasOf(ref)
  if (real !== undefined) return { ref, why: `it is another name of ${real} here: push to that` }
  if (ref.startsWith('refs/replace/'))
    return { ref, why: 'a replace ref makes Git show other objects than those that are signed; none is taken' }
  if (ref !== policyRef) return undefined
  if (kind === 'deleted') return { ref, why: 'the policy is kept there, so it is never deleted' }
  if (kind === 'rewritten') return { ref, why: 'the policy is kept there, so it only goes forward' }
  return undefined
}

/** For messages: what somebody has to vouch for, because nothing that is signed shows it. */
export function describeChange({ ref, kind }: RefChange): string | undefined {
  if (kind === 'deleted') return 'a deletion'
  if (kind === 'rewritten') return isTagRef(ref) ? 'a tag that moves' : 'a push that does not go forward'
  return undefined
}
