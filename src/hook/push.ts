// Whether a push may be: every new object of every ref, who vouches for what no object shows, and refs that are not for
// pushing. All that does not pass is told at once. New is what no branch or tag that is judged alike has yet.

import type { PushUpdate } from '../git/push.ts'
import { NOTES_REF } from '../git/refs.ts'
import type { JudgedRecord } from '../history/record.ts'
import { classify, isTagRef, type RefChange, refuseChange } from './change.ts'
import type { About, Gate, Pusher, Range, Tip } from './gate.ts'
import { refusePusher } from './pusher.ts'
import { type Refusal, refusePolicy, refuseRecord, waysToTrust } from './refusal.ts'
import { type Followed, follow, refuseTip } from './tip.ts'
import { isNothing } from './update.ts'

/** Why the push is refused; nothing where it passes. */
export async function judgePush(
  gate: Gate,
  updates: readonly PushUpdate[],
  pusher: Pusher,
): Promise<readonly Refusal[]> {
  if (pusher.state === 'refused') {
    const ways = pusher.record === undefined ? [] : waysToTrust(pusher.record.finding)
    return [{ why: `the push certificate does not hold: ${pusher.why}`, ways }]
  }
  const refusals: Refusal[] = []
  const passed: Passed[] = []
  const notes = notesOf(gate, updates)
  // Branches first: what they take, a tag in the same push may name.
  for (const update of [...updates].sort((a, b) => Number(isTagRef(a.ref)) - Number(isTagRef(b.ref)))) {
    const change = await classify(gate, update)
    const found = refuseChange(change, gate) ?? (await refusePusher(gate, change, pusher))
    if (found !== undefined) refusals.push(found)
    // What cannot be taken in any case is not looked into.
    else if (change.kind !== 'deleted') refusals.push(...(await judgeUpdate(gate, change, passed, notes)))
  }
  return refusals
}

/** What is to be there after the push, else what is there. */
function notesOf(gate: Gate, updates: readonly PushUpdate[]): string | undefined {
  const oid = updates.find(({ ref, to }) => ref === NOTES_REF && !isNothing(to))?.to ?? gate.current(NOTES_REF)
  return oid === undefined || isNothing(oid) ? undefined : oid
}

/** A commit whose history this push has been judged for already, and for which refs. */
interface Passed {
  readonly scope: string
  readonly ref: string
  readonly commit: string
}

async function judgeUpdate(
  gate: Gate,
  change: RefChange,
  passed: Passed[],
  notes: string | undefined,
): Promise<readonly Refusal[]> {
  const followed = await follow(gate, change)
  if ('why' in followed) return [followed]
  const odd = refuseTip(change, followed)
  if (odd !== undefined) return [odd]
  // What is there counts for no other ref, so that nothing comes to a branch by this way.
  if (gate.isFree(change.ref)) return []
  const about = { ref: change.ref, ...(notes === undefined ? {} : { notes }) }
  const refused = await judgeObjects(gate, about, followed, passed)
  if (followed.end.type === 'commit')
    passed.push({ scope: gate.scopeOf(change.ref), ref: change.ref, commit: followed.end.oid })
  if (refused.length > 0 || change.ref !== gate.policyRef) return refused
  const why = await gate.refusePolicyChange(change.to)
  return why === undefined ? [] : [refusePolicy(change.ref, why)]
}

async function judgeObjects(
  gate: Gate,
  about: About,
  { tags, end }: Followed,
  passed: readonly Passed[],
): Promise<readonly Refusal[]> {
  const isCommit = end.type === 'commit'
  const range = {
    objects: tags.map(({ oid }) => oid),
    commits: isCommit ? [end.oid] : [],
    excluded: isCommit ? judgedBefore(gate, about.ref, passed) : [],
    firstParent: false,
  }
  const { refusals, seen } = await judgeRange(gate, about, range, end)
  // A bare tag is as good as what it names: it must be signed, however long it has been there.
  if (seen || !isCommit || tags.length > 0 || !isTagRef(about.ref)) return refusals
  const alone = { ...range, excluded: end.parents }
  return [...refusals, ...(await judgeRange(gate, about, alone, end)).refusals]
}

async function judgeRange(gate: Gate, about: About, range: Range, end: Tip) {
  const refusals: Refusal[] = []
  let seen = false
  for await (const record of gate.judged(range, about)) {
    seen ||= record.oid === end.oid
    const refusal = record.kind === 'mergetag' ? refuseMerged(record, about.ref) : refuseRecord(record, about.ref)
    if (refusal !== undefined) refusals.push(refusal)
  }
  return { refusals, seen }
}

/** The merge's own signature covers the tag that it carries; one that is forged lends somebody's name all the same. */
function refuseMerged(record: JudgedRecord, ref: string): Refusal | undefined {
  const { finding } = record
  const isForged = finding.state === 'rejected' && ['format', 'digest', 'signature'].includes(finding.check)
  return isForged || finding.state === 'fault' ? refuseRecord(record, ref) : undefined
}

// Never what the pusher calls the ref's old value: that may be a commit that comes with the push.
function judgedBefore(gate: Gate, ref: string, passed: readonly Passed[]): readonly string[] {
  const scope = gate.scopeOf(ref)
  // A tag vouches for what branches and tags have taken, not for what is put elsewhere.
  const isKnown = (each: Passed) => each.scope === scope || (isTagRef(ref) && /^refs\/(?:heads|tags)\//.test(each.ref))
  const here = passed.filter(isKnown).map(({ commit }) => commit)
  return [...new Set([...gate.judgedFor(ref), ...here])]
}
