// Which commits there are and how they descend from one another, as Git walks them: without the commit-graph, replace refs
// and grafts, which may say otherwise than the commits do.
import { decodeLatin1, decodeUtf8, encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit } from './git.ts'
import type { World } from './world.ts'

const NO_GRAPH = ['-c', 'core.commitGraph=false'] as const

/**
 * The commit that a revision names; undefined where it names none. Throws `usage` for what cannot be a revision.
 * @param git `runNaming` where somebody wrote the revision
 */
export async function findCommit(world: World, rev: string, git = runGit): Promise<string | undefined> {
  if (rev === '' || rev.startsWith('-') || /[\0\n\r]/.test(rev))
    throw new Fault('usage', `not a revision: ${JSON.stringify(rev)}`)
  const { status, stdout } = await git(world, ['rev-parse', '--verify', '--end-of-options', `${rev}^{commit}`])
  const oid = decodeLatin1(stdout).trim()
  // Git before 2.30 prints the word itself.
  return status === 0 ? (oid.split('\n').at(-1) ?? '') : undefined
}

/**
 * The full name of the ref that a revision, not one that several refs share, is the name of; undefined where it is another
 * way to name an object.
 */
export async function findRef(world: World, rev: string): Promise<string | undefined> {
  // Git takes a full id for the object's, whatever branch has been given it for a name.
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(rev)) return undefined
  const first = ['-c', 'core.warnAmbiguousRefs=false']
  const args = [...first, 'rev-parse', '--symbolic-full-name', '--verify', '--quiet', '--end-of-options', rev]
  const { status, stdout } = await runGit(world, args)
  const name = decodeLatin1(stdout).trim()
  return status === 0 && name.startsWith('refs/') ? name : undefined
}

/** Whether a commit is `descendant` or one of its ancestors. Throws `git`. */
export async function isAncestor(world: World, ancestor: string, descendant: string): Promise<boolean> {
  const { status, complaint } = await runGit(world, [...NO_GRAPH, 'merge-base', '--is-ancestor', ancestor, descendant])
  if (status !== 0 && status !== 1) throw new Fault('git', `cannot walk from ${descendant}: ${complaint}`)
  return status === 0
}

/**
 * Ids of the commits that these arguments of `git rev-list` select, parents before their children.
 * @param args full object ids, `^ID`, and flags of rev-list
 */
export async function listCommits(world: World, args: readonly string[]): Promise<readonly string[]> {
  const all = [...NO_GRAPH, 'rev-list', '--topo-order', '--reverse', ...args, '--']
  const { status, stdout, complaint } = await runGit(world, all)
  if (status !== 0) throw new Fault('git', `cannot walk the history: ${complaint || 'git rev-list failed'}`)
  const text = decodeLatin1(stdout)
  return text === '' ? [] : text.trimEnd().split('\n')
}

/**
 * For each commit the paths that it changes against any of its parents; of one without parents all there are.
 * @throws `git`, also where a path is not UTF-8: a rule could not be held against it
 */
export async function readChangedPaths(
  world: World,
  commits: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const flags = ['--stdin', '--root', '-m', '-r', '-z', '--no-renames', '--raw', '--no-ext-diff', '--no-textconv']
  const input = encodeUtf8(commits.map((oid) => `${oid}\n`).join(''))
  const { status, stdout, complaint } = await runGit(world, ['diff-tree', ...flags], input)
  if (status !== 0) throw new Fault('git', `cannot compare trees: ${complaint || 'git diff-tree failed'}`)
  const changed = new Map<string, Set<string>>(commits.map((oid) => [oid, new Set()]))
  const words = decodePaths(stdout).split('\0')
  let current: Set<string> | undefined
  // A path follows a word that begins with a colon; every other word is a commit's id, again for each parent. So a file
  // that is named as a commit is not taken for one.
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word.startsWith(':')) current?.add(words[++index] ?? '')
    else if (word !== '') current = changed.get(word)
  }
  return new Map([...changed].map(([oid, paths]) => [oid, [...paths]]))
}

function decodePaths(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes)
  } catch (cause) {
    throw new Fault('git', 'a changed path is not UTF-8', { cause })
  }
}
