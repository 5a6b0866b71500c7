// The policy at a commit, authenticated from where trust in it starts: Git's history becomes the steps of policy/lineage.
import { hash } from 'node:crypto'
import { Fault } from '../errors.ts'
import { parseCommitHeader } from '../git/commit.ts'
import { followPolicy, type Lost, type Step, type Version } from '../policy/lineage.ts'
import { POLICY_PATH, parsePolicy } from '../policy/parse.ts'
import { findObjects, readObjects } from '../system/git-objects.ts'
import { findTreeEntry } from '../system/git-tree.ts'
import { listCommits } from '../system/git-walk.ts'
import type { World } from '../system/world.ts'
import { type Configured, composeTrust } from './assessor.ts'
import { checkSound, factsOfSplit, readSound, splitSigned } from './signed.ts'

/** Commits that are read by one child. */
const CHUNK = 1000

/** Where trust starts: one commit, or any that first has a policy file with this digest. */
export type Root = { readonly commit: string } | { readonly sha256: string }

export function rootOf(policyRoot: string): Root {
  return policyRoot.startsWith('sha256:') ? { sha256: policyRoot.slice('sha256:'.length) } : { commit: policyRoot }
}

/** The policy at `tip`; undefined where no path leads there from the root. Throws `git`, and nothing for a bad policy. */
export async function authenticate(
  configured: Configured,
  root: Root,
  tip: string,
): Promise<Version | Lost | undefined> {
  const instances = composeTrust(configured)
  const { world } = configured
  const readBlob = async (oid: string) => (await readSound(configured, oid)).bytes
  return await followPolicy(stepsTo(world, root, tip), tip, {
    isRoot: async ({ commit, entry }) =>
      'commit' in root
        ? commit === root.commit
        : entry !== undefined && 'blob' in entry && hash('sha256', await readBlob(entry.blob)) === root.sha256,
    async inquire(commit) {
      const facts = factsOfSplit(instances, configured, splitSigned(configured, await readSound(configured, commit)))
      return { kind: 'commit', oid: commit, now: world.now(), ...(facts === undefined ? {} : { facts }) }
    },
    load: async (blob, commit) =>
      await parsePolicy(await readBlob(blob), `${POLICY_PATH}@${commit.slice(0, 12)}`, instances.standard.name),
    unreadable: (thrown) => (thrown instanceof Fault && thrown.code === 'config' ? thrown.message : undefined),
  })
}

async function* stepsTo(world: World, root: Root, tip: string): AsyncIterable<Step> {
  const later = 'commit' in root ? ['--ancestry-path', `^${root.commit}`, tip] : [tip]
  const commits = await listCommits(world, later)
  const all = 'commit' in root ? [root.commit, ...commits] : commits
  const blobs = new Map<string, string | undefined>()
  for (let at = 0; at < all.length; at += CHUNK)
    for (const step of await readSteps(world, all.slice(at, at + CHUNK))) yield await markOdd(world, step, blobs)
}

/** Parents from the commits' own bytes; what stands in the policy's place, but not yet of which mode it is. */
async function readSteps(world: World, commits: readonly string[]): Promise<readonly Step[]> {
  const objects = await readObjects(world, commits)
  const entries = await findObjects(
    world,
    commits.map((commit) => `${commit}:${POLICY_PATH}`),
  )
  return commits.map((commit, index): Step => {
    const object = objects[index]
    if (object?.type !== 'commit') throw new Fault('git', `no such commit: ${commit}`)
    const { parents } = parseCommitHeader(checkSound(object).bytes, object.algorithm)
    const entry = entries[index]
    if (entry === undefined) return { commit, parents, entry: undefined }
    return { commit, parents, entry: entry.type === 'blob' ? { blob: entry.oid } : { odd: `a ${entry.type}` } }
  })
}

// A symbolic link is a blob too. Only a change is looked at: the same blob is the same text, whatever its mode became.
async function markOdd(world: World, step: Step, blobs: Map<string, string | undefined>): Promise<Step> {
  const { commit, parents, entry } = step
  const blob = entry !== undefined && 'blob' in entry ? entry.blob : undefined
  blobs.set(commit, blob)
  if (blob === undefined || parents.some((parent) => blobs.get(parent) === blob)) return step
  const mode = await findTreeEntry(world, commit, POLICY_PATH)
  return mode === '100644' || mode === '100755' ? step : { commit, parents, entry: { odd: modeName(mode) } }
}

function modeName(mode: string | undefined): string {
  return mode === '120000' ? 'a symbolic link' : `of mode ${mode ?? 'unknown'}`
}
