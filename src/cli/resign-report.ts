// What `resign` says: the plan before anything is done, and what became of each commit.
import { Fault } from '../errors.ts'
import { type Candidate, isChange, type ResignPlan, type Step } from '../resign/plan.ts'
import { escapeText } from '../tell.ts'
import type { Prepared, Resigned } from './resign-plan.ts'

/** A line for each commit, and what keeps the old ones. */
export function planText({ range, branch, plan, published, staying }: Prepared): string {
  const changes = plan.steps.filter(isChange).length
  return lines(
    `${range}: ${branch.ref} at ${branch.oid}`,
    ...plan.steps.map(stepLine),
    ...(changes === 0 ? ['nothing lacks a signature of yours'] : []),
    ...(changes > 0 ? staying.map((ref) => `  ${ref} keeps the commits as they are now`) : []),
    ...(changes > 0 ? published.map((ref) => `  ${ref} has commits that would change`) : []),
  )
}

export function askText(plan: ResignPlan): string {
  const count = plan.steps.filter(isChange).length
  return `Sign ${count === 1 ? 'this commit' : `these ${count} commits`} anew? [y/N] `
}

/** New ids, the ref that moved, and the way back. */
export function doneText({ branch }: Prepared, { made, signers, notes }: Resigned): string {
  const tip = made.at(-1)?.oid ?? ''
  return lines(
    ...made.map(({ commit, oid }) => `${commit.oid} -> ${oid}  ${commit.subject}`),
    `${made.length} signed by ${signers.join(', ')}; ${branch.ref} is at ${tip}`,
    ...(notes?.carried ?? []).map((ref) => `notes of ${ref} were carried over`),
    `undo: git update-ref ${branch.ref} ${branch.oid} ${tip}`,
  )
}

/** What the hook said, what went wrong, and notes that people wrote and that stayed with the old commits. */
export function furtherText(name: string, { notes, said }: Resigned): string {
  const left = notes?.left ?? []
  if (left.length === 0) return lines(...said)
  const has = left.length === 1 ? 'has notes' : 'have notes'
  return lines(
    ...said,
    `${name}: hint: ${left.join(', ')} ${has} on the old commits: notes.rewriteRef says which are carried over, as in a rebase`,
  )
}

/** Why another's commit stops all of it. */
export function obstacleFault({ commit, because }: NonNullable<ResignPlan['obstacle']>): Fault {
  return new Fault(
    'usage',
    `${commit.oid} is by ${commit.people} and descends from ${because.oid}, so it would have to be rewritten`,
    { hint: 'only your own commits are signed anew: choose a range without it, or ask who made it' },
  )
}

/** Why a good signature that somebody else made is not replaced. */
export function otherSignerFault({ oid, state }: Candidate, subject: string): Fault {
  const signer = state.name === 'verified' ? `${state.signer.subject} (${state.signer.issuer})` : 'somebody'
  return new Fault(
    'usage',
    `${oid} was signed by ${signer}, and ${subject} would sign in its place: nothing was changed`,
    {
      hint: 'sign as the same identity, or choose a range without it',
    },
  )
}

/** Why commits that others may have stay as they are. */
export function publishedFault(published: readonly string[]): Fault {
  return new Fault('usage', `commits that would change are published: ${published.join(', ')}`, {
    hint: 'whoever built on them would have to follow; --force signs them anew all the same',
  })
}

function stepLine({ commit, action }: Step): string {
  return `  ${action.padEnd(7)}  ${commit.oid}  ${reasonOf(commit, action)}: ${commit.subject}`
}

/** Why a commit gets a new signature, or why not. */
export function reasonOf({ state, isOwn, people }: Candidate, action: Step['action']): string {
  const whose = isOwn ? '' : `, by ${people}`
  if (state.name === 'unsigned') return `not signed${whose}`
  if (state.name === 'rejected') return `signature not accepted (${state.why})${whose}`
  const signed = state.name === 'foreign' ? `signed with ${state.format}` : `well signed by ${state.signer.subject}`
  return action === 'rewrite' ? `${signed}, but a parent changes` : `${signed}${whose}`
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${escapeText(text)}\n`).join('')
}
