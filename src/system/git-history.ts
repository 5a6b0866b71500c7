// A repository's objects, many of them: one `git rev-list`, one `git cat-file --batch`, both streaming. A cat-file that
// dies at an object is started again behind it, so that one damaged object does not hide the others.
import { Buffer } from 'node:buffer'
import { type Frame, FrameReader } from '../git/frames.ts'
import { Asked } from './asked.ts'
import { type GitStream, startGit } from './git-stream.ts'
import type { World } from './world.ts'

/** A repository with more objects that kill cat-file is read no further. */
const MAX_STARTS = 100

interface CommitRange {
  readonly commits: readonly string[]
  readonly excluded: readonly string[]
  readonly firstParent: boolean
}

/** Where to read, and until when. */
export interface Reading {
  readonly world: World
  readonly signal: AbortSignal
}

/** A repository as a walk over its history reads it. */
export function repositoryAt(reading: Reading): {
  listCommits(range: CommitRange): AsyncIterable<Uint8Array>
  readObjects(ids: AsyncIterable<Uint8Array>, live?: boolean): AsyncIterable<readonly Frame[]>
} {
  return {
    listCommits: (range) => streamCommits(reading, range),
    readObjects: (ids, live) => streamObjects(reading, ids, live),
  }
}

/** Ids, one a line. Ends early where Git does: the walk finds what is left out. */
export async function* streamCommits(reading: Reading, range: CommitRange): AsyncGenerator<Uint8Array, undefined> {
  const git = await startGit(reading, ['rev-list', '--stdin', ...(range.firstParent ? ['--first-parent'] : [])])
  try {
    const tips = [...range.commits, ...range.excluded.map((id) => `^${id}`)]
    void git.write(Buffer.from(`${tips.join('\n')}\n`, 'latin1'))
    git.end()
    yield* git.output
    await git.ended
  } finally {
    git.stop()
  }
  return undefined
}

/** The objects of `ids`, a frame each, in order. With `live` all are answered before another id is waited for. */
export async function* streamObjects(
  reading: Reading,
  ids: AsyncIterable<Uint8Array>,
  live = false,
): AsyncGenerator<readonly Frame[], undefined> {
  const asked = new Asked(ids, live)
  try {
    for (let starts = 0; !asked.done && starts < MAX_STARTS; starts++) {
      yield* answers(reading, asked, live)
      // What could not be read counts as answered too: who waits for answers goes on.
      asked.wake()
    }
    yield* leftOver(asked)
  } finally {
    await asked.close()
  }
  return undefined
}

/** Runs one cat-file, to the end of the ids or to its own: the object that it ended at is one that cannot be read. */
async function* answers(reading: Reading, asked: Asked, live: boolean): AsyncGenerator<readonly Frame[], undefined> {
  const git = await startGit(reading, ['cat-file', '--batch', ...(live ? [] : ['--buffer'])])
  const state = { stopped: false }
  feed(git, asked, state).catch(() => git.stop())
  const reader = new FrameReader()
  try {
    for await (const chunk of git.output) {
      const frames = reader.push(chunk)
      const { answered, isAnother } = matched(frames, asked)
      if (answered.length > 0) yield answered
      if (isAnother) return undefined
      asked.wake()
    }
    const why = (await git.ended) ?? (asked.done ? undefined : 'git cat-file ended early')
    const oid = why === undefined ? undefined : asked.answer()
    if (oid !== undefined) yield [unread(oid, why)]
    return undefined
  } finally {
    state.stopped = true
    git.stop()
  }
}

/** The frames up to one for another object than was asked for: in a SHA-256 repository Git takes 40 digits for a short id. */
function matched(frames: readonly Frame[], asked: Asked) {
  for (const [at, { oid }] of frames.entries()) {
    if (asked.answerIf(oid)) continue
    const wanted = asked.answer()
    const other = wanted === undefined ? [] : [unread(wanted, 'git answered for another object')]
    return { answered: [...frames.slice(0, at), ...other], isAnother: true }
  }
  return { answered: frames, isAnother: false }
}

async function feed(git: GitStream, asked: Asked, state: { readonly stopped: boolean }): Promise<void> {
  const before = asked.unanswered()
  if (before.length > 0) await git.write(before)
  while (!state.stopped) {
    const ids = await asked.pull()
    if (state.stopped) return
    if (ids === undefined) return git.end()
    await git.write(ids)
  }
}

async function* leftOver(asked: Asked): AsyncGenerator<readonly Frame[], undefined> {
  while (!asked.done) {
    for (let oid = asked.answer(); oid !== undefined; oid = asked.answer())
      yield [unread(oid, 'not read: too many objects before it cannot be')]
    await asked.pull()
  }
  return undefined
}

function unread(oid: string, why = 'cannot be read'): Frame {
  return { oid, framed: Buffer.alloc(0), start: 0, why }
}
