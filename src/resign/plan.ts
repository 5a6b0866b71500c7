// Which commits of a range are signed anew: own ones whose signature is missing or does not verify, and own ones that
// descend from those, because an id that changes below changes theirs. Another's commit is never touched.

/** What is known of one commit of the range. */
export interface Candidate {
  readonly oid: string
  /** In the commit's order, those outside the range too. */
  readonly parents: readonly string[]
  /** First line of the message, raw. */
  readonly subject: string
  /** Author and committer as `Name <email>`, raw; for the plan. */
  readonly people: string
  /** Author and committer are both who runs this. */
  readonly isOwn: boolean
  readonly state: CommitState
}

/** Who signed: the certificate's word, vouched for by its CA. */
export interface SignerName {
  readonly issuer: string
  readonly subject: string
}

export type CommitState =
  | { readonly name: 'verified'; readonly signer: SignerName }
  | { readonly name: 'unsigned' }
  | { readonly name: 'rejected'; readonly why: string }
  /** Signed with OpenPGP or SSH: whether that is good is not for us to say. */
  | { readonly name: 'foreign'; readonly format: string }

/**
 * `sign`: it lacks a good signature. `rewrite`: a parent of it changes, so it needs a new one. `leave`: it lacks a good
 * signature and is another's. `keep`: it is as it should be.
 */
export type Action = 'sign' | 'rewrite' | 'leave' | 'keep'

export interface Step {
  readonly commit: Candidate
  readonly action: Action
}

export interface ResignPlan {
  /** Parents before children. */
  readonly steps: readonly Step[]
  /** Another's commit that would have to be rewritten, and the own one below it: nothing may be done then. */
  readonly obstacle?: { readonly commit: Candidate; readonly because: Candidate }
}

/** @param commits parents before children */
export function planResign(commits: readonly Candidate[]): ResignPlan {
  const changing = new Map<string, Candidate>()
  const steps: Step[] = []
  let obstacle: ResignPlan['obstacle']
  for (const commit of commits) {
    const because = commit.parents.map((parent) => changing.get(parent)).find((found) => found !== undefined)
    const action = actionOf(commit, because !== undefined)
    if (because !== undefined && !commit.isOwn) obstacle ??= { commit, because }
    if (action === 'sign' || action === 'rewrite') changing.set(commit.oid, commit)
    steps.push({ commit, action })
  }
  return { steps, ...(obstacle === undefined ? {} : { obstacle }) }
}

/** Whether a step makes a new commit. */
export function isChange({ action }: Step): boolean {
  return action === 'sign' || action === 'rewrite'
}

/** The commits that change and have no parent that does: whoever contains one of them has published what changes. */
export function lowestChanges({ steps }: ResignPlan): readonly string[] {
  const changing = new Set(steps.filter(isChange).map(({ commit }) => commit.oid))
  return steps.flatMap((step) =>
    isChange(step) && !step.commit.parents.some((parent) => changing.has(parent)) ? [step.commit.oid] : [],
  )
}

/**
 * The first commit whose good signature somebody else made, and which would lose it: the names in a commit are its writer's
 * word, the signature is not.
 */
export function findOtherSigner({ steps }: ResignPlan, { issuer, subject }: SignerName): Candidate | undefined {
  return steps.filter(isChange).find(({ commit: { state } }) => {
    if (state.name !== 'verified') return false
    return state.signer.issuer !== issuer || state.signer.subject !== subject
  })?.commit
}

function actionOf({ isOwn, state }: Candidate, isMoved: boolean): Action {
  const lacks = state.name === 'unsigned' || state.name === 'rejected'
  if (!isOwn) return lacks ? 'leave' : 'keep'
  if (lacks) return 'sign'
  return isMoved ? 'rewrite' : 'keep'
}
