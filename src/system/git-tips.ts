// Where a range begins and ends: refs and revisions, resolved once, by Git; what they name is looked up, not believed.
import { decodeLatin1, encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { runGit, runNaming } from './git.ts'
import type { World } from './world.ts'

/** What a repository is like, as far as its history goes. */
export interface RepositoryKind {
  readonly algorithm: 'sha1' | 'sha256'
  /** Its history is cut off somewhere. */
  readonly isShallow: boolean
}

/** An object that was named, and what it is of when tags are taken off. */
export interface NamedObject {
  readonly name: string
  /** All zeros for a ref that Git cannot read. */
  readonly oid: string
  /** `missing` where a ref names what is not there. */
  readonly type: string
  readonly peeled: string
  /** `missing` also where a tag names what is not there. */
  readonly peeledType: string
  readonly excluded?: true
  readonly isRef?: boolean
}

type Resolved = Pick<NamedObject, 'name' | 'oid' | 'excluded' | 'isRef'>

/** Refs that hold no history of the project: notes, stashes, what `git replace` and `git bisect` keep. */
const ASIDE = /^refs\/(?:notes|replace|stash|bisect|rewritten|worktree)(?:\/|$)/

/** Throws `git` outside of a repository. */
export async function readKind(world: World): Promise<RepositoryKind> {
  const said = await say(world, ['rev-parse', '--show-object-format', '--is-shallow-repository'])
  const [format, shallow] = said.split('\n')
  if (format !== 'sha1' && format !== 'sha256') throw new Fault('git', `unknown object format: ${format}`)
  return { algorithm: format, isShallow: shallow !== 'false' }
}

/**
 * Every ref under `prefix` as it stands now, or all that hold history, and each HEAD, where it is empty. One that names nothing
 * is among them, so that it is found wherever objects are looked at, and hides no other. Throws `git`.
 */
export async function readRefs(world: World, prefix: string): Promise<readonly NamedObject[]> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', ...(prefix ? [prefix] : [])]
  const { status, stdout, complaint, stderr } = await runGit(world, args)
  if (status !== 0) throw new Fault('git', complaint || 'git for-each-ref failed')
  const refs = linesOf(stdout).flatMap((line) => {
    const [, oid, name] = /^([0-9a-f]+) (.+)$/.exec(line) ?? []
    return oid === undefined || name === undefined ? [] : [{ oid, name, isRef: true }]
  })
  const unread = await unreadRefs(world, linesOf(stderr))
  const heads = prefix === '' ? await readHeads(world) : []
  return await peel(world, [...refs, ...unread].filter(({ name }) => !ASIDE.test(name)).concat(heads), true)
}

/** Git leaves out what it cannot read, with a word about it and no status. */
async function unreadRefs(world: World, warnings: readonly string[]): Promise<readonly Resolved[]> {
  const names = warnings.flatMap((line) => /^warning: ignoring broken ref (.+)$/.exec(line)?.[1] ?? [])
  if (names.length === 0) return []
  const { algorithm } = await readKind(world)
  return names.map((name) => ({ oid: '0'.repeat(algorithm === 'sha1' ? 40 : 64), name, isRef: true }))
}

/** What each revision or range names: `A..B` is B, and A left out. Throws `usage` or `git`. */
export async function readNamed(world: World, revisions: readonly string[]): Promise<readonly NamedObject[]> {
  const ids: Resolved[] = []
  for (const revision of revisions) ids.push(...(await resolve(world, revision)))
  return await peel(world, ids)
}

/** Refuses words that only leave something out: nothing is in that range, and all of it would be good. Throws `usage`. */
export function requireIncluded(words: readonly string[]): void {
  if (words.length === 0 || words.some((word) => !word.startsWith('^'))) return
  const hint = `name what is meant, too: HEAD ${words.join(' ')}`
  throw new Fault('usage', `${words.join(' ')} only leaves out, and nothing is in that range`, { hint })
}

/** HEAD, and those that stand on no branch in other worktrees, where a rebase may be going on. Throws `git`. */
export async function readHeads(world: World): Promise<readonly Resolved[]> {
  const { status, stdout } = await runGit(world, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  const said = await say(world, ['worktree', 'list', '--porcelain'])
  // On no branch; one that is damaged is all zeros, and missing among the objects.
  const aside = said.split('\n\n').filter((worktree) => !/^branch /m.test(worktree))
  const others = aside.flatMap((worktree) => /^HEAD ([0-9a-f]+)$/m.exec(worktree)?.[1] ?? [])
  // A branch that has no commit yet is no fault.
  const own = status === 0 ? decodeLatin1(stdout).trim() : undefined
  return [
    ...(own === undefined ? [] : [{ name: 'HEAD', oid: own }]),
    ...others.filter((oid) => oid !== own).map((oid) => ({ name: 'HEAD of a worktree', oid })),
  ]
}

/** What to add to a message about something that is not there, where nothing is there yet; else nothing. Throws `git`. */
export async function emptyNote(world: World): Promise<string> {
  return (await readRefs(world, '')).length === 0 ? ': this repository has no commits yet' : ''
}

async function resolve(world: World, revision: string): Promise<readonly Resolved[]> {
  if (revision === '' || revision.startsWith('-') || /[\0\n\r]/.test(revision))
    throw new Fault('usage', `not a revision: ${JSON.stringify(revision)}`)
  const { status, stdout, complaint } = await runNaming(world, ['rev-parse', revision, '--'])
  if (status !== 0) {
    const why = complaint || `cannot resolve ${revision}`
    throw new Fault('git', why + (await emptyNote(world)))
  }
  const lines = decodeLatin1(stdout).split('\n')
  return lines.filter((line) => line !== '' && line !== '--').map((line) => parseResolved(line, revision))
}

function parseResolved(line: string, revision: string): Resolved {
  const [, not, oid] = /^(\^?)([0-9a-f]{40}|[0-9a-f]{64})$/.exec(line) ?? []
  if (oid === undefined) throw new Fault('usage', `not a revision: ${JSON.stringify(revision)}`)
  return { name: revision, oid, ...(not === '^' ? { excluded: true } : {}) }
}

/** @param mayMiss what is not there is told as `missing`; else it is a fault */
async function peel(world: World, ids: readonly Resolved[], mayMiss = false): Promise<readonly NamedObject[]> {
  if (ids.length === 0) return []
  const asked = ids.map(({ oid }) => `${oid}\n${oid}^{}\n`).join('')
  const args = ['cat-file', '--batch-check', '--buffer']
  const { status, stdout, complaint } = await runGit(world, args, encodeUtf8(asked))
  if (status !== 0) throw new Fault('git', complaint || 'git cat-file failed')
  const lines = decodeLatin1(stdout).split('\n')
  return ids.map((id, at) => {
    const [, type] = lines[at * 2]?.split(' ') ?? []
    const [peeled, peeledType] = lines[at * 2 + 1]?.split(' ') ?? []
    if (
      type === undefined ||
      peeled === undefined ||
      peeledType === undefined ||
      (peeledType === 'missing' && !mayMiss)
    )
      throw new Fault('git', `no such object: ${id.name}`)
    return { ...id, type, peeled, peeledType }
  })
}

function linesOf(bytes: Uint8Array): readonly string[] {
  return new TextDecoder().decode(bytes).split('\n')
}

async function say(world: World, args: readonly string[]): Promise<string> {
  const { status, stdout, complaint } = await runGit(world, args)
  if (status !== 0) throw new Fault('git', complaint || `git ${args[0]} failed`)
  return new TextDecoder().decode(stdout).trimEnd()
}
