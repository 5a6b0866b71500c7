// What `resign` knows before anything is done, and what it has when it is done.
import { type Candidate, lowestChanges, type ResignPlan } from '../resign/plan.ts'
import { type Branch, findUpstream, refsContaining } from '../system/git-branch.ts'
import type { CarriedNotes } from '../system/git-rewritten.ts'
import type { World } from '../system/world.ts'

/** What is known before anything is done. */
export interface Prepared {
  readonly range: string
  readonly branch: Branch
  readonly plan: ResignPlan
  /** Remote branches that have what would change. */
  readonly published: readonly string[]
  /** Tags and other branches that keep the old commits. */
  readonly staying: readonly string[]
}

/** A commit and the id of the one in its place. */
export interface Renamed {
  readonly commit: Candidate
  readonly oid: string
}

/** What was done. */
export interface Resigned {
  readonly made: readonly Renamed[]
  /** `SUBJECT (ISSUER)`, each once. */
  readonly signers: readonly string[]
  /** Undefined where they could not be looked at: the branch has moved all the same. */
  readonly notes: CarriedNotes | undefined
  /** Lines about what came after the branch had moved: of the hook, and of what went wrong. */
  readonly said: readonly string[]
}

/** Asks the repository who else has what would change. Throws `git`. */
export async function prepare(world: World, range: string, branch: Branch, plan: ResignPlan): Promise<Prepared> {
  const lowest = lowestChanges(plan)
  if (lowest.length === 0) return { range, branch, plan, published: [], staying: [] }
  const upstream = await findUpstream(world, branch.ref)
  const remote = ['refs/remotes', ...(upstream === undefined ? [] : [upstream])]
  const published = await refsContaining(world, lowest, remote)
  const local = await refsContaining(world, lowest, ['refs/heads', 'refs/tags'])
  return { range, branch, plan, published, staying: local.filter((ref) => ref !== branch.ref) }
}
