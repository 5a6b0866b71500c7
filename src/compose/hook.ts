// A hook's configuration, which no variable of its environment chooses, and the gate that it judges a push by: refs,
// objects and who may sign, all of the receiving repository as it was before the push.

import { resolveSettings } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import { parseTagHeader } from '../git/commit.ts'
import type { Frame } from '../git/frames.ts'
import { contentsOf } from '../git/frames.ts'
import { checkFrame } from '../history/look.ts'
import { type Format, parentsOf } from '../history/places.ts'
import { countsInHook, hookEnvironment } from '../hook/environment.ts'
import type { Gate, Tip } from '../hook/gate.ts'
import { gitValue, readGitConfig } from '../system/git-config.ts'
import { streamObjects } from '../system/git-history.ts'
import { readKind } from '../system/git-tips.ts'
import { isAncestor } from '../system/git-walk.ts'
import type { World } from '../system/world.ts'
import type { Configured } from './assessor.ts'
import { composeJudging } from './hook-judge.ts'
import type { Judging } from './hook-judging.ts'
import { composeLook, type Look } from './hook-look.ts'

const NO_FLAGS: ReadonlyMap<string, readonly string[]> = new Map()

/** Throws `config` or `git`. */
export async function readHookConfiguration(world: World, flags = NO_FLAGS): Promise<Configured> {
  const env = hookEnvironment(world.env)
  const inHook = { ...world, env }
  const git = (await readGitConfig(inHook)).filter(countsInHook)
  return { ...resolveSettings({ flags, env, git, platform: world.platform }), world: inHook, env, git }
}

/** What of the gate depends on which repository receives. */
export type Refs = Pick<Gate, 'current' | 'aliasOf'> & {
  /** Commits that count as judged for refs of a scope, by `scopeOf`. */
  judgedFor(ref: string, scopeOf: Gate['scopeOf']): readonly string[]
  /** The name under which a ref of the repository is pushed to; undefined where it cannot be. Absent: its own. */
  nameOf?(ref: string): string | undefined
}

export interface ComposedGate extends Gate {
  readonly look: Look
  /** The bytes of an object whose id they have; undefined where it has none. */
  readFrame(oid: string): Promise<Frame | undefined>
  /** Whether anybody said who may sign. */
  readonly isExpected: boolean
}

/** Throws `config`, `io`, `trust` or `git`: where nothing can be judged nothing passes. */
export async function composeGate(configured: Configured, refs: Refs): Promise<ComposedGate> {
  const { world, settings, git } = configured
  const { algorithm } = await readKind(world)
  const format = { algorithm, compatible: gitValue(git, 'extensions.compatobjectformat') !== undefined }
  const reader = readerOf(world, format)
  const look = await composeLook(configured, format)
  const judging: Judging = await composeJudging(configured)
  return {
    ...judging,
    policyRef: pushedAs(judging.policyRef, refs),
    look,
    judged: (range, about) => judging.judgeAll(look, range, about),
    current: refs.current,
    aliasOf: refs.aliasOf,
    judgedFor: (ref) => refs.judgedFor(ref, judging.scopeOf),
    rewritesNeedCertificate: settings.rewrites === 'signed',
    readTips: async (oids) => (await reader(oids)).map((frame) => tipOf(frame, format)),
    readFrame: async (oid) => (await reader([oid])).find((frame) => checkFrame(frame, format) === undefined),
    isForward: (from, to) => isAncestor(world, from, to),
  }
}

function pushedAs(ref: string | undefined, { nameOf = (name) => name }: Refs): string | undefined {
  return ref === undefined ? undefined : nameOf(ref)
}

function readerOf(world: World, { algorithm }: Format): (oids: readonly string[]) => Promise<readonly Frame[]> {
  const isId = new RegExp(`^[0-9a-f]{${algorithm === 'sha1' ? 40 : 64}}$`)
  return async (oids) => {
    // What is asked for reaches Git's standard input, so it must be an id and nothing else.
    if (!oids.every((oid) => isId.test(oid))) throw new Fault('git', 'an object id of another format')
    const frames: Frame[] = []
    const reading = { world, signal: new AbortController().signal }
    for await (const some of streamObjects(reading, once(oids))) frames.push(...some)
    return frames
  }
}

async function* once(oids: readonly string[]): AsyncGenerator<Uint8Array, undefined> {
  if (oids.length > 0) yield new TextEncoder().encode(`${oids.join('\n')}\n`)
  return undefined
}

function tipOf(frame: Frame, format: Format): Tip {
  const { oid, type } = frame
  // Other bytes than those of the id say nothing about it.
  if (type === undefined || checkFrame(frame, format) !== undefined) return { oid, type: undefined, parents: [] }
  if (type === 'commit') return { oid, type, parents: parentsOf(frame, format.algorithm) }
  return { oid, type, parents: [], ...(type === 'tag' ? { tag: tagOf(frame, format) } : {}) }
}

function tagOf(frame: Frame, { algorithm }: Format): Tip['tag'] {
  try {
    const { tag: name, object, type } = parseTagHeader(contentsOf(frame), algorithm)
    return { name, object, type }
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}
