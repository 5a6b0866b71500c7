// Signs what a plan says: every commit is made before the branch moves, so that a failure changes nothing.
import type { Configured } from '../compose/assessor.ts'
import { NOTES_REFS } from '../compose/kept-entries.ts'
import { Fault } from '../errors.ts'
import { findOtherSigner, isChange } from '../resign/plan.ts'
import { replaceParents, signedCommit } from '../resign/rewrite.ts'
import { moveBranch, storeCommit } from '../system/git-branch.ts'
import { runHook } from '../system/git-hook-run.ts'
import { carryNotes, encodeRewritten, type Rewritten } from '../system/git-rewritten.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import type { Prepared, Renamed, Resigned } from './resign-plan.ts'
import type { ResignRange } from './resign-range.ts'
import { otherSignerFault } from './resign-report.ts'

/** Throws `git`, `usage` where another would sign in somebody's place, and what signing throws. */
export async function resign(configured: Configured, prepared: Prepared, { objects }: ResignRange): Promise<Resigned> {
  const { world } = configured
  const { composeSigner, signVerified } = await import('../compose/signer.ts')
  const signer = await composeSigner({ ...configured, world: readingOnce(world) }, { hasStdin: true })
  for (const note of signer.notes) world.write(2, `${escapeText(warning(world, note))}\n`)
  const renamed = new Map<string, string>()
  const made: Renamed[] = []
  const signers = new Set<string>()
  for (const { commit } of prepared.plan.steps.filter(isChange)) {
    const signed = objects.get(commit.oid)
    if (signed === undefined) throw new Fault('git', `${commit.oid} is not in the range`)
    const payload = replaceParents(signed.split.payload, renamed)
    const { signed: signature, identity } = await signVerified(signer, payload)
    const other = findOtherSigner(prepared.plan, identity)
    if (other !== undefined) throw otherSignerFault(other, identity.subject)
    const fresh = signedCommit(payload, signature.armored, signed.subject.algorithm)
    await storeCommit(world, fresh.oid, fresh.bytes)
    renamed.set(commit.oid, fresh.oid)
    made.push({ commit, oid: fresh.oid })
    signers.add(`${identity.subject} (${identity.issuer})`)
  }
  const tip = renamed.get(prepared.branch.oid)
  if (tip === undefined) throw new Fault('git', `${prepared.branch.ref} is not among the commits that changed`)
  await moveBranch(world, prepared.branch, tip, `gitsigil resign ${prepared.range}`)
  const rewritten = made.map(({ commit, oid }) => ({ from: commit.oid, to: oid }))
  // Evidence of ours is about the old id alone.
  const said: string[] = []
  const notes = await attempt(world, said, () => carryNotes(world, rewritten, NOTES_REFS))
  await attempt(world, said, () => tellHook(world, said, rewritten))
  return { made, signers: [...signers], notes, said }
}

// As at the end of a rebase, after the notes.
async function tellHook(world: World, heard: string[], rewritten: readonly Rewritten[]): Promise<void> {
  const call = { name: 'post-rewrite', args: ['rebase'], input: encodeRewritten(rewritten) }
  const { status, said } = await runHook(world, call)
  heard.push(...said.split('\n').filter((text) => text !== ''))
  if (status !== 0)
    heard.push(warning(world, `the hook post-rewrite failed (${status ?? 'a signal ended it'}); what was signed stays`))
}

// The branch has moved: what goes wrong now undoes nothing, and is told when all is done.
async function attempt<T>(world: World, heard: string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    heard.push(warning(world, thrown.message))
    return undefined
  }
}

function warning({ name }: World, text: string): string {
  return `${name}: warning: ${text}`
}

// Each signature asks for the token; standard input can be read only once.
function readingOnce(world: World): World {
  let read: Promise<Uint8Array> | undefined
  return {
    ...world,
    readStdin() {
      read ??= world.readStdin()
      return read
    },
  }
}
