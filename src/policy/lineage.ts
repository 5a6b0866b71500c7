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
  const before = step.parents.map((parent) => states.get(parent)).filter((state) => state !== undefined)
  const versions = before.filter(isVersion)
  if (versions.length > 0) return await succeed(step, versions, ports)
  if (await ports.isRoot(step)) return await adopt(step, [], ports, ROOT)
  return before[0]
}

/** The policy after a commit with these before it. A branch that has lost its policy has no say. */
async function succeed(step: Step, before: readonly Version[], ports: LineagePorts): Promise<State> {
  const { entry, commit } = step
  if (entry === undefined) return { commit, why: 'it removes the policy' }
  if ('odd' in entry) return { commit, why: `the policy is ${entry.odd} there, not a regular file` }
  const differing = before.filter(({ blob }) => blob !== entry.blob)
  const kept = before.find(
    (version) => version.blob === entry.blob && differing.every((other) => version.ancestors.has(other.id)),
  )
  if (kept !== undefined) return { ...kept, ancestors: ancestorsOf(before, kept) }
  const input = await ports.inquire(commit)
  for (const { policy } of differing) {
    const { level, rule } = judgeChange(policy, input)
    if (level !== 'allowed') return { commit, why: rule }
  }
  return await adopt(step, before, ports)
}

async function adopt(
  { commit, entry }: Step,
  before: readonly Version[],
  ports: LineagePorts,
  id: string = commit,
): Promise<State> {
  if (entry === undefined) return { commit, why: 'there is no policy' }
  if ('odd' in entry) return { commit, why: `the policy is ${entry.odd} there, not a regular file` }
  try {
    const policy = await ports.load(entry.blob, commit)
    return { commit, id, blob: entry.blob, policy, ancestors: ancestorsOf(before) }
  } catch (thrown) {
    const why = ports.unreadable(thrown)
    if (why === undefined) throw thrown
    return { commit, why }
  }
}

function ancestorsOf(versions: readonly Version[], without?: Version): ReadonlySet<string> {
  const all = new Set(versions.flatMap(({ id, ancestors }) => [id, ...ancestors]))
  if (without !== undefined) all.delete(without.id)
  return all
}
