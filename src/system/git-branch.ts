// A branch that is about to be rewritten: what it is, who else has its commits, and moving it if nobody else did.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit, runNaming } from './git.ts'
import { emptyNote } from './git-tips.ts'
import type { World } from './world.ts'

/** A ref that may be moved. */
export interface Branch {
  /** Full name, or `HEAD` where no branch is checked out. */
  readonly ref: string
  readonly oid: string
}

// Each stores ids of commits to go on with; moved under its feet, it would bring the old ones back.
const UNDER_WAY: Readonly<Record<string, string>> = {
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase',
  MERGE_HEAD: 'a merge',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
  BISECT_LOG: 'a bisection',
}

/** The branch that `name` means. Throws `usage` for what is no branch, such as a tag or an id. */
export async function findBranch(world: World, name: string): Promise<Branch> {
  // What Git takes first: a name that another ref has too is refused after that.
  const first = ['-c', 'core.warnAmbiguousRefs=false', 'rev-parse', '--symbolic-full-name', '--verify', '--quiet']
  const ref = await ask(world, [...first, name])
  const oid = ref === undefined ? '' : await resolveCommit(world, name)
  if (ref !== 'HEAD' && ref?.startsWith('refs/heads/') !== true)
    throw new Fault('usage', `${name} is not a branch, so there is nothing to move${await emptyNote(world)}`)
  return { ref, oid }
}

/** The id of the commit that `name` means. Throws `usage`, also for the name of several refs. */
export async function resolveCommit(world: World, name: string): Promise<string> {
  const { status, stdout } = await runNaming(world, ['rev-parse', '--verify', '--end-of-options', `${name}^{commit}`])
  const oid = new TextDecoder().decode(stdout).trimEnd()
  if (status !== 0 || oid === '') throw new Fault('usage', `no such commit: ${name}`)
  return oid
}

/** Ids of what `tip` reaches and `base` does not, parents before children. The commit-graph is not asked. */
export async function listRange(world: World, base: string, tip: string): Promise<readonly string[]> {
  const flags = ['-c', 'core.commitGraph=false', 'rev-list', '--topo-order', '--reverse']
  return await askLines(world, [...flags, tip, `^${base}`])
}

/** What is under way in this work tree and knows commits by their ids; undefined where nothing is. */
export async function findUnderWay(world: World): Promise<string | undefined> {
  const names = Object.keys(UNDER_WAY)
  const paths = await askLines(world, ['rev-parse', ...names.flatMap((name) => ['--git-path', name])])
  const found = names.find((_, at) => existsSync(resolve(world.cwd, paths[at] ?? '')))
  return found === undefined ? undefined : UNDER_WAY[found]
}

/** Full names of refs of these kinds from which any of `oids` can be reached. */
export async function refsContaining(
  world: World,
  oids: readonly string[],
  kinds: readonly string[],
): Promise<readonly string[]> {
  const contains = oids.flatMap((oid) => ['--contains', oid])
  return await askLines(world, ['for-each-ref', '--format=%(refname)', ...contains, '--', ...kinds])
}

/** What this branch was made to follow, where that is set. */
export async function findUpstream(world: World, ref: string): Promise<string | undefined> {
  const [upstream] = await askLines(world, ['for-each-ref', '--format=%(upstream)', '--', ref])
  return upstream === '' ? undefined : upstream
}

/** Stores a commit. Throws `git` where Git refuses it, or calls it otherwise. */
export async function storeCommit(world: World, oid: string, bytes: Uint8Array): Promise<void> {
  const { status, stdout, complaint } = await runGit(world, ['hash-object', '-w', '-t', 'commit', '--stdin'], bytes)
  const stored = new TextDecoder().decode(stdout).trim()
  if (status !== 0 || stored !== oid) throw new Fault('git', `git does not store ${oid}: ${complaint || stored}`)
}

/** Moves a ref from one commit to another, with a line in its reflog. Throws `git` where it is no longer where it was. */
export async function moveBranch(world: World, { ref, oid }: Branch, to: string, why: string): Promise<void> {
  // HEAD itself only where no branch is checked out.
  const deref = ref === 'HEAD' ? ['--no-deref'] : []
  const args = ['update-ref', ...deref, '--create-reflog', '-m', why, '--stdin', '-z']
  const { status, complaint } = await runGit(world, args, encodeUtf8(`update ${ref}\0${to}\0${oid}\0`))
  if (status !== 0) throw new Fault('git', `${ref} was not moved: ${complaint || 'git update-ref failed'}`)
}

async function ask(world: World, args: readonly string[]): Promise<string | undefined> {
  const { status, stdout } = await runGit(world, args)
  const text = new TextDecoder().decode(stdout).replace(/\n$/, '')
  return status === 0 && text !== '' ? text : undefined
}

async function askLines(world: World, args: readonly string[]): Promise<readonly string[]> {
  const { status, stdout, complaint } = await runGit(world, args)
  if (status !== 0) throw new Fault('git', `git ${args[0] === '-c' ? args[2] : args[0]}: ${complaint || 'it failed'}`)
  const text = new TextDecoder().decode(stdout).replace(/\n$/, '')
  return text === '' ? [] : text.split('\n')
}
