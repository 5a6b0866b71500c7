// How a policy may have become another one, from a commit where it is trusted to the one in question. A commit that
// changes the policy must be allowed by the policy of every parent whose policy differs, so that neither a change nor
// going back to an earlier one can be had without leave; a merge's policy descends from those of all its parents.
import type { PolicyInput } from './input.ts'
import { judgeChange } from './judge.ts'
import type { Policy } from './prepare.ts'

/** A policy that is authenticated, and where it came to be. */
export interface Version {
  /** The commit that made it what it is. */
  readonly commit: string
  readonly blob: string
  readonly policy: Policy
  /** The commit; of every root the same word, because they are the same policy. */
  readonly id: string
  /** Ids of the policies it descends from. */
  readonly ancestors: ReadonlySet<string>
}

/** Why there is no authenticated policy at a commit: `commit` is where it was lost. */
export interface Lost {
  readonly commit: string
  readonly why: string
  /** The place in the policy that refuses the change; absent where none was asked. */
  readonly by?: string
  /** What was in force before it was lost: a merge must not pass it by. */
  readonly before?: readonly Version[]
  /** Trust would start at this commit, and it has no policy, or none that can be read. */
  readonly atRoot?: 'no policy' | 'bad policy'
}

/** A commit, and what stands in the policy's place there: a regular file, something else, or nothing. */
export interface Step {
  readonly commit: string
  readonly parents: readonly string[]
  readonly entry: { readonly blob: string } | { readonly odd: string } | undefined
}

export interface LineagePorts {
  /** Whether trust starts at this commit. */
  isRoot(step: Step): Promise<boolean>
  /** What its signature proves. */
  inquire(commit: string): Promise<PolicyInput>
  /** Throws `config` for a file that is no policy. */
  load(blob: string, commit: string): Promise<Policy>
  /** Why that is told and not thrown: undefined where it must be thrown. */
  unreadable(thrown: unknown): string | undefined
}

type State = Version | Lost

const ROOT = 'root'

/** The policy at `tip`; undefined where no path leads there from a root. `steps` come parents first. */
export async function followPolicy(
  steps: AsyncIterable<Step>,
  tip: string,
  ports: LineagePorts,
): Promise<State | undefined> {
  const states = new Map<string, State>()
  for await (const step of steps) {
    const state = await stateAt(step, states, ports)
    if (state !== undefined) states.set(step.commit, state)
  }
  return states.get(tip)
}

export function isVersion(state: State): state is Version {
  return 'policy' in state
}

async function stateAt(
  step: Step,
  states: ReadonlyMap<string, State>,
  ports: LineagePorts,
): Promise<State | undefined> {
  const known = step.parents.map((parent) => states.get(parent)).filter((state) => state !== undefined)
  const [first] = known
  if (first === undefined) return (await ports.isRoot(step)) ? await adopt(step, [], ports, ROOT) : undefined
  // What a branch had before it lost its policy counts, or losing it on purpose would be a way around it.
  const before = known.flatMap((state) => (isVersion(state) ? [state] : (state.before ?? [])))
  if (known.some(isVersion)) return await succeed(step, before, ports)
  // Nor is it had again where the root's text is put back.
  return { ...first, before: distinct(before) }
}

/** The policy after a commit with these before it. What a branch made of it without leave has no say. */
async function succeed(step: Step, before: readonly Version[], ports: LineagePorts): Promise<State> {
  const { entry, commit } = step
  if (entry === undefined || 'odd' in entry) return await adopt(step, before, ports)
  const differing = before.filter(({ blob }) => blob !== entry.blob)
  const kept = keep(commit, before, entry.blob)
  if (kept !== undefined) return { ...kept, ancestors: ancestorsOf(before, kept) }
  const input = await ports.inquire(commit)
  for (const { policy } of differing) {
    const { level, rule, policy: by } = judgeChange(policy, input)
    if (level !== 'allowed') return { commit, why: rule, ...(by && { by }), before: distinct(before) }
  }
  return await adopt(step, before, ports)
}

/**
 * The version with this text that descends from all others. The same text may have been had, left, and come back to: the
 * latest of them stands, and of several that do not know of one another a new one, or what was left could be had again.
 */
function keep(commit: string, before: readonly Version[], blob: string): Version | undefined {
  const descends = (version: Version) => (other: Version) => other.id === version.id || version.ancestors.has(other.id)
  const same = before.filter((version) => version.blob === blob)
  const latest = same.find((version) => before.every(descends(version)))
  if (latest !== undefined) return latest
  const differing = before.filter((version) => version.blob !== blob)
  const some = same.find((version) => differing.every(descends(version)))
  return some && { ...some, commit, id: commit }
}

async function adopt(
  { commit, entry }: Step,
  before: readonly Version[],
  ports: LineagePorts,
  id: string = commit,
): Promise<State> {
  const lost = (why: string): Lost => ({
    commit,
    why,
    before: distinct(before),
    ...(id === ROOT ? { atRoot: entry === undefined ? 'no policy' : 'bad policy' } : {}),
  })
  if (entry === undefined) return lost(before.length === 0 ? 'there is no policy' : 'it removes the policy')
  if ('odd' in entry) return lost(`the policy is ${entry.odd} there, not a regular file`)
  try {
    const policy = await ports.load(entry.blob, commit)
    return { commit, id, blob: entry.blob, policy, ancestors: ancestorsOf(before) }
  } catch (thrown) {
    const why = ports.unreadable(thrown)
    if (why === undefined) throw thrown
    return lost(why)
  }
}

function ancestorsOf(versions: readonly Version[], without?: Version): ReadonlySet<string> {
  const all = new Set(versions.flatMap(({ id, ancestors }) => [id, ...ancestors]))
  if (without !== undefined) all.delete(without.id)
  return all
}

function distinct(versions: readonly Version[]): readonly Version[] {
  return [...new Map(versions.map((version) => [version.id, version])).values()]
}
