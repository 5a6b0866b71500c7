// Brings the kept policy up to date with `gitsigil.policyRef`. It only goes forward: a ref that went back, or elsewhere,
// changes nothing.
import { dirname } from 'node:path'
import { Fault } from '../errors.ts'
import { encodeKept, type KeptPolicy } from '../policy/kept.ts'
import { isVersion, type Lost } from '../policy/lineage.ts'
import { quoteShell } from '../quote.ts'
import { findCommit, isAncestor } from '../system/git-walk.ts'
import { makePrivateDirectory, replaceFile } from '../system/private-files.ts'
import type { Configured } from './assessor.ts'
import { keptPath, readKeptPolicy } from './authenticated.ts'
import { authenticate, type Root, rootOf } from './lineage.ts'

export interface Update {
  readonly kept: KeptPolicy
  /** What was in force before. */
  readonly before: KeptPolicy | undefined
  /** The ref is behind what is in force, or not there, and that stays so. */
  readonly isBehind: boolean
}

/** Authenticates the policy at the ref, and keeps it. Throws `trust`, and then nothing has changed. */
export async function updatePolicy(configured: Configured): Promise<Update> {
  const update = await findUpdate(configured)
  if (update.kept !== update.before) await keep(configured, update.kept)
  return update
}

/** The same, and nothing is kept. */
export async function findUpdate(configured: Configured): Promise<Update> {
  const { policyRef, policyRoot } = configured.settings
  if (policyRoot === undefined)
    throw new Fault('config', 'no policy is configured', {
      hint: 'set gitsigil.policyRoot; gitsigil policy init says how',
    })
  const before = await readKeptPolicy(configured)
  const tip = await findCommit(configured.world, policyRef)
  if (before === undefined) {
    if (tip === undefined) throw noSuchRef(policyRef)
    return { kept: await renew(configured, rootOf(policyRoot), tip), before, isBehind: false }
  }
  if (before.tip === tip) return { kept: before, before, isBehind: false }
  if (tip === undefined || (await isBehind(configured, before, tip))) return { kept: before, before, isBehind: true }
  return { kept: await renew(configured, { commit: before.commit }, tip), before, isBehind: false }
}

/** Why a policy is not authentic. */
export function whyLost(lost: Lost | undefined, root: string): string {
  if (lost === undefined) return `no path leads there from ${root.slice(0, 19)}`
  const by = lost.by === undefined ? '' : `, by ${lost.by}`
  return `commit ${lost.commit}: ${lost.why}${by}`
}

async function renew(configured: Configured, root: Root, tip: string): Promise<KeptPolicy> {
  const { policyRef, policyRoot = '' } = configured.settings
  const from = 'commit' in root ? root.commit : policyRoot
  const isReached = 'sha256' in root || (await isReachedFrom(configured, root.commit, tip))
  const found = isReached ? await authenticate(configured, root, tip) : undefined
  if (found === undefined || !isVersion(found)) throw notAuthentic(policyRef, found, from)
  const { commit, blob, policy } = found
  return { root: policyRoot, commit, tip, blob, document: policy.document }
}

async function keep(configured: Configured, kept: KeptPolicy): Promise<void> {
  const path = await keptPath(configured)
  makePrivateDirectory(dirname(path))
  replaceFile(path, encodeKept(kept))
}

async function isReachedFrom({ world }: Configured, root: string, tip: string): Promise<boolean> {
  if ((await findCommit(world, root)) !== root)
    throw new Fault('trust', `trust in the policy starts at ${root}, and there is no such commit here`, {
      hint: 'is the clone shallow, or gitsigil.policyRoot that of another repository?',
    })
  return await isAncestor(world, root, tip)
}

async function isBehind({ world }: Configured, { commit }: KeptPolicy, tip: string): Promise<boolean> {
  if ((await findCommit(world, commit)) === undefined) return false
  return commit !== tip && (await isAncestor(world, tip, commit))
}

function notAuthentic(ref: string, lost: Lost | undefined, from: string): Fault {
  const hint = wayOut(ref, lost)
  return new Fault('trust', `the policy at ${ref} is not authentic: ${whyLost(lost, from)}`, { hint })
}

function wayOut(ref: string, lost: Lost | undefined): string {
  if (lost === undefined)
    return 'the ref must descend from gitsigil.policyRoot, where trust starts, and from what was in force'
  if (lost.atRoot === 'no policy')
    return 'gitsigil.policyRoot names a commit without a policy; name the one that brought it'
  if (lost.atRoot === 'bad policy') return 'let gitsigil.policyRoot name a commit whose policy is good'
  return (
    `take that commit out of ${ref} (a later one that reverts it does not help), and have who may change the policy ` +
    'do so; if it is right, let gitsigil.policyRoot name a commit whose policy is good'
  )
}

/** As on a server that has had no push yet: none can bring what it is to be judged by. */
function noSuchRef(ref: string): Fault {
  const [, branch] = /^refs\/heads\/(.+)$/.exec(ref) ?? []
  const refspec = quoteShell(branch === undefined ? `BRANCH:${ref}` : `${branch}:${branch}`)
  return new Fault('trust', `the policy's ref ${ref} names no commit here`, {
    hint: `whoever runs this repository brings it: git fetch CLONE ${refspec}, from a clone that has it; else set gitsigil.policyRef`,
  })
}
